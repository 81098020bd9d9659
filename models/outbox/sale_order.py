from odoo import fields, models
from odoo.tools import html2plaintext


class SaleOrder(models.Model):
    """Cancellations and messages to the customer are told to Magento."""

    _name = "sale.order"
    _inherit = ["sale.order", "magento.outbox.mixin"]

    magento_outbox_ids = fields.One2many(
        "magento.outbox", "sale_order_id", readonly=True, groups="magento_connector.group_user"
    )

    def _action_cancel(self):
        events = [
            (order, {}) for order in self if order.magento_number and order.state != "cancel" and self._is_own_doing()
        ]
        result = super()._action_cancel()
        if events and self.env["magento.store.view"]._sends("send_cancellations"):
            self.env["magento.outbox"]._add("cancel", lambda order: order.store_view_id.send_cancellations, events)
        return result

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.magento_number and self.env["magento.store.view"]._sends("send_comments"):
            self._tell_comment(message)
        return message

    def _tell_comment(self, message):
        """Note a message that a person of the company wrote to the customer."""
        # sudo: of the author it only counts whether it is a user of the company
        author = message.sudo().author_id
        text = html2plaintext(message.body or "").strip()
        if (
            text
            and message.message_type == "comment"
            and message.subtype_id == self.env.ref("mail.mt_comment")
            and author.user_ids.filtered(lambda user: not user.share)
            and not self.env.context.get("mark_so_as_sent")  # the mail with the quotation
        ):
            self.env["magento.outbox"]._add(
                "comment",
                lambda order: order.store_view_id.send_comments,
                [(self, {"message_id": message.id, "text": text})],
            )

    def _is_own_doing(self):
        """Whether it happens in Odoo, rather than because Magento says so."""
        return not self.env.context.get("magento_rules")
