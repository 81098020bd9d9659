from odoo import api, models


class ProductCategory(models.Model):
    """A category that is deleted in Odoo is reported on its link, and stays in Magento."""

    _inherit = "product.category"

    @api.ondelete(at_uninstall=False)
    def _report_to_magento_links(self):
        # sudo: whoever may delete a category need not have rights on the connector
        links = self.env["magento.category"].sudo().search([("category_id", "child_of", self.ids)])
        links.write(
            {
                "category_id": False,
                "state": "unlinked",
                "error": self.env._("It was deleted in Odoo. Magento keeps its category; Import Again makes it anew."),
            }
        )
