from odoo import Command, models


class AccountMove(models.Model):
    """How invoices of Magento orders are paid by the rules, and what their posting sets off."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        invoices = posted.filtered(lambda move: move.move_type == "out_invoice")
        orders = invoices.invoice_line_ids.sale_line_ids.order_id.filtered("magento_number")
        if orders and not self.env.context.get("magento_rules"):  # the rules look after refunds themselves
            self.env["magento.order"]._wake_refunds(orders)
        return posted

    def _magento_pay(self, wanted):
        """Register a payment of all that is open, for many invoices at once.

        :param wanted: list of ``(invoice, account.payment.method.line)``
        """
        open_lines = [(invoice, line, _receivable(invoice)) for invoice, line in wanted]
        payments = self.env["account.payment"].create(
            [
                self._magento_payment_values(invoice, method_line, receivable)
                for invoice, method_line, receivable in open_lines
            ]
        )
        payments.with_context(skip_sale_auto_invoice_send=True).action_post()
        for payment, (_invoice, _line, receivable) in zip(payments, open_lines, strict=True):
            if not payment.move_id:  # a journal without an outstanding account: the bank statement books it
                continue
            counterpart = payment.move_id.line_ids.filtered(
                lambda entry, account=receivable.account_id: entry.account_id == account and not entry.reconciled
            )
            (counterpart + receivable).reconcile()

    def _magento_payment_values(self, invoice, method_line, receivable):
        return {
            "date": invoice.invoice_date,
            "amount": invoice.amount_residual,
            "payment_type": "inbound",
            "partner_type": "customer",
            "memo": invoice.payment_reference or invoice.ref or invoice.name,
            "journal_id": method_line.journal_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.commercial_partner_id.id,
            "payment_method_line_id": method_line.id,
            "destination_account_id": receivable.account_id[:1].id,
            "invoice_ids": [Command.set(invoice.ids)],
        }


def _receivable(invoice):
    """The open entries of an invoice on the customer's account."""
    return invoice.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
    )
