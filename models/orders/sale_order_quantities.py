"""Quantities with decimals: Magento keeps four, Odoo as many as its precision "Product Unit" says, two by default."""

from decimal import ROUND_HALF_UP, Decimal

from odoo import fields, models

DIGITS = 4
QUANTUM = Decimal("0.0001")
PRECISION = "Product Unit"


def kept_quantity(quantity, digits):
    """What Odoo keeps of Magento's quantity, with so many ``digits``: not nothing, for nothing has no amount."""
    unit = Decimal(10) ** -digits
    return max(quantity.quantize(unit, ROUND_HALF_UP), unit) if quantity else quantity


class SaleOrder(models.Model):
    """What became of Magento's quantities."""

    _inherit = "sale.order"

    magento_rounded = fields.Text("Rounded Quantities", readonly=True, copy=False)


class SaleOrderLine(models.Model):
    """A line whose quantity Odoo rounds carries Magento's amounts all the same, and Magento is told its own quantity:
    all of it for all of the line, a share for a part.
    """

    _inherit = "sale.order.line"

    magento_quantity = fields.Float(
        "Quantity in Magento", digits=(16, DIGITS), readonly=True, copy=False, help="Where Odoo has it rounded."
    )
    magento_rounded_to = fields.Float(digits=(16, DIGITS), readonly=True, copy=False)

    def _magento_is_rounded(self):
        """Whether the quantity is what Odoo made of Magento's, and nobody has changed it since."""
        return bool(self.magento_quantity) and not self.product_uom_id.compare(
            self.product_uom_qty, self.magento_rounded_to
        )

    def _magento_told_quantity(self, quantity):
        """What Magento is told of ``quantity`` of this line, in the product's own unit, as a Decimal."""
        exact = Decimal(str(quantity))
        if self._magento_is_rounded():
            if not self.product_uom_id.compare(quantity, self.product_uom_qty):
                exact = Decimal(str(self.magento_quantity))
            else:
                exact *= Decimal(str(self.magento_quantity)) / Decimal(str(self.product_uom_qty))
        return exact.quantize(QUANTUM).normalize()

    def _magento_kept_quantity(self, quantity, is_credit=False):
        """What ``quantity`` of Magento, in one of its documents, is in Odoo; the last part is what is left of the line,
        so that nothing stays open.

        :param is_credit: whether it is taken back rather than invoiced
        """
        digits = self.env["decimal.precision"].precision_get(PRECISION)
        share = quantity
        if self._magento_is_rounded():
            share *= Decimal(str(self.product_uom_qty)) / Decimal(str(self.magento_quantity))
        kept = kept_quantity(share, digits)
        if kept == share:
            return float(kept)
        invoiced = self._magento_invoiced()[0]
        left = invoiced if is_credit else self.product_uom_qty - invoiced
        is_all = left > 0 and abs(left - float(kept)) < 1.5 * 10**-digits
        return left if is_all else float(kept)


class MagentoInstance(models.Model):
    """The offer to keep quantities as Magento has them."""

    _inherit = "magento.instance"

    has_rounded_quantities = fields.Boolean(compute="_compute_has_rounded_quantities")

    def _compute_has_rounded_quantities(self):
        is_short = self.env["decimal.precision"].precision_get(PRECISION) < DIGITS
        for instance in self:
            rounded = [("magento_instance_id", "in", instance._origin.ids), ("magento_rounded", "!=", False)]
            # sudo: whoever sees the instance may know that there is such an order, not which
            instance.has_rounded_quantities = is_short and bool(
                self.env["sale.order"].sudo().search_count(rounded, limit=1)
            )

    def action_keep_four_decimals(self):
        """Let Odoo keep quantities with four decimals, as Magento does; for all units of measure of the database."""
        self.env["decimal.precision"].search([("name", "=", PRECISION), ("digits", "<", DIGITS)]).digits = DIGITS
        return True
