"""Magento's stock taken over into Odoo, for the start."""

from functools import partial

from odoo import api, models
from odoo.tools.misc import split_every

# Products of one transaction: one request.
BATCH = 200


class MagentoProduct(models.Model):
    """A count to review: what Odoo must have on hand for Magento's quantities to be right."""

    _inherit = "magento.product"

    @api.model
    def _stock_take_batches(self, loop, _poll):
        """Read Magento's stock, and set it as counted quantity in Odoo; nothing is applied."""
        for links in self._stock_chunks(loop.instance):
            for ids in split_every(BATCH, links.ids, list):
                part = self.browse(ids)
                skus = [link.sku for link in part if link.sku]
                found = {item.sku.strip().casefold(): item for item in loop.client.stock_items(skus)}
                yield partial(part._take_over, loop.instance, found), len(part)

    def _take_over(self, instance, found):
        """Set the counted quantity of these products in the main location of the shop's first warehouse.

        :param found: dict of SKU, stripped and casefolded, to ``magento_api.StockItem``
        :returns: what to add to the run's counts
        """
        warehouses = instance.stock_warehouse_ids or instance.website_ids.warehouse_id
        location = warehouses[:1].lot_stock_id
        ordered = self._ordered_and_not_delivered(instance)
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        counted, failed = [], 0
        for link in self:
            product, item = link.product_id, found.get((link.sku or "").strip().casefold())
            if not item or item.product_id != link.magento_id:
                link.stock_error = link._missing_sentence(item)
                failed += 1
            elif product.is_storable and product.tracking == "none" and not self._is_kit(product):
                on_hand = max(self._to_float(item.qty) + ordered.get(product, 0.0), 0.0)
                counted.append({"product_id": product.id, "location_id": location.id, "inventory_quantity": on_hand})
        quants.create(counted)
        return {"seen_count": len(self), "imported_count": len(counted), "failed_count": failed}

    @api.model
    def _is_kit(self, product):
        """Whether it is made of others on delivery, and never on hand itself; never so without Manufacturing."""
        return "is_kits" in product._fields and product.is_kits

    def _ordered_and_not_delivered(self, instance):
        """What Magento has sold already and Odoo has still to deliver, by product, in its unit of measure."""
        return dict(
            self.env["stock.move"]._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("sale_line_id.order_id.magento_instance_id", "=", instance.id),
                    ("state", "not in", ("draft", "done", "cancel")),
                    ("location_dest_id.usage", "=", "customer"),
                ],
                ["product_id"],
                ["product_qty:sum"],
            )
        )
