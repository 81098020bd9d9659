"""What the tests of the product export share."""

from datetime import datetime, timezone

from .test_products import ProductCase


class ExportCase(ProductCase):
    """Products that are linked, changed on either side, and exported; the store is as before after each test."""

    def setUp(self):
        super().setUp()
        # as in real life, where each change is a transaction of its own, with a time of its own
        self.patch(self.env.cr, "now", lambda: datetime.now(timezone.utc).replace(tzinfo=None))
        shop = self.shop.shop
        before, translations = {one: dict(one.full()) for one in shop.products.rows}, dict(shop.product_translations)
        self.addCleanup(self.restore, before, translations)

    def restore(self, before, translations):
        shop = self.shop.shop
        for record in list(shop.products.rows):
            if record not in before:
                shop.products.remove(record)
            elif record.full() != before[record]:
                row = record.edit()
                row.clear()
                row.update(before[record])
                shop.products.rename(record)
        shop.product_translations.clear()
        shop.product_translations.update(translations)
        shop.broken_products.clear()

    def make(self, sku, **values):
        """An Odoo product that no shop knows."""
        return self.env["product.product"].create(
            {"name": f"Name of {sku}", "default_code": sku, "list_price": 10, "is_storable": True, **values}
        )

    def linked(self, *skus, **values):
        """Products of the store, made there and imported; returns their links."""
        for sku in skus:
            self.magento(sku, **{"name": f"Name of {sku}", "price": "10.0000", "weight": "1.5000", **values})
        run = self.by_sku(*skus)
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        self.export()
        links = self.env["magento.product"].search(
            [("instance_id", "=", self.instance.id), ("sku", "in", skus)], order="id"
        )
        self.assertEqual(len(links), len(skus))
        self.shop.reset()
        return links

    def export(self, products=None, **settings):
        """Export what is new and changed, or some products; waits for the end and returns the run."""
        if products is None:
            action = self.instance.action_export_products()
        else:
            action = (
                self.env["magento.product.export.wizard"]
                .create({"instance_id": self.instance.id, "product_ids": products.ids, **settings})
                .action_export()
            )
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def preview_export(self, products=None):
        if products is None:
            action = self.instance.action_preview_export()
        else:
            action = (
                self.env["magento.product.export.wizard"]
                .create({"instance_id": self.instance.id, "product_ids": products.ids})
                .action_preview()
            )
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def link_of(self, product):
        return self.env["magento.product"].search(
            [("instance_id", "=", self.instance.id), ("product_id", "=", product.id)]
        )

    def in_magento(self, sku):
        """The product of the store, or None."""
        record = self.shop.shop.products.by_natural(sku)
        return record and record.full()

    def seen_in(self, sku, store_id):
        """A product as a store view shows it."""
        row = self.in_magento(sku)
        return row | self.shop.shop.product_translations.get((row["product_id"], store_id), {})

    def later(self, sku, **changes):
        """Somebody changes a product in the store, after everything that happened so far."""
        return self.magento(sku, updated_at="2099-01-01 00:00:00", **changes)
