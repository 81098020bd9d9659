from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...magento_api import MagentoError, parse_order
from ...magento_api.order_writes import comment_key
from ...magento_api.records import Order
from ..sync.isolate import isolate, sentence_of
from ..sync.problem import Problem, problem_of
from .order_documents import is_refunded
from .order_intake import row_values, text_of
from .order_rules import OrderRules
from .order_status import CONFIRMING, HELD, IMPORTING, INVOICING

# How long the rules wait when Magento cannot tell what they need to know.
RULES_PAUSE = timedelta(minutes=10)


@dataclass
class Step:
    """An imported order on its way to what the rules say: the row, what Magento says of it now, the action."""

    row: Any
    order: Order
    action: str | None
    problem: Problem | None = None
    documents: dict[str, list] = field(default_factory=dict)

    @property
    def sale_order(self):
        return self.row.sale_order_id

    @property
    def is_to_refund(self):
        """Whether there are credit memos to take over, or would be if the order had an invoice."""
        return bool(self.documents.get("credit_memo")) or (self.action == "confirm" and is_refunded(self))

    @property
    def is_cancelled(self):
        """Whether Odoo has to cancel the order: because the rule says so, or because Magento has done it."""
        if self.action == "cancel":
            return True
        return self.order.state in ("canceled", "closed") and self.action in (None, False, "wait", "skip")


