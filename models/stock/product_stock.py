from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ..catalog.product_mapping import COMPOSITE_TYPES

# Links compared together: as many as the ORM prefetches. Quantities are read shortly before they are sent.
CHUNK = 1000
DIGITS = 4  # Magento keeps quantities to four digits


class MagentoProduct(models.Model):
    """Stock of a linked product: what Odoo has, what Magento was told, what Magento has."""

    _inherit = "magento.product"

    send_stock = fields.Boolean(
        "Send Stock", default=True, help="Without this, Magento keeps the quantity that somebody enters there."
    )
    qty_sent = fields.Float(
        "Last Sent",
        digits=(16, DIGITS),
        readonly=True,
        help="The last quantity offered to Magento; where a problem stands beside it, Magento did not take it.",
    )
    in_stock_sent = fields.Boolean("Sent as in Stock", readonly=True)
    stock_sent_at = fields.Datetime("Sent on", readonly=True)
    stock_error = fields.Text("Stock Problem", readonly=True)
    stock_requested = fields.Boolean("To Be Sent", readonly=True, help="Somebody asked for this product to be sent.")
    qty_odoo = fields.Float("In Odoo", digits=(16, DIGITS), readonly=True, help="When it was last sent or compared.")
    in_stock_odoo = fields.Boolean("In Stock in Odoo", readonly=True)
    qty_magento = fields.Float(
        "In Magento", digits=(16, DIGITS), readonly=True, help="When it was last sent or compared."
    )
    in_stock_magento = fields.Boolean("In Stock in Magento", readonly=True)
    stock_compared_at = fields.Datetime("Compared on", readonly=True)
    stock_differs = fields.Boolean("Differs", readonly=True)
    qty_difference = fields.Float("Difference", digits=(16, DIGITS), compute="_compute_qty_difference")

    _stock_differs_idx = models.Index("(instance_id) WHERE stock_differs")
    _stock_requested_idx = models.Index("(instance_id) WHERE stock_requested")

    @api.depends("qty_odoo", "qty_magento")
    def _compute_qty_difference(self):
        for link in self:
            link.qty_difference = link.qty_odoo - link.qty_magento

    # -- which products, which quantities -----------------------------------------------------------------------------

    @api.model
    def _stock_chunks(self, instance, *conditions):
        """The links whose stock concerns ``instance``, a thousand at a time, in the order of their ids.

        Products whose quantity Odoo does not keep (services, consumables that are no kits) are left out, those that
        Magento sells by the stock of others, and those that it no longer has.
        """
        kept = Domain("product_id.is_storable", "=", True)
        if "is_kits" in self.env["product.product"]._fields:  # with Manufacturing, Odoo computes what kits can be made
            kept |= Domain("product_id.is_kits", "=", True)
        linked = [("instance_id", "=", instance.id), ("magento_id", ">", 0), ("is_gone", "=", False)]
        linked.append(("product_type", "not in", list(COMPOSITE_TYPES)))
        domain = Domain([*linked, ("send_stock", "=", True), *conditions]) & kept
        last = 0
        while True:
            links = self.with_context(active_test=False).search_fetch(
                domain & Domain("id", ">", last),
                ["magento_id", "sku", "product_id", "qty_sent", "in_stock_sent", "stock_sent_at", "stock_error"],
                order="id",
                limit=CHUNK,
            )
            if not links:
                return
            last = links[-1].id
            yield links

    def _stock_now(self, instance):
        """What Magento should show: dict of link to ``(quantity, in stock)``, in the product's unit of measure."""
        warehouses = instance.stock_warehouse_ids or instance.website_ids.warehouse_id
        products = self.product_id.with_context(warehouse_id=warehouses.ids)
        # not by the fields: that would write five quantities of each product into the cache first
        quantities = products._compute_quantities_dict(None, None, None)
        safety, name = instance.stock_safety, instance.stock_quantity
        always = instance.stock_at_zero != "out"
        now = {}
        for link in self:
            quantity = round(max(quantities[link.product_id.id][name] - safety, 0.0), DIGITS)
            now[link] = (quantity, quantity > 0 or always)
        return now

    def _stock_changes(self, instance, again):
        """What differs from the last quantity offered: list of ``(link, quantity, in stock)``.

        :param again: whether what Magento refused is offered again with nothing changed
        """
        changes = []
        for link, (quantity, in_stock) in self._stock_now(instance).items():
            if (
                not link.stock_sent_at
                or link.in_stock_sent != in_stock
                or float_compare(link.qty_sent, quantity, precision_digits=DIGITS)
                or (again and link.stock_error)
            ):
                changes.append((link.id, quantity, in_stock))
        return changes

    # -- what people do -----------------------------------------------------------------------------------------------

    def action_send_stock(self):
        """Send the quantities of these products, whether or not they changed since the last time; opens the run."""
        links = self.filtered(lambda link: link.send_stock and link.magento_id and not link.is_gone)
        if not links:
            raise UserError(
                self.env._(
                    "The stock of these products is not sent: that is switched off on each of them, or they were "
                    "deleted in Magento."
                )
            )
        if len(links.instance_id) > 1:
            raise UserError(self.env._("Choose products of one shop."))
        if links.instance_id.state != "connected":
            raise UserError(self.env._("Connect the shop %(name)s first.", name=links.instance_id.name))
        # sudo: administrators may ask for a product to be sent, but the links are written by the connector
        links.sudo().write({"stock_requested": True})
        return self.env["magento.run"]._start(links.instance_id, "stock", poll=False)._open()

    @staticmethod
    def _to_float(quantity):
        """A ``Decimal`` of Magento as Odoo keeps it."""
        return float(Decimal(quantity).quantize(Decimal(1).scaleb(-DIGITS)))
