from odoo import models


class StockMove(models.Model):
    """A move that begins, ends or changes its demand changes the forecast: it wakes the synchronisation of stock."""

    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "product_uom_qty" in vals:
            self.env["magento.instance"]._stock_has_moved()
        return result
