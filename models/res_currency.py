from odoo import models


class ResCurrency(models.Model):
    """A currency that is activated lets the orders that missed it be imported."""

    _inherit = "res.currency"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self.env["magento.order"]._wake([f"currency:{currency.name}" for currency in self])
        return result
