from odoo import api, fields, models
from odoo.exceptions import UserError

from .outbox import STATES

ORDER = ("failed", "waiting", "sent", "skipped")


class MagentoOutboxMixin(models.AbstractModel):
    """What a delivery, an invoice or a sale order shows of what was sent to Magento; its rows are
    ``magento_outbox_ids``.
    """

    _name = "magento.outbox.mixin"
    _description = "Sent to Magento"

    magento_outbox_state = fields.Selection(
        STATES, "Sent to Magento", compute="_compute_magento_outbox", compute_sudo=True
    )
    magento_outbox_message = fields.Text("Message of Magento", compute="_compute_magento_outbox", compute_sudo=True)
    magento_outbox_number = fields.Char("Number in Magento", compute="_compute_magento_outbox", compute_sudo=True)

    @api.depends("magento_outbox_ids.state", "magento_outbox_ids.reason", "magento_outbox_ids.number")
    def _compute_magento_outbox(self):
        for record in self:
            rows = record.magento_outbox_ids.sorted("id")
            states = set(rows.mapped("state"))
            record.magento_outbox_state = next((state for state in ORDER if state in states), False)
            telling = rows.filtered(lambda row, worst=record.magento_outbox_state: row.state == worst and row.reason)
            record.magento_outbox_message = "\n".join(dict.fromkeys(telling.mapped("reason"))) or False
            documents = rows.filtered(lambda row: row.kind in ("shipment", "invoice") and row.number)
            record.magento_outbox_number = ", ".join(dict.fromkeys(documents.mapped("number"))) or False

    def action_magento_retry(self):
        """Send again what could not be sent to Magento."""
        self.check_access("write")
        # sudo: whoever may change the record has done what is sent, and may have it sent again
        todo = self.sudo().magento_outbox_ids.filtered(lambda row: row.state in ("waiting", "failed"))
        if not todo:
            raise UserError(self.env._("There is nothing to send to Magento."))
        todo._wait()
        for instance in todo.instance_id:
            self.env["magento.run"]._queue(instance, "outbox", poll=False)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("It is sent to Magento in a moment."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_magento_outbox(self):
        """What was, or has to be, sent to Magento."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_outbox")
        action["domain"] = [("id", "in", self.magento_outbox_ids.ids)]
        action["context"] = {}
        return action
