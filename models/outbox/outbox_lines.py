from collections import defaultdict

from odoo import fields, models

from ...magento_api import parse_order
from .quantities import document_quantities


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
            this, others = self.picking_id, earlier.picking_id
        else:
            known = self.order_id.document_ids.filtered(lambda document: document.kind == "invoice").move_id
            this, others = self.move_id, earlier.move_id | known
        # not of this one alone: a delivery may bring some parts of a kit, the next the others, and the last part of a
        # quantity that Odoo has rounded is what Magento's own has left
        before = (others - this)._magento_quantities(self.sale_order_id)
        whole = (others | this)._magento_quantities(self.sale_order_id)
        now = {key: quantity - before.get(key, 0) for key, quantity in whole.items()}
        return document_quantities(order.items, before, now, self.kind, set(lines.mapped("magento_item_id")))


class MagentoOrder(models.Model):
    """What Magento was told, or has to be told, of an order."""

    _inherit = "magento.order"

    outbox_ids = fields.One2many("magento.outbox", "order_id", readonly=True)


class StockPicking(models.Model):
    """What left for the customer."""

    _inherit = "stock.picking"

    def _magento_quantities(self, sale_order):
        """What these deliveries brought of an order: Magento's quantities by its item id."""
        found = defaultdict(float)
        for line, moves in self._magento_moves().grouped("sale_line_id").items():
            if line.order_id == sale_order and line.magento_item_id:
                found[line] += moves._magento_quantity(line)
        return _by_item(found)

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


class StockMove(models.Model):
    """How much of an order's line left with some moves."""

    _inherit = "stock.move"

    def _magento_quantity(self, line):
        """Of a sale order's line, in its product's own unit; with Manufacturing, of a kit as many as are complete."""
        kit = self._magento_kit(line.product_id) if "bom_line_id" in self._fields else None
        if not kit:
            return sum(move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id) for move in self)
        ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, kit.product_uom_id)
        filters = {"incoming_moves": lambda _move: True, "outgoing_moves": lambda _move: False}
        complete = self._compute_kit_quantities(line.product_id, ordered, kit, filters)
        return kit.product_uom_id._compute_quantity(complete, line.product_id.uom_id)

    def _magento_kit(self, product):
        """The bill of materials by which a kit left as its parts; empty when it is none."""
        boms = self.bom_line_id.bom_id
        if not boms:
            return boms
        return boms._bom_find(product, company_id=self.company_id[:1].id, bom_type="phantom")[product]


class AccountMove(models.Model):
    """What was invoiced."""

    _inherit = "account.move"

    def _magento_quantities(self, sale_order):
        """What these invoices are for of an order: Magento's quantities by its item id."""
        found = defaultdict(float)
        for entry in self.invoice_line_ids:
            line = entry.sale_line_ids[:1]
            if line.order_id == sale_order and line.magento_item_id:
                unit = entry.product_uom_id or entry.product_id.uom_id
                found[line] += unit._compute_quantity(entry.quantity, entry.product_id.uom_id)
        return _by_item(found)


def _by_item(quantities):
    """Quantities of sale order lines, in their products' own units, as Magento is told of them: by item id."""
    found = {}
    for line, quantity in quantities.items():
        told = line._magento_told_quantity(quantity)
        found[line.magento_item_id] = found.get(line.magento_item_id, 0) + told
    return found
