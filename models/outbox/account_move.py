from odoo import fields, models


class AccountMove(models.Model):
    """Invoices of Magento's orders are told to Magento."""

    _name = "account.move"
    _inherit = ["account.move", "magento.outbox.mixin"]

    magento_outbox_ids = fields.One2many(
        "magento.outbox", "move_id", readonly=True, groups="magento_connector.group_user"
    )

    def _post(self, soft=True):
        posted = super()._post(soft)
        if not self.env.context.get("magento_rules"):  # the rules say themselves what they make known
            posted.filtered(lambda move: move.move_type == "out_invoice")._tell_magento()
        return posted

    def _tell_magento(self):
        """Note these posted invoices in the outbox, where the rules send them to Magento."""
        if not self.env["magento.store.view"]._sends("send_invoices"):
            return
        events = [
            (sale_order, {"move_id": move.id})
            for move in self
            for sale_order in move.invoice_line_ids.sale_line_ids.order_id.filtered("magento_number")
        ]
        if events:
            self.env["magento.outbox"]._add("invoice", lambda order: order._sends_invoices(), events)
