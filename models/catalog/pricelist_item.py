from odoo import fields, models


class ProductPricelistItem(models.Model):
    """A rule that an import of products has made: it follows what Magento has."""

    _inherit = "product.pricelist.item"

    magento_attribute = fields.Selection(
        [("price", "Website price"), ("special_price", "Special price")], string="From Magento", readonly=True
    )
