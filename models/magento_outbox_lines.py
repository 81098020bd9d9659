from decimal import Decimal

from odoo import fields, models

from ..magento_api import parse_order
from .outbox_quantities import document_quantities

DIGITS = Decimal("0.0001")  # Magento keeps quantities to four digits


class MagentoOutbox(models.Model):
    """What deliveries and invoices come to in Magento's terms."""

    _inherit = "magento.outbox"

    def _quantities(self):
        """What the delivery or invoice of a row comes to: quantities by Magento's item id.

        :raises NotUnderstood: when what is kept of the order makes no sense
        """
        order = parse_order(self.order_id.payload)
        earlier = self.order_id.outbox_ids.filtered(lambda row: row.kind == self.kind and row.id < self.id)
        lines = self.sale_order_id.order_line.filtered("magento_item_id")
        if self.kind == "shipment":
            lines = lines.filtered(lambda line: line.product_id.type == "consu")
            before = (earlier.picking_id - self.picking_id)._magento_quantities(self.sale_order_id)
            now = self.picking_id._magento_quantities(self.sale_order_id)
        else:
            known = self.order_id.document_ids.filtered(lambda document: document.kind == "invoice").move_id
            before = ((earlier.move_id | known) - self.move_id)._magento_quantities(self.sale_order_id)
            now = self.move_id._magento_quantities(self.sale_order_id)
        return document_quantities(order.items, before, now, self.kind, set(lines.mapped("magento_item_id")))


class MagentoOrder(models.Model):
    """What Magento was told, or has to be told, of an order."""

    _inherit = "magento.order"

    outbox_ids = fields.One2many("magento.outbox", "order_id", readonly=True)


class StockPicking(models.Model):
    """What left for the customer."""

    _inherit = "stock.picking"

    def _magento_quantities(self, sale_order):
        """What these deliveries brought of an order: quantities by Magento's item id, in the product's own unit."""
        found = {}
        for move in self._magento_moves():
            line = move.sale_line_id
            if line.order_id == sale_order and line.magento_item_id:
                quantity = move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
                _add(found, line, quantity)
        return found

    def _magento_moves(self):
        """Moves that brought goods to a customer for the first time: a delivery, or a dropshipment."""
        return self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "customer"
                and move.location_id.usage != "customer"
                and not move.origin_returned_move_id
            )
        )


class AccountMove(models.Model):
    """What was invoiced."""

    _inherit = "account.move"

    def _magento_quantities(self, sale_order):
        """What these invoices are for of an order: quantities by Magento's item id, in the product's own unit."""
        found = {}
        for entry in self.invoice_line_ids:
            line = entry.sale_line_ids[:1]
            if line.order_id == sale_order and line.magento_item_id:
                unit = entry.product_uom_id or entry.product_id.uom_id
                _add(found, line, unit._compute_quantity(entry.quantity, entry.product_id.uom_id))
        return found


def _add(found, line, quantity):
    exact = Decimal(str(quantity)).quantize(DIGITS).normalize()
    found[line.magento_item_id] = found.get(line.magento_item_id, Decimal(0)) + exact
