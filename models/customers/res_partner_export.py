from odoo import api, fields, models
from odoo.fields import Domain

# What Magento is told of a contact or an address.
TOLD = {
    *("name", "email", "vat", "phone", "street", "street2", "city", "zip", "state_id", "country_id"),
    *("type", "active", "parent_id", "is_company", "magento_export_ids"),
}


class ResPartner(models.Model):
    """Contacts that Magento is told about: a change of one makes its customers due."""

    _inherit = "res.partner"

    magento_export_ids = fields.Many2many(
        "magento.instance",
        "magento_export_partner_rel",
        "partner_id",
        "instance_id",
        string="Export to Magento",
        domain="[('export_customers', '=', True)]",
        copy=False,
        groups="magento_connector.group_manager",
        help="The shops that get this contact as a customer, with its addresses.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("parent_id")._magento_changed()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if TOLD & set(vals):
            self._magento_changed()
        return result

    def unlink(self):
        # sudo: whoever deletes a contact need not be a user of the connector
        rows = (
            self.sudo()
            .env["magento.address"]
            .search([("partner_id", "in", self.ids), ("magento_id", ">", 0), ("sent_values", "!=", False)])
        )
        for row in rows.filtered("instance_id.export_customers"):
            links = row._links_of()
            for link in links:
                link.forget_address_ids = [*(link.forget_address_ids or []), row.magento_id]
                link._changed()
        return super().unlink()

    def _magento_changed(self):
        """Let the customers be sent that these contacts are, or are addresses or the company of."""
        if self.env.context.get("magento_import") or not self.ids:
            return
        # sudo: whoever changes a contact need not be a user of the connector
        env = self.sudo().env
        exporting = env["magento.instance"]._exporting_ids()
        if not exporting:
            return
        concerned = Domain("partner_id", "in", self.ids)
        concerned |= Domain("partner_id", "in", self.parent_id.ids) | Domain("partner_id.parent_id", "in", self.ids)
        env["magento.customer"].search(Domain("instance_id", "in", exporting) & concerned)._changed()
