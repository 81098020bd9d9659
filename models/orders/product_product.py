from odoo import api, models


class ProductProduct(models.Model):
    """A product that arrives, or gets its internal reference, lets the orders that missed it be imported."""

    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._wake_magento_orders()
        return products

    def write(self, vals):
        result = super().write(vals)
        if vals.get("default_code"):
            self._wake_magento_orders()
        return result

    def _wake_magento_orders(self):
        self.env["magento.order"]._wake([f"sku:{product.default_code}" for product in self if product.default_code])
