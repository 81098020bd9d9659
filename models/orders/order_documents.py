from collections import Counter

from odoo import api, models

from ...magento_api import MagentoError, NotUnderstood
from ...magento_api.order_documents import document_id
from ...magento_api.read import Fields
from ..sync.problem import Problem
from .amounts import CENT
from .currency_rates import CurrencyRates
from .order_status import INVOICING


class MagentoOrder(models.Model):
    """Invoices and credit memos that were made in Magento become invoices and credit notes, each once."""

    _inherit = "magento.order"

    def _read_documents(self, loop, steps):
        """Put on each step the documents that are new in Magento: ``step.documents`` by kind, as lists of
        ``(row of the list, document or None)``. The document of an invoice over the whole order is not read.

        What the shop does not tell keeps the rules of the steps concerned, and nothing else.
        """
        wanted = {
            "invoice": [step for step in steps if step.action in INVOICING and _any_quantity(step, "qty_invoiced")],
            "credit_memo": [
                step
                for step in steps
                if is_refunded(step) and (step.action in INVOICING or step.sale_order._magento_latest("out_invoice"))
            ],
        }
        for kind, concerned in wanted.items():
            if not concerned:
                continue
            try:
                self._read_kind(loop, kind, concerned)
            except MagentoError as error:
                for step in concerned:
                    self._hold_step(step, error)

    def _hold_step(self, step, error):
        """Keep the rules from an order that the shop does not tell enough of: for a while, if that may pass."""
        if error.retryable:
            step.problem = Problem("magento", str(error))
            step.row._rules_wait(error)
        else:
            self._fail_step(step, Problem("magento", str(error)))

    def _read_kind(self, loop, kind, steps):
        by_order = {step.order.order_id: step for step in steps}
        listed = []
        for number, found in loop.client.documents_of(kind, list(by_order)).items():
            if isinstance(found, MagentoError):
                self._hold_step(by_order[number], found)
            else:
                listed += found
        links = {
            link.increment_id: link
            for link in self.env["magento.document"].search(
                [
                    ("order_id", "in", [step.row.id for step in steps]),
                    ("kind", "=", kind),
                    ("increment_id", "in", [row.increment_id for row in listed]),
                ]
            )
        }
        for row in listed:
            if (link := links.get(row.increment_id)) and link.is_open != (row.state == 1):
                link.is_open = row.state == 1
        # what Odoo is about to send may be there already: first it has to be known what became of it
        busy = self._sending(kind, [step.row.id for step in steps])
        new = [
            row
            for row in listed
            if row.increment_id not in links and row.state != 3 and by_order[row.order_id].row.id not in busy
        ]
        counts = Counter(row.order_id for row in listed if row.state != 3)
        parts = [
            row.increment_id
            for row in new
            if kind == "credit_memo" or counts[row.order_id] > 1 or not _is_whole(row, by_order[row.order_id].order)
        ]
        read = loop.client.read_documents(kind, parts)
        for row in new:
            document = read.get(row.increment_id)
            step = by_order[row.order_id]
            if isinstance(document, MagentoError):
                self._hold_step(step, document)
            else:
                step.documents.setdefault(kind, []).append((row, document))

    def _invoice_orders(self, steps):
        """Post the invoices of orders: those made in Magento, or one for all where Magento has none.

        :raises Problem: when Odoo has no rate of the order's currency, or the amounts do not add up
        """
        rates = CurrencyRates(steps[0].row.instance_id)
        for step in steps:
            rates.check(step.order, step.sale_order.currency_id)
        plain = [step for step in steps if not _any_quantity(step, "qty_invoiced")]
        whole = [step for step in steps if [document for _row, document in step.documents.get("invoice", ())] == [None]]
        self._sale_orders(plain)._magento_invoice()._tell_magento()
        self._sale_orders(whole)._magento_invoice()
        for step in whole:
            self._link(step, "invoice", step.documents["invoice"][0][0], step.sale_order._magento_latest("out_invoice"))
        for step in steps:
            if step not in plain and step not in whole:
                for row, document in step.documents.get("invoice", ()):
                    move = step.sale_order._magento_invoice_part(row, document)
                    self._link(step, "invoice", row, move or step.sale_order._magento_latest("out_invoice"))

    def _refund_orders(self, steps):
        """Post the credit notes of orders for Magento's credit memos, with Magento's own amounts."""
        for step in steps:
            if not step.sale_order._magento_latest("out_invoice"):
                if step.is_cancelled:
                    continue  # nothing was invoiced, the order is cancelled
                raise Problem(
                    "rule",
                    self.env._(
                        "Magento has refunded the order, or a part of it, but Odoo has no posted invoice of it. The "
                        "credit note is made as soon as there is one."
                    ),
                )
            for row, document in step.documents.get("credit_memo", ()):
                self._link(step, "credit_memo", row, step.sale_order._magento_credit_note(row, document))

    @api.model
    def _sending(self, kind, ids):
        """Those of the inbox rows ``ids`` that have a document of a kind on its way to Magento."""
        waiting = [("order_id", "in", ids), ("kind", "=", kind), ("state", "=", "waiting")]
        return {order.id for (order,) in self.env["magento.outbox"]._read_group(waiting, ["order_id"])}

    def _follow_again(self):
        """Let the rules look at these orders again, with what Magento says of them then."""
        if self:
            self._let_rules_run()
            for instance in self.instance_id:
                self.env["magento.run"]._queue(instance, poll=False)

    def _link(self, step, kind, row, move):
        self.env["magento.document"].create(
            {
                "instance_id": step.row.instance_id.id,
                "order_id": step.row.id,
                "kind": kind,
                "increment_id": row.increment_id,
                "magento_id": document_id(row),
                "is_open": row.state == 1,
                "move_id": move.id,
            }
        )

    @api.model
    def _wake_refunds(self, sale_orders):
        """Orders whose refund waited for an invoice have one now."""
        # sudo: the accountant who posts an invoice need not be a user of the connector
        rows = self.sudo().search([("sale_order_id", "in", sale_orders.ids)])
        rows.fetch(["payload"])
        rows = rows.filtered(lambda row: row.rule_state == "failed" or _says_refunded(row.payload))
        if rows:
            rows._let_rules_run()
            for instance in rows.instance_id:
                self.env["magento.run"]._queue(instance, poll=False)


def is_refunded(step):
    """Whether Magento has given back money of the order."""
    return bool(step.order.total_refunded) or _any_quantity(step, "qty_refunded")


def _is_whole(row, order):
    """Whether the only invoice of an order is for all of it; fractions of a cent in its total do not count."""
    return abs(row.grand_total - order.grand_total) < CENT and all(
        item.qty_invoiced == item.qty_ordered for item in order.items if not item.parent_item_id
    )


def _says_refunded(payload):
    """Whether a payload, whatever is in it, says that money was given back."""
    try:
        return bool(Fields(payload, "").number("total_refunded"))
    except NotUnderstood:
        return False


def _any_quantity(step, name):
    return any(getattr(item, name) for item in step.order.items)