class MagentoOrder(models.Model):
    """What happens to orders that are imported: the rules of their status, applied after the import and whenever
    Magento shows a change.
    """

    _inherit = "magento.order"

    rule_state = fields.Selection(
        [("waiting", "To do"), ("failed", "Failed"), ("done", "Done")],
        "Rules",
        readonly=True,
        index="btree_not_null",
        help="Whether what the rules say of the order's status was done in Odoo.",
    )
    rule_reason = fields.Text("What Keeps the Rules", readonly=True)
    rules_again_at = fields.Datetime(
        "Rules Tried Again on",
        readonly=True,
        help="Where trouble of the shop keeps what the rules say from being done.",
    )
    payment_method = fields.Char(readonly=True)
    give_up_at = fields.Datetime(
        "Given up on", readonly=True, index="btree_not_null", help="Unless the order is paid until then."
    )
    cancel_told = fields.Boolean(
        readonly=True, help="An activity said that somebody has to deal with the cancellation."
    )

    edited_from_id = fields.Many2one(
        "magento.order",
        readonly=True,
        ondelete="set null",
        help="The order that was cancelled when this one replaced it.",
    )
    document_ids = fields.One2many("magento.document", "order_id", readonly=True)

    # -- buttons ------------------------------------------------------------------------------------------------------

    def action_apply_rules(self):
        """Ask Magento how the orders stand, do what the rules say, and open the run that does it."""
        todo = self.filtered(lambda order: order.state == "imported" and order.sale_order_id)
        if not todo:
            raise UserError(self.env._("Rules are applied to imported orders: import these first."))
        self.check_access("read")
        # sudo: the inbox is written by the connector only; whoever may read a row may have the rules applied to it
        todo.sudo()._let_rules_run()
        runs = self.env["magento.run"]
        for instance in todo.instance_id:
            runs |= runs._start(instance, poll=False)
        if len(runs) == 1:
            return runs._open()
        return self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_run")

    # -- batches of the sync loop -------------------------------------------------------------------------------------

    def _follow(self, loop, answers):
        """Take in what Magento says now of orders that are imported, and do what the rules say.

        :param answers: list of ``(increment id, payload or MagentoError)``
        :returns: what to add to the run's counts
        """
        numbers = [number for number, _answer in answers]
        rows = self.search([("instance_id", "=", loop.instance.id), ("increment_id", "in", numbers)])
        known = {row.increment_id: row for row in rows}
        orders = {}

        def take(part):
            for number, answer in part:
                if isinstance(answer, MagentoError):
                    known[number]._rules_failed(self._problem_with_answer(number, answer))
                    continue
                order = parse_order(answer)
                if known[number]._is_another(answer):
                    continue
                known[number]._post_new_comments(answer)
                known[number]._take_changes(answer)
                orders[number] = order

        def fail(item, error):
            orders.pop(item[0], None)
            known[item[0]]._rules_failed(problem_of(self.env, error, item[0]))

        isolate(self.env, [item for item in answers if item[0] in known], take, fail)
        self._apply_rules(loop, [(known[number], order) for number, order in orders.items()], OrderRules(loop.instance))
        return {}

    def _is_another(self, payload):
        """Whether Magento has given the number of this imported order to another one, as it may when a backup was
        restored; the row says so then.
        """
        now = row_values(self.increment_id, payload, {})
        marks = ("magento_id", "grand_total", *(["customer_email"] if self.customer_email else []))
        same_day = not self.created_at or self.created_at == now["created_at"]
        if same_day or all(self[mark] == now[mark] for mark in marks):
            return False
        self.write({key: now[key] for key in ("updated_at", "magento_state", "magento_status")})
        self._rules_failed(
            Problem(
                "magento",
                self.env._(
                    "Magento has given the number %(number)s again, to an order of %(date)s: %(name)s in Odoo is of "
                    "the earlier one, which Magento no longer has. To import the new one, delete %(name)s and ask "
                    "Magento anew; what was delivered or invoiced stays, so enter the new one by hand then.",
                    number=self.increment_id,
                    date=fields.Datetime.to_string(now["created_at"]) or "?",
                    name=self.sale_order_id.name,
                ),
            )
        )
        return True

    def _sent_comments(self):
        """The comments that Odoo has sent to Magento, or may have: how often, by what makes them the same."""
        rows = self.outbox_ids.filtered(lambda row: row.kind == "comment" and (row.state == "sent" or row.tried_at))
        return Counter(comment_key(row.text) for row in rows)

    def _take_changes(self, payload):
        """Keep the payload of an imported order that has changed, and show the state on its sale order."""
        if self.magento_state in HELD and text_of(payload, "state") not in HELD:
            self.outbox_ids.filtered(lambda row: row.state == "failed")._wait()
        values = row_values(self.increment_id, payload, {}) | self._kept_payload(payload)
        del values["store_view_id"]
        if values["magento_id"] != self.magento_id:
            self._release_ids(self.instance_id, {values["magento_id"]: self.increment_id})
        self.write(values)
        state = {key: values[key] for key in ("magento_state", "magento_status")}
        if any(self.sale_order_id[key] != value for key, value in state.items()):
            self.sale_order_id.write(state)

    def _post_new_comments(self, payload):
        """Post the comments of the order's history that the payload before did not have."""
        known = self._known_comments(payload)
        ours = self._sent_comments() - Counter(comment_key(comment) for _at, _status, comment in known.elements())
        for created_at, status, comment in reversed(_comments_of(payload)):
            if known[created_at, status, comment]:
                known[created_at, status, comment] -= 1
                continue
            if ours[comment_key(comment)]:
                ours[comment_key(comment)] -= 1
                continue
            self.sale_order_id.message_post(
                body=self.env._(
                    "Comment in Magento (%(moment)s, %(status)s): %(comment)s",
                    moment=created_at,
                    status=status or "-",
                    comment=comment,
                ),
                subtype_xmlid="mail.mt_note",
            )

    def _known_comments(self, payload):
        """The comments that were there when the order was last looked at: where the inbox has forgotten them, those
        written until then.
        """
        if not self.payload_reduced:
            return Counter(_comments_of(self.payload))
        seen_until = fields.Datetime.to_string(self.updated_at)
        return Counter(entry for entry in _comments_of(payload) if entry[0] <= (seen_until or ""))

    def _link_edited(self, order):
        """Tell on both sale orders when one was made in Magento by editing the other."""
        if not order.relation_parent_id or not order.relation_parent_id.isdigit():
            return
        origin = self.search(
            [("instance_id", "=", self.instance_id.id), ("magento_id", "=", int(order.relation_parent_id))], limit=1
        )
        if origin and self.edited_from_id != origin:
            self.edited_from_id = origin
            body = self.env._(
                "Edited in Magento: %(old)s became %(new)s.", old=origin.increment_id, new=self.increment_id
            )
            for sale_order in self.sale_order_id | origin.sale_order_id:
                sale_order.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _give_up(self):
        """Give up the orders that Magento has not seen paid in time; a batch of the sync loop."""
        rules, skipped = OrderRules(self.instance_id), []

        def fail(row, error):
            row.write({"give_up_at": False, "rule_reason": sentence_of(self.env, error, row.increment_id)})

        isolate(self.env, self, lambda rows: rows._give_up_some(rules, skipped), fail)
        return {"skipped_count": len(set(skipped))}

    def _give_up_some(self, rules, skipped):
        for row in self:
            order = parse_order(row.payload)
            if not rules.is_given_up(order):
                row.give_up_at = rules.give_up_at(order)
                continue
            sentence = rules.given_up_sentence(order)
            values = {"give_up_at": False, "reason_kind": "unpaid", "reason": sentence}
            if row.state == "skipped":
                skipped.append(row.id)
            elif row.sale_order_id.state in ("draft", "sent"):
                row.sale_order_id._magento_cancel(sentence)
            else:
                values = {"give_up_at": False}
            row.write(values)

    # -- applying -----------------------------------------------------------------------------------------------------

    def _apply_rules(self, loop, pairs, rules):
        """Do what the rules say of imported orders, all of a batch together; what fails says so on its row.

        Each stage keeps what the ones before it did: an invoice that cannot be made does not undo the confirmation.

        :param pairs: list of ``(row, magento_api order)``
        """
        steps = [Step(row, order, rules.action(row.store_view_id, order.status)) for row, order in pairs]
        self._stage(steps, lambda step: True, partial(self._begin_steps, rules))
        self._read_documents(loop, [step for step in steps if not step.problem])
        self._stage(steps, lambda step: step.action in CONFIRMING, self._confirm_orders)
        self._stage(steps, lambda step: step.action in INVOICING, self._invoice_orders)
        self._stage(steps, lambda step: step.action == "pay", partial(self._pay_orders, rules))
        self._stage(steps, lambda step: step.is_to_refund, self._refund_orders)
        self._stage(steps, lambda step: step.is_cancelled, self._cancel_orders)
        done = self.browse([step.row.id for step in steps if not step.problem])
        done.filtered(lambda row: row.rule_state != "done").write(
            {"rule_state": "done", "rule_reason": False, "rules_again_at": False}
        )

    def _stage(self, steps, concerned, do):
        """One stage of the rules for those of ``steps`` that it concerns and that did not fail before."""
        todo = [step for step in steps if not step.problem and concerned(step)]
        isolate(self.env, todo, do, self._fail_step)

    def _begin_steps(self, rules, steps):
        for step in steps:
            step.row._link_edited(step.order)
            moment = step.action in ("wait", *IMPORTING) and rules.give_up_at(step.order)
            if step.row.give_up_at != moment:
                step.row.give_up_at = moment

    def _confirm_orders(self, steps):
        self._sale_orders(steps)._magento_confirm()
        rows = self.browse([step.row.id for step in steps])
        rows.filtered(lambda row: row.reason_kind == "unpaid").write({"reason_kind": False, "reason": False})

    def _pay_orders(self, rules, steps):
        wanted = []
        for step in steps:
            documents = step.row.document_ids
            still_open = documents.filtered(lambda document: document.is_open or document.paid_in_odoo).move_id
            for invoice in step.sale_order._magento_unpaid_invoices() - still_open:
                wanted.append((invoice, step.row._journal_line(rules.payment_method(step.order), step.order)))
        self.env["account.move"]._magento_pay(wanted)

    def _cancel_orders(self, steps):
        for step in steps:
            step.row._follow_cancellation()

    def _journal_line(self, method, order):
        """The payment method line by which a payment of the order is registered.

        :raises Problem: when nobody has chosen a journal
        """
        if method and method.payment_method_line_id:
            return method.payment_method_line_id
        raise Problem(
            "rule",
            self.env._(
                "The payment cannot be registered: the payment method %(method)s has no journal. Choose one under "
                "Configuration > Payment Methods, then apply the rules again.",
                method=method.name if method else order.payment.method if order.payment else "-",
            ),
            f"journal:{order.payment.method if order.payment else ''}",
        )

    def _follow_cancellation(self):
        """Cancel the sale order, or say once what a person has to do, where goods or invoices are in the way."""
        if self.sale_order_id.state == "cancel":
            return
        obstacles = self.sale_order_id._magento_obstacles_to_cancel()
        if not obstacles:
            self.sale_order_id._magento_cancel(
                self.env._("Cancelled: its status in Magento is %(status)s.", status=self.magento_status)
            )
        elif not self.cancel_told:
            self.cancel_told = True
            self.sale_order_id.activity_schedule(
                "magento_connector.activity_cancelled_order",
                summary=self.env._("%(status)s in Magento, but not in Odoo", status=self.magento_status),
                note=" ".join(obstacles),
                user_id=(self.sale_order_id.user_id or self.instance_id.user_id or self.env.user).id,
            )

    @api.model
    def _sale_orders(self, steps):
        return self.env["sale.order"].browse([step.sale_order.id for step in steps])

    def _fail_step(self, step, error):
        """Keep the reason that a person reads for whatever kept the rules from being applied."""
        step.problem = problem_of(self.env, error, step.order.increment_id)
        step.row._rules_failed(step.problem)

    def _let_rules_run(self):
        """Let the next run of orders ask Magento for these, and do what the rules say."""
        self.write({"rule_state": "waiting", "rules_again_at": False})

    def _rules_wait(self, error):
        """What is imported stays so when the shop then gets into trouble: the rules are tried again in a while."""
        again_at = fields.Datetime.now() + RULES_PAUSE
        self.write({"rule_state": "waiting", "rule_reason": str(error), "rules_again_at": again_at})
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger(at=again_at)

    def _rules_failed(self, problem):
        self.write({"rule_state": "failed", "rule_reason": problem.sentence, "last_attempt": fields.Datetime.now()})


def _comments_of(payload):
    """``(time, status, comment)`` of a payload's history, newest first, leniently."""
    history = payload.get("status_history") if isinstance(payload, dict) else None
    return [
        tuple(str(entry.get(key) or "") for key in ("created_at", "status", "comment"))
        for entry in (history if isinstance(history, list) else [])
        if isinstance(entry, dict) and entry.get("comment")
    ]
