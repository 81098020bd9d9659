from odoo import api, models

from .amounts import unit_of


class ResCurrency(models.Model):
    """A currency that is activated, or rounded to smaller amounts, lets the orders that missed it be imported."""

    _inherit = "res.currency"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self.env["magento.order"]._wake([f"currency:{currency.name}" for currency in self])
        if "rounding" in vals:
            self.env["magento.order"]._wake([f"rounding:{currency.name}" for currency in self])
        return result

    @api.model
    def _magento_units(self):
        """The smallest amount of each currency, active or not, by its code."""
        return {currency.name: unit_of(currency) for currency in self.with_context(active_test=False).search([])}
