from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import MagentoError, NotFound, without_odd
from ..sync.clock import naive
from ..sync.isolate import isolate, sentence_of
from ..sync.loop import Poll
from .customer_plan import CustomerPlan
from .customer_values import customer_values
from .parties import PartyFinder

# Customers of one transaction: two requests of 50 address books.
BATCH = 100
# Rows of a list looked at together: one window of the client.
ROWS = 500
SECOND = timedelta(seconds=1)


class MagentoCustomer(models.Model):
    """The import of customers: all by number first, later what changed; or those that somebody asked for."""

    _inherit = "magento.customer"

    changed_at = fields.Datetime("Changed in Magento on", readonly=True)
    received_values = fields.Json(readonly=True)
    is_gone = fields.Boolean("Deleted in Magento", readonly=True)

    @api.model
    def _batches(self, loop, poll):
        """Everything there is to do for the customers of ``loop.instance``, as batches for ``SyncLoop.drive``."""
        yield from self._stale_batches(loop)
        if not poll:
            return
        if loop.run.scope:
            yield from self._scope_batches(loop, self._take_in)
        else:
            yield from self._new_batches(loop)

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._settle_problems()
        return links

    def _settle_problems(self):
        """Nobody has to decide any more about customers that an order has brought."""
        for instance, links in self.grouped("instance_id").items():
            numbers = [link.magento_id for link in links if link.magento_id]
            problems = self.env["magento.customer.problem"]
            problems.search([("instance_id", "=", instance.id), ("magento_id", "in", numbers)]).unlink()

    # -- which customers ----------------------------------------------------------------------------------------------

    def _new_batches(self, loop):
        """All customers by number, as far as that has not been done; then those that changed since the last look."""
        done = loop.instance.customers_history_done
        yield from self._changed_batches(loop) if done else self._history_batches(loop)

    def _history_batches(self, loop):
        instance, begin = loop.instance, loop.clock()
        source = loop.client.customers(after_id=instance.customers_history_id)
        problems, odd = self.env["magento.customer.problem"], []

        def advance(number):
            return instance._advance(customers_history_id=number)

        for rows in split_every(ROWS, without_odd(source, odd), list):
            yield from problems._odd_batches(instance, odd)
            if not instance.customers_seen_until:
                yield partial(instance._advance, customers_seen_until=begin), 0
            yield partial(self._report_gaps, loop, instance.customers_history_id, [row.id for row in rows]), 0
            yield from self._fetch_batches(loop, self._not_seen(instance, rows), self._take_in, advance)
            yield partial(advance, rows[-1].id), 1
        yield from problems._odd_batches(instance, odd)
        if instance.customers_seen_until:
            yield partial(instance._advance, customers_history_done=True), 0

    def _changed_batches(self, loop):
        """Who Magento shows as changed since the last look; and who is new by number, whatever the time stamp."""
        instance = loop.instance
        poll, last_id = Poll(loop, instance.customers_seen_until), instance.customers_history_id
        source = loop.client.customers(updated_from=poll.updated_from, also_above=last_id, after_id=poll.after_id)
        problems, odd = self.env["magento.customer.problem"], []
        for rows in split_every(ROWS, without_odd(source, odd), list):
            yield from problems._odd_batches(instance, odd)
            last_id = max([last_id, *(row.id for row in rows)])
            yield from self._fetch_batches(loop, self._not_seen(instance, rows), self._take_in, poll.advance)
        yield from problems._odd_batches(instance, odd)
        if loop.run or poll.is_due(instance.customers_seen_until) or last_id > instance.customers_history_id:
            yield partial(poll.finish, customers_seen_until=poll.begin, customers_history_id=last_id), 0

    def _scope_batches(self, loop, do):
        """The customers that somebody asked for: ``ids``, or all (``everything``), changed or not; what an interrupted
        run has done is not done again.
        """
        scope, client = loop.run.scope, loop.client
        after = scope.get("after_id", 0)
        if "ids" in scope:
            rows = list(without_odd(client.customers_by_id([n for n in scope["ids"] if n > after])))
            source = sorted(rows, key=lambda row: row.id)
            missing = set(scope["ids"]) - {row.id for row in rows} if not after else set()
            if missing:
                yield partial(self._forget, loop.instance, missing), 0
        else:
            source = without_odd(client.customers(after_id=after))
        for part in split_every(ROWS, source, list):
            if "ids" not in scope:
                yield partial(self._report_gaps, loop, after, [row.id for row in part]), 0
                after = part[-1].id
            yield from self._fetch_batches(loop, part, do, partial(self._advance_scope, loop))

    def _advance_scope(self, loop, number):
        loop.run.scope = loop.run.scope | {"after_id": number}

    def _fetch_batches(self, loop, customers, do, advance):
        """Read the address books of customers, and do something with both.

        :param do: see ``_take_in``
        :param advance: called with the number of the last one of a batch, in the transaction that does it
        """
        by_id = {customer.id: customer for customer in customers}
        for answers in loop.read(loop.client.address_books(list(by_id)), BATCH):
            pairs = [(by_id[number], answer) for number, answer in answers]
            yield partial(self._do_and_advance, partial(do, loop, pairs), advance, answers[-1][0]), len(answers)

    def _do_and_advance(self, do, advance, number):
        counts = do()
        advance(number)
        return counts

    def _not_seen(self, instance, rows):
        """The customers without those that are linked and that Magento has not changed since."""
        links = self.search([("instance_id", "=", instance.id), ("magento_id", "in", [row.id for row in rows])])
        seen = {link.magento_id: link.changed_at for link in links if link._is_settled() and not link.is_gone}
        return [row for row in rows if row.id not in seen or seen[row.id] != naive(row.updated_at)]

    def _report_gaps(self, loop, after, numbers):
        """Linked customers between the last batch and the end of this one that Magento no longer has."""
        gone = self.search(
            [
                ("instance_id", "=", loop.instance.id),
                ("magento_id", ">", after),
                ("magento_id", "<=", numbers[-1]),
                ("magento_id", "not in", numbers),
                ("is_gone", "=", False),
            ]
        )
        gone.is_gone = True
        return {}

    def _forget(self, instance, numbers):
        """Customers that somebody asked for and that Magento has deleted."""
        here = [("instance_id", "=", instance.id), ("magento_id", "in", list(numbers))]
        self.search(here).filtered(lambda link: not link.is_gone).is_gone = True
        self.env["magento.customer.problem"].search(here).unlink()
        return {}

    # -- what becomes of them -----------------------------------------------------------------------------------------

    def _plans(self, loop, answers):
        """What is to become of the customers of a batch.

        :param answers: list of ``(customer, address book or MagentoError)``
        """
        instance = loop.instance
        groups = self.env["magento.customer.group"]._for_customers(loop, {row.group_id for row, _book in answers})
        websites = instance._ensure_websites({row.website_id for row, _book in answers} - {0})
        nowhere = self.env["magento.website"]
        languages = {view.magento_id: view.lang_id.code for view in instance.store_view_ids}
        moment = naive(loop.client.server_time) or fields.Datetime.now()
        decided = self.env["magento.customer.problem"]._decisions(instance, [row.id for row, _book in answers])
        plans = [
            CustomerPlan(
                customer,
                [] if isinstance(book, MagentoError) else book,
                website=websites.get(customer.website_id, nowhere),
                lang=languages.get(customer.store_id),
                group=groups.get(customer.group_id),
                told_at=moment,
                **decided.get(customer.id, {}),
                **_trouble_with(book),
            )
            for customer, book in answers
        ]
        self._classify(instance, [plan for plan in plans if plan.action == "new"])
        return plans

    def _classify(self, instance, plans):
        """Find out who is known, and who could be several contacts."""
        parties = [plan.party() for plan in plans]
        finder = PartyFinder(self.env, instance, [party for party in parties if not party.partner])
        finder.match()
        here = [("instance_id", "=", instance.id)]
        known = self.search([*here, ("magento_id", "in", [plan.customer.id for plan in plans])]) - finder.stale
        chosen = [plan.chosen.id for plan in plans if plan.chosen]
        by_number = {link.magento_id: link for link in known}
        by_partner = {link.partner_id: link for link in self.search([*here, ("partner_id", "in", chosen)])}
        for plan, party in zip(plans, parties, strict=True):
            if link := by_number.get(plan.customer.id) or party.link:
                plan.action, plan.link, plan.chosen = "update", link, None
            elif plan.chosen:
                plan.link = by_partner.get(plan.chosen, self.browse())
                plan.action = "taken" if plan.link.magento_id else "match"
            elif not plan.name:
                plan.action = "empty"
            elif party.choices:
                plan.choices = party.choices
                plan.action = "ambiguous" if len(party.choices) > 1 else "match"
            plan.reason = self._reason(plan)

    def _reason(self, plan):
        """What a person reads who has to decide who a customer is."""
        if plan.action == "taken":
            return self.env._(
                "%(contact)s is another customer of this shop already: choose a different contact, or a new one.",
                contact=plan.chosen.display_name,
            )
        if plan.action == "ambiguous":
            return self.env._(
                "%(count)s contacts have this e-mail address. Choose who it is, or a new contact.",
                count=len(plan.choices),
            )
        return ""

    def _take_in(self, loop, answers):
        """Import a batch of answers. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        plans = self._plans(loop, answers)
        failed = {plan.customer.id: plan for plan in plans if plan.action in ("ambiguous", "taken", "magento")}

        def fail(plan, error):
            plan.action, plan.reason = "odoo", self._sentence(plan, error)
            failed[plan.customer.id] = plan

        todo = [plan for plan in plans if plan.action in ("new", "match", "update")]
        isolate(self.env, todo, partial(self._write_plans, loop.instance), fail)
        self._forget(loop.instance, {plan.customer.id for plan in plans if plan.action == "gone"})
        self.env["magento.customer.problem"]._settle(loop.instance, plans, failed)
        same = sum(plan.is_same or plan.action in ("empty", "gone") for plan in plans)
        return {
            "seen_count": len(plans),
            "imported_count": len(plans) - same - len(failed),
            "failed_count": len(failed),
            "skipped_count": same,
        }

    def _write_plans(self, instance, plans):
        """Find or create the contacts and addresses of customers, and let known ones follow what Magento changed."""
        parties = [plan.party() for plan in plans]
        finder = PartyFinder(self.env, instance, parties)
        finder.match()
        finder.make()
        moved = self.env["magento.address"]._follow_books(finder, plans, parties)
        for plan, party in zip(plans, parties, strict=True):
            changed = party.link._follow_customer(plan) or party.partner.id in moved
            plan.is_same = plan.action == "update" and not changed

    def _follow_customer(self, plan):
        """Write to the contact what Magento changed since it was last received; what a person changed meanwhile stays
        until Magento changes it too.

        :returns: whether anything was written
        """
        had, gets = self.received_values, plan.received
        if had:
            self._write_contact({key: value for key, value in gets.items() if value and value != had.get(key)})
        values = {key: value for key, value in plan.link_values().items() if not _is_same(self[key], value)}
        if values:
            self.write(values | {"received_at": fields.Datetime.now(), "group_at": plan.told_at})
        elif not self._is_settled():
            self.group_at = plan.told_at
        return bool(values)

    def _is_settled(self):
        """Whether Magento was asked at another second than that of the customer's last change: within it more may
        happen. A change that is ahead of the shop's clock has a wrong time, which says nothing.
        """
        return bool(self.changed_at and self.group_at and abs(self.group_at - self.changed_at) > SECOND)

    def _write_contact(self, changes):
        partner = self.partner_id._magento_quietly()
        vat = changes.pop("vat", None)
        if changes:
            partner.write(changes)
        if vat:
            partner.commercial_partner_id.vat = vat
        if self.sent_values and (changes or vat):
            values = customer_values(partner)
            told = {"name": ("firstname", "lastname"), "email": ("email",), "vat": ("taxvat",)}
            keys = [key for name in (*changes, *(["vat"] if vat else [])) for key in told.get(name, ())]
            self.sent_values = self.sent_values | {key: values[key] for key in keys}

    def _sentence(self, plan, error):
        """What a person reads of what kept a customer from being imported."""
        return sentence_of(self.env, error, f"Customer {plan.customer.id}")


def _trouble_with(book):
    """What an answer that is no address book makes of the plan."""
    if isinstance(book, NotFound):
        return {"action": "gone"}
    if isinstance(book, MagentoError):
        return {"action": "magento", "reason": str(book)}
    return {}


def _is_same(kept, value):
    return (kept.id if isinstance(kept, models.BaseModel) else kept or False) == (value or False)
