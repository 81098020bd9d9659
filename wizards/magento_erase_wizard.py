from odoo import api, fields, models
from odoo.fields import Domain


class MagentoEraseWizard(models.TransientModel):
    """Erase what the connector holds of persons: links, what Magento answered of their orders, decisions to take."""

    _name = "magento.erase.wizard"
    _description = "Erase Personal Data of Magento"

    partner_ids = fields.Many2many("res.partner", string="Contacts", default=lambda self: self._default_partners())
    link_count = fields.Integer("Links to customers", compute="_compute_counts")
    address_count = fields.Integer("Links to addresses", compute="_compute_counts")
    order_count = fields.Integer("Orders in the inbox", compute="_compute_counts")
    problem_count = fields.Integer("Customers to decide", compute="_compute_counts")

    def _default_partners(self):
        is_partner = self.env.context.get("active_model") == "res.partner"
        return self.env["res.partner"].browse(self.env.context.get("active_ids") if is_partner else [])

    @api.depends("partner_ids")
    def _compute_counts(self):
        for wizard in self:
            found = wizard._find()
            wizard.link_count = len(found["magento.customer"])
            wizard.address_count = len(found["magento.address"])
            wizard.order_count = len(found["magento.order"])
            wizard.problem_count = len(found["magento.customer.problem"])

    def _find(self):
        """What there is of these persons in the shops of the user's companies, by model."""
        instances = self.env["magento.instance"].with_context(active_test=False).search([])
        here = Domain("instance_id", "in", instances.ids)
        # sudo: what the connector writes itself, managers may erase; only in shops that they see
        env = self.sudo().env
        mine = [("partner_id", "in", self.partner_ids.ids)]
        links = env["magento.customer"].search(here & Domain(mine))
        emails = {*links.mapped("email"), *self.partner_ids.mapped("email_normalized")} - {False}
        same_email = Domain.OR([("email", "=ilike", _literally(email))] for email in emails)
        of_order = Domain.OR(
            [
                [("sale_order_id.partner_id", "in", self.partner_ids.ids)],
                *([("customer_email", "=ilike", _literally(email))] for email in emails),
            ]
        )
        of_address = Domain("customer_partner_id", "in", self.partner_ids.ids) | Domain(mine)
        numbers = Domain("magento_id", "in", [link.magento_id for link in links if link.magento_id])
        problems = env["magento.customer.problem"]
        return {
            "magento.customer": links,
            "magento.address": env["magento.address"].search(here & of_address),
            "magento.order": env["magento.order"].search(
                here & of_order & Domain("payload_reduced", "not in", ["erased"])
            ),
            "magento.customer.problem": problems.search(here & (same_email | numbers | Domain(mine))),
        }

    def action_erase(self):
        """Erase it, and say so on the contacts."""
        self.ensure_one()
        self.check_access("write")
        found = self._find()
        found["magento.order"]._erase()
        for model in ("magento.customer.problem", "magento.address", "magento.customer"):
            found[model].unlink()
        # sudo: a contact that is erased here is not to be sent to the shop again
        self.sudo().partner_ids.magento_export_ids = False
        # sudo: the note is left by whoever erases, also if he may not change contacts
        for partner in self.sudo().partner_ids:
            partner.message_post(
                body=self.env._("The personal data that the Magento connector held of this contact was erased."),
                subtype_xmlid="mail.mt_note",
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Erased: %(orders)s orders in the inbox, %(links)s links to customers and addresses.",
                    orders=len(found["magento.order"]),
                    links=len(found["magento.customer"]) + len(found["magento.address"]),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


def _literally(text):
    """A text for ``=ilike``, in which no character has a meaning of its own."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
