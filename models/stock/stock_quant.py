from odoo import api, models


class StockQuant(models.Model):
    """A quantity that changes, on hand or reserved, wakes the synchronisation of stock."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["magento.instance"]._stock_has_moved()
        return quants

    def write(self, vals):
        result = super().write(vals)
        if "quantity" in vals or "reserved_quantity" in vals:
            self.env["magento.instance"]._stock_has_moved()
        return result
