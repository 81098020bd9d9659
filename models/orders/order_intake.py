from datetime import UTC
from functools import partial

from odoo import api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import BadRow, MagentoError, NotFound, NotUnderstood, without_odd
from ..sync.clock import naive
from ..sync.isolate import isolate
from ..sync.loop import Poll
from ..sync.problem import Problem, problem_of
from .order_import import READY

# Orders of one transaction. Two requests of 50 over XML-RPC; larger batches do not make the ORM faster.
BATCH = 100
# Characters of an order's number that are kept; Magento's have at most 50.
LONGEST_NUMBER = 200
# How often orders are tried again in one run because of what arrived meanwhile.
ROUNDS = 3


class MagentoOrder(models.Model):
    """How orders get into the inbox: the reading side of the import."""

    _inherit = "magento.order"

    @api.model
    def _batches(self, loop, poll):
        """Everything there is to do for ``loop.instance``, as batches for ``SyncLoop.drive``.

        What an earlier run left waiting comes first, then the orders asked for by number, then what is new in Magento.
        """
        yield from self._waiting_batches(loop)
        asked = self.search(
            [
                ("instance_id", "=", loop.instance.id),
                ("state", "=", "waiting"),
                "|",
                ("payload", "=", False),
                ("payload_reduced", "!=", False),
            ]
        )
        if asked:
            yield from self._fetch_batches(loop, asked.mapped("increment_id"))
        again = self.search([("instance_id", "=", loop.instance.id), *self._rules_due()])
        if again:
            yield from self._follow_batches(loop, again.mapped("increment_id"))
        if poll:
            yield from self._new_batches(loop)
            yield from self._give_up_batches(loop)
        # what arrived while a batch was on its way, which still saw the database without it; no more than a few times,
        # for what has arrived may not be what the order misses
        for _round in range(ROUNDS):
            orders = self._whose_cause_is_gone(loop.instance)
            if not orders:
                return
            yield partial(orders._put_back), 0
            yield from self._waiting_batches(loop)

    @api.model
    def _rules_due(self):
        """The domain of orders whose rules are to be done now."""
        now = fields.Datetime.now()
        return [("rule_state", "=", "waiting"), "|", ("rules_again_at", "=", False), ("rules_again_at", "<=", now)]

    def _put_back(self):
        self.write({"state": "waiting"})
        return {}

    def _waiting_batches(self, loop):
        last = 0
        while True:
            rows = self.search(
                [("instance_id", "=", loop.instance.id), *READY, ("id", ">", last)], order="id", limit=loop.most(BATCH)
            )
            if not rows:
                return
            last = rows[-1].id
            yield from rows._import_batches(loop)

    def _fetch_batches(self, loop, numbers):
        """Fetch orders into the inbox, and import them."""
        for answers in loop.read(loop.client.order_payloads(numbers), BATCH):
            yield from self._answer_batches(loop, answers)

    def _answer_batches(self, loop, answers):
        """Write the answers into the inbox, and import them."""
        rows = []
        yield partial(self._take_in, loop, answers, rows), 0
        yield from self.browse(rows)._import_batches(loop)

    def _new_batches(self, loop):
        """New and changed orders. While the history is read by number, orders change behind its back, and new ones are
        not to wait for its end: what changed since it began comes first, each time that it goes on.
        """
        views = loop.instance.store_view_ids.filtered("import_orders")
        starts = views.mapped("import_from")
        where = {"created_from": min(starts).replace(tzinfo=UTC)} if starts and all(starts) else {}
        if loop.instance.orders_seen_until:
            yield from self._changed_batches(loop, where)
        if not loop.instance.history_done:
            yield from self._history_batches(loop, where)

    def _history_batches(self, loop, where):
        instance, begin = loop.instance, loop.clock()
        for found in self._read_list(loop, after_id=instance.history_order_id, **where):
            if not instance.orders_seen_until:
                yield partial(instance._advance, orders_seen_until=begin), 0
            yield from self._found_batches(loop, found)
            yield partial(instance._advance, history_order_id=_last_id(found)), 1
        if instance.orders_seen_until:
            yield partial(instance._advance, history_done=True), 0

    def _changed_batches(self, loop, where):
        """What Magento shows as changed since the last look; and what is new by its number, whatever its time stamp."""
        instance, poll = loop.instance, Poll(loop, loop.instance.orders_seen_until)
        seen_until, last_id = instance.orders_seen_until, instance.history_order_id
        for found in self._read_list(
            loop,
            updated_from=poll.updated_from,
            also_above=last_id if instance.history_done else None,
            after_id=poll.after_id,
            **where,
        ):
            yield from self._found_batches(loop, found)
            if loop.run:  # a schedule that finds nothing new leaves no trace
                yield partial(poll.advance, _last_id(found)), 0
            stamps = [naive(row.updated_at) for row in without_odd(row for row, _answer in found)]
            # a time stamp from the future is some module's, and would hide whatever comes until then
            seen_until = max([min(seen_until, poll.begin), *(stamp for stamp in stamps if stamp <= poll.begin)])
            last_id = max(last_id, _last_id(found))
        if not instance.history_done:
            last_id = instance.history_order_id
        if (seen_until, last_id) != (instance.orders_seen_until, instance.history_order_id) or loop.run.position:
            yield partial(poll.finish, orders_seen_until=seen_until, history_order_id=last_id), 0

    def _read_list(self, loop, **where):
        """Magento's list of orders, with what is new of them: lists of pairs; see ``Client.orders``."""
        wanted = partial(loop.look_up, self._wanted, loop.instance)
        return loop.read(loop.client.orders(wanted, **where), BATCH)

    def _new_odd(self, instance, rows):
        """The rows of a list that are no orders, as answers for the inbox, by what they tell of their number; without
        those that are there with the same words.

        :param rows: list of ``BadRow``
        """
        answers = {row.number or _number_of_odd(row.id): row for row in rows}
        known = self.search(
            [("instance_id", "=", instance.id), ("increment_id", "in", list(answers)), ("state", "=", "failed")]
        )
        told = {row.increment_id: row.reason for row in known}
        return [(number, row) for number, row in answers.items() if told.get(number) != str(row)]

    def _give_up_batches(self, loop):
        """Orders that are still not paid after the days that their payment method gives them."""
        due = self.search(
            [
                ("instance_id", "=", loop.instance.id),
                ("give_up_at", "<=", fields.Datetime.now()),
                ("payload", "!=", False),
            ]
        )
        for ids in split_every(BATCH, due.ids):
            yield partial(self.browse(ids)._give_up), len(ids)

    def _wanted(self, instance, rows):
        """The numbers of those orders among some rows of Magento's list that are new, or have changed."""
        summaries = list(without_odd(rows))
        here = [("instance_id", "=", instance.id), ("increment_id", "in", [row.increment_id for row in summaries])]
        known = {row.increment_id: row for row in self.search(here)}
        return {
            summary.increment_id
            for summary in summaries
            if not (row := known.get(summary.increment_id)) or row._is_behind(summary)
        }

    def _is_behind(self, summary):
        """Whether Magento's list tells something else of an order than the inbox."""
        if self.payload_reduced == "erased" and self.state == "skipped":
            return False
        # the second of the change is not enough: an order may change twice within it
        seen = (self.updated_at, self.magento_state, self.magento_status)
        return seen != (naive(summary.updated_at), summary.state, summary.status)

    def _found_batches(self, loop, found):
        """Take in what Magento's list shows: orders that are imported follow, others are to be.

        :param found: list of pairs of ``Client.orders``
        """
        answers = [(row.increment_id, answer) for row, answer in found if answer is not None]
        here = [("instance_id", "=", loop.instance.id), ("increment_id", "in", [number for number, _ in answers])]
        imported = set(self.search([*here, ("state", "=", "imported")]).mapped("increment_id"))
        follow = [(number, answer) for number, answer in answers if number in imported]
        if follow:
            yield partial(self._follow, loop, follow), len(follow)
        odd = self._new_odd(loop.instance, [row for row, _answer in found if isinstance(row, BadRow)])
        new = odd + [(number, answer) for number, answer in answers if number not in imported]
        if new:
            yield from self._answer_batches(loop, new)

    def _follow_batches(self, loop, numbers):
        """Orders that are imported follow what Magento says of them now."""
        for answers in loop.read(loop.client.order_payloads(numbers), BATCH):
            yield partial(self._follow, loop, answers), len(answers)

    def _take_in(self, loop, answers, taken):
        """Write the answers into the inbox, before anything else happens with them.

        :param answers: list of ``(increment id, payload or MagentoError)``
        :param taken: list that receives the ids of the rows to import
        """
        instance, kept = loop.instance, {}
        self._ensure_rules(instance, [answer for _number, answer in answers if isinstance(answer, dict)])

        def fail(item, error):
            number = item[0]
            kept.pop(number, None)
            here = [("instance_id", "=", instance.id), ("increment_id", "=", number[:LONGEST_NUMBER])]
            row = self.search(here) or self.create(
                {"instance_id": instance.id, "increment_id": number[:LONGEST_NUMBER]}
            )
            row._fail(problem_of(self.env, error, number))

        isolate(self.env, list(dict(answers).items()), partial(self._keep, instance, kept), fail)
        taken[:] = kept.values()
        return {"seen_count": len(answers)}

    def _keep(self, instance, kept, answers):
        """Write answers into the inbox.

        :param kept: dict that receives the ids of the rows to import, by order number
        """
        known = {
            row.increment_id: row
            for row in self.search(
                [("instance_id", "=", instance.id), ("increment_id", "in", [number for number, _answer in answers])]
            )
        }
        views = {view.magento_id: view.id for view in instance.with_context(active_test=False).store_view_ids}
        values = {
            number: {"increment_id": number}
            if isinstance(answer, MagentoError)
            else row_values(number, answer, views) | {"payload": answer, "payload_reduced": False, "state": "waiting"}
            for number, answer in answers
        }
        self._release_ids(
            instance, {one["magento_id"]: number for number, one in values.items() if "magento_id" in one}
        )
        for number, row in known.items():
            row.write(values[number])
        new = [one | {"instance_id": instance.id} for number, one in values.items() if number not in known]
        created = self.with_context(tracking_disable=True, mail_create_nolog=True).create(new)
        by_number = known | {row.increment_id: row for row in created}
        for number, answer in answers:
            if isinstance(answer, MagentoError):
                by_number[number]._fail(self._problem_with_answer(number, answer))
            else:
                kept[number] = by_number[number].id

    @api.model
    def _release_ids(self, instance, numbers):
        """Take the ids of Magento from the rows of other orders: it may give one again, after an order was deleted or
        a backup restored. An order is known by its number.

        :param numbers: dict of Magento's id to the number of the order that has it now
        """
        ids = [number for number in numbers if number]
        nameless = ("increment_id", "in", [_number_of_odd(number) for number in ids])
        found = self.search([("instance_id", "=", instance.id), "|", ("magento_id", "in", ids), nameless])
        rows = found.filtered("magento_id")
        (found - rows).unlink()  # the list had told nothing but the id of them
        for row in rows.filtered(lambda row: row.increment_id != numbers[row.magento_id]):
            remark = self.env._(
                "Magento has given the ID of this order, %(id)s, to the order %(number)s: this one was deleted there, "
                "or is missing from a backup that was restored.",
                id=row.magento_id,
                number=numbers[row.magento_id],
            )
            row.write({"magento_id": 0, "remark": remark})
        rows.flush_recordset(["magento_id"])  # what is created next has the ids

    def _ensure_rules(self, instance, payloads):
        """Add what the orders show for the first time to the tables of rules."""
        self.env["magento.order.status"]._ensure(instance, {text_of(payload, "status") for payload in payloads})
        self.env["magento.payment.method"]._ensure(instance, {method_of(payload) for payload in payloads})
        self.env["magento.customer.group"]._ensure(instance, _groups_of(payloads))
        self.env["magento.shipping.method"]._ensure(
            instance,
            {
                text_of(payload, "shipping_method"): text_of(payload, "shipping_description") or ""
                for payload in payloads
                if text_of(payload, "shipping_method")
            },
        )

    def _problem_with_answer(self, number, error):
        """What a person reads when Magento did not give an order."""
        if isinstance(error, NotFound):
            return Problem(
                "magento",
                self.env._(
                    "Magento has no order %(number)s: check the number, or it was deleted there.", number=number
                ),
            )
        return Problem("payload" if isinstance(error, NotUnderstood) else "magento", str(error))


