from odoo import Command, models

from .sale_order import QUIET


class SaleOrder(models.Model):
    """What the rules of a shop do with its sale orders, whole batches at a time."""

    _inherit = "sale.order"

    def _magento_confirm(self):
        """Confirm those that are quotations; one that was given up or cancelled by Magento comes back to life."""
        self.filtered(lambda order: order.state == "cancel" and order._magento_was_given_up()).action_draft()
        self.filtered(lambda order: order.state in ("draft", "sent")).with_context(**QUIET).action_confirm()

    def _magento_was_given_up(self):
        # sudo: the loop's user reads the inbox whatever its groups
        return "unpaid" in self.sudo().magento_order_ids.mapped("reason_kind")

    def _magento_invoice(self):
        """Post an invoice for all that is not invoiced yet, whatever the invoicing policy of the products.

        :returns: the invoices
        """
        moves = self.env["account.move"].with_context(**QUIET, magento_rules=True)
        values = [order._magento_invoice_values() for order in self if order.state == "sale"]
        moves = moves.create([entry for entry in values if entry])
        moves.action_post()
        return moves

    def _magento_invoice_values(self):
        """Values of an invoice for what is not invoiced; None when that is nothing."""
        lines = []
        for line in self.order_line.filtered(lambda line: not line.display_type):
            quantity = line.product_uom_qty
            # what was refunded is not invoiced again
            for entry in line.invoice_lines.filtered(
                lambda entry: entry.move_id.move_type == "out_invoice" and entry.parent_state != "cancel"
            ):
                quantity -= entry.product_uom_id._compute_quantity(entry.quantity, line.product_uom_id)
            if not line.product_uom_id.is_zero(quantity):
                lines.append(Command.create(line._prepare_invoice_line(quantity=quantity)))
        return self._prepare_invoice() | {"invoice_line_ids": lines} if lines else None

    def _magento_unpaid_invoices(self):
        """Posted invoices that are still to be paid."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.payment_state in ("not_paid", "partial")
            )
        )

    def _magento_obstacles_to_cancel(self):
        """Why Odoo must not cancel the order by itself: sentences that say what to do; none when it may."""
        self.ensure_one()
        _ = self.env._
        obstacles = []
        if self.picking_ids.filtered(lambda picking: picking.state == "done"):
            obstacles.append(_("Goods have left: arrange their return, then cancel the order."))
        posted = self.invoice_ids.filtered(lambda move: move.state == "posted")
        if not self.currency_id.is_zero(sum(posted.mapped("amount_total_in_currency_signed"))):
            obstacles.append(_("An invoice is posted: make a credit note for it."))
        return obstacles

    def _magento_cancel(self, sentence):
        """Cancel one order, and say why in its chatter."""
        if self.locked:
            self.action_unlock()
        self.with_context(**QUIET, disable_cancel_warning=True, magento_rules=True).action_cancel()
        self.message_post(body=sentence)
