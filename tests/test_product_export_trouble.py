"""Trouble while products are exported: nothing twice, nothing lost, one that fails does not stop the others."""

from .export_common import ExportCase
from .test_products import CHAIR


class TestProductExportTrouble(ExportCase):
    def again(self):
        """The shop is well again, and the synchronisation goes on by itself."""
        self.shop.reset()
        self.let_time_pass()
        self.run_cron()

    def test_lost_answer_makes_no_second_product(self):
        for kind in ("lost_answer", "http_500_after", "drop_before"):
            with self.subTest(kind):
                product = self.make(f"LOST-{kind}")
                self.shop.misbehave(kind, "catalog_product.create")
                self.assertEqual(self.export(product).failed_count, 0)
                rows = [row for row in self.shop.shop.products.rows if row.get("sku") == product.default_code]
                self.assertEqual([row.get("product_id") for row in rows], self.link_of(product).mapped("magento_id"))

    def test_when_nobody_can_tell_whether_it_was_made(self):
        products = self.make("UNSURE-1") | self.make("UNSURE-2")
        self.shop.misbehave("lost_answer", "catalog_product.create", after=1)
        self.shop.misbehave("http_503", "catalog_product.list", times=None, after=1)
        run = self.export(products)
        self.assertEqual(run.state, "stopped")
        self.assertTrue(self.in_magento("UNSURE-2"), "it was made, and nobody knows")
        self.again()
        rows = [row for row in self.shop.shop.products.rows if str(row.get("sku")).startswith("UNSURE")]
        self.assertEqual(len(rows), 2)
        self.assertEqual(set(products.magento_link_ids.mapped("magento_id")), {row.get("product_id") for row in rows})

    def test_the_shop_goes_down_between_batches(self):
        links = self.linked(*[f"DOWN-{number:03}" for number in range(60)])
        for link in links:
            link.product_id.name = f"New {link.sku}"
        self.shop.misbehave("http_502", "catalog_product.update", times=None, after=1)
        self.assertEqual(self.export().state, "stopped")
        self.assertTrue(self.instance.error_message)
        self.again()
        for link in links:
            self.assertEqual(self.in_magento(link.sku)["name"], f"New {link.sku}")
            self.assertFalse(link.export_error)
            self.assertFalse(link.note, "our own change is not somebody else's")
        self.assertEqual(self.export().seen_count, 0)

    def test_one_that_magento_refuses_does_not_stop_the_others(self):
        links = self.linked("REFUSED-1", "REFUSED-2", "REFUSED-3")
        self.shop.shop.broken_products[links[1].magento_id] = "Please specify the size"
        for link in links:
            link.product_id.name = f"New {link.sku}"
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count), (2, 1))
        self.assertIn("Please specify the size", links[1].export_error)
        self.assertEqual(self.in_magento("REFUSED-3")["name"], "New REFUSED-3")
        self.shop.reset()
        self.instance.schedule_product_export = True
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0, "not tried again by itself while nothing changes")
        self.shop.shop.broken_products.clear()
        self.assertEqual(self.export().sent_count, 1)
        self.assertFalse(links[1].export_error)
        self.assertEqual(self.in_magento("REFUSED-2")["name"], "New REFUSED-2")

    def test_a_new_one_that_magento_refuses(self):
        products = self.make("NEW-REFUSED") | self.make("NEW-FINE")
        self.shop.misbehave("fault", "catalog_product.create", code="102", message='The value of "colour" is required')
        self.assertEqual(self.export(products).failed_count, 1)
        self.assertIn("colour", self.link_of(products[0]).export_error)
        self.assertTrue(self.in_magento("NEW-FINE"))
        self.assertEqual(self.link_of(products[0]).export_state, "error")
        products[0].name = "Corrected"
        self.assertEqual(self.export().sent_count, 1)

    def test_a_permission_is_missing(self):
        link = self.linked("FORBIDDEN")
        link.product_id.name = "Never sent"
        self.shop.misbehave("fault", "catalog_product.update", code="2", message="Access denied.", times=None)
        run = self.export()
        self.assertEqual(run.state, "stopped")
        self.assertIn("may not call", run.message)
        self.again()
        self.assertFalse(link.export_error)

    def test_odoo_refuses_what_magento_has_changed(self):
        self.mapping("ean").direction = "both"
        self.make("HAS-IT", barcode="4006381333931")
        link = self.linked("WANTS-IT")
        link.product_id.name = "Changed in Odoo"
        self.later("WANTS-IT", ean="4006381333931")
        self.assertEqual(self.export().failed_count, 1)
        self.assertIn("4006381333931", link.export_error)

    def test_a_person_is_reminded_of_products(self):
        product = self.make("S" * 65)
        self.export(product)
        activity = self.instance.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("1 ", activity.summary)
        self.magento("BROKEN", name="Broken", price="not a price")
        self.by_sku("BROKEN")
        self.assertIn("2 ", self.instance.activity_ids.summary)
        self.problem(False).unlink()
        self.env["magento.product.problem"].search([]).unlink()
        product.default_code = "FINE"
        self.export()
        self.assertFalse(self.instance.activity_ids)

    def test_the_import_of_products_that_wait_to_be_made(self):
        """Magento has it before the export comes: the row is filled, not doubled."""
        product = self.make("MEANWHILE")
        self.env["magento.product"]._offer(self.instance, product)
        self.magento("MEANWHILE", name="Made by somebody")
        self.assertEqual(self.by_sku("MEANWHILE").failed_count, 0)
        self.assertEqual(self.link_of(product).magento_id, self.in_magento("MEANWHILE")["product_id"])
        self.export()
        self.assertFalse(self.shop.requests.calls["catalog_product.create"])

    def test_stock_of_new_products(self):
        product = self.make("STOCKED")
        waiting = self.make("WAITING")
        self.env["magento.product"]._offer(self.instance, waiting)
        self.export(product)
        stock = self.shop.shop.stock[self.link_of(product).magento_id]
        self.assertEqual((stock["qty"], stock["is_in_stock"]), ("0.0000", 0), "nothing is promised yet")
        self.assertTrue(self.in_magento(CHAIR))
