from odoo import fields, models


class ProductTemplate(models.Model):
    """A product that is saved wakes the export, where a shop wants that."""

    _inherit = "product.template"

    magento_link_ids = fields.One2many(
        "magento.product", "product_tmpl_id", string="In Magento", groups="magento_connector.group_user"
    )

    def write(self, vals):
        result = super().write(vals)
        self.env["magento.instance"]._products_were_saved(vals)
        return result

    def action_export_to_magento(self):
        """Choose the shop, and preview or export."""
        return self.with_context(active_test=False).product_variant_ids.action_export_to_magento()


class ProductProduct(models.Model):
    """The same for variants."""

    _inherit = "product.product"

    magento_link_ids = fields.One2many(
        "magento.product", "product_id", string="In Magento", groups="magento_connector.group_user"
    )

    def write(self, vals):
        result = super().write(vals)
        self.env["magento.instance"]._products_were_saved(vals)
        return result

    def action_export_to_magento(self):
        """Choose the shop, and preview or export."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_product_export_wizard")
        return action | {"context": {"default_product_ids": self.ids}}