def _number_of_odd(magento_id):
    """What the inbox calls an order whose number the list of orders does not tell."""
    return f"#{magento_id or '?'}"


def _last_id(found):
    """Magento's highest id among rows of its list, which come with their orders."""
    return max((row.id if isinstance(row, BadRow) else row.order_id) or 0 for row, _answer in found)


def row_values(number, payload, views):
    """What the inbox shows of an order, read leniently: a payload that makes no sense still becomes a row."""

    def text(key):
        return text_of(payload, key)

    return {
        "increment_id": number,
        "magento_id": _number(text("order_id"), int),
        "store_view_id": views.get(_number(text("store_id"), int), False),
        "magento_state": text("state"),
        "magento_status": text("status"),
        "payment_method": method_of(payload),
        "created_at": _moment(text("created_at")),
        "updated_at": _moment(text("updated_at")),
        "customer_email": text("customer_email"),
        "currency_name": text("order_currency_code"),
        "grand_total": _number(text("grand_total"), float),
    }


def text_of(payload, key):
    """A text out of a payload, whatever it holds; False where there is none."""
    value = payload.get(key)
    return str(value)[:200] if isinstance(value, str | int) and value != "" else False


def method_of(payload):
    """The code of the payment method of a payload, or False."""
    payment = payload.get("payment")
    return text_of(payment, "method") if isinstance(payment, dict) else False


def _groups_of(payloads):
    """The numbers of the customer groups that payloads show."""
    texts = {text_of(payload, "customer_group_id") for payload in payloads} - {False}
    return {_number(text, int) for text in texts if text.isdecimal() and len(text) < 10}


def _number(text, kind):
    try:
        number = kind(text or 0)
    except ValueError:
        return 0
    return number if abs(number) < 2**31 else 0


def _moment(text):
    try:
        return fields.Datetime.to_datetime(text or False)
    except ValueError:
        return False
