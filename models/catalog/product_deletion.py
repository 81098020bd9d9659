from odoo import api, models


class ProductProduct(models.Model):
    """A product that is deleted in Odoo is reported, stays in Magento, and is not imported again by itself."""

    _inherit = "product.product"

    @api.ondelete(at_uninstall=False)
    def _report_to_magento(self):
        # sudo: whoever may delete a product need not have rights on the connector
        links = self.env["magento.product"].sudo().search([("product_id", "in", self.ids), ("magento_id", ">", 0)])
        reason = self.env._("It was deleted in Odoo, and stays in Magento. Import Again makes it anew.")
        for instance in links.instance_id:
            links.env["magento.product.problem"]._note(
                instance,
                {
                    link.magento_id: (link.sku, link.product_id.name, "deleted", reason)
                    for link in links
                    if link.instance_id == instance
                },
            )


class ProductTemplate(models.Model):
    """Deleting a product takes its variants along in the database, past their own checks."""

    _inherit = "product.template"

    @api.ondelete(at_uninstall=False)
    def _report_variants_to_magento(self):
        self.with_context(active_test=False).product_variant_ids._report_to_magento()
