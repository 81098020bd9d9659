from functools import partial

from odoo import api, fields, models
from odoo.tools.misc import split_every

from ...magento_api import MagentoError, without_odd
from ..sync.clock import naive
from ..sync.isolate import isolate, sentence_of
from ..sync.loop import Poll

# Products of one transaction: ten requests of 50.
BATCH = 500
# Rows of a list looked at together.
SUMMARIES = 2000
# No mails of "product created" in twenty thousand chatters.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class MagentoProduct(models.Model):
    """The import of products: all by number first, later what changed; or those that somebody asked for."""

    _inherit = "magento.product"

    @api.model
    def _batches(self, loop, _poll=True):
        """Everything there is to import for ``loop.instance``, as batches for ``SyncLoop.drive``."""
        yield from self._structure_batches(loop)
        if loop.run.scope:
            yield from self._scope_batches(loop, self._take_in)
        else:
            yield from self._new_batches(loop)
        yield from self._view_batches(loop)
        yield from self.env["magento.product.image"]._import_batches(loop)

    def _structure_batches(self, loop):
        """Attribute sets, tax classes and categories, where none is known yet."""
        here = [("instance_id", "=", loop.instance.id)]
        if not self.env["magento.tax.class"].search_count(here, limit=1):
            yield from self._read_structure(loop)
        if not self.env["magento.category"].search_count(here, limit=1):
            yield from self._uncounted(self.env["magento.category"]._tree_batches(loop))

    def _uncounted(self, batches):
        """Batches of something else than what the run is for: they do not show in its counts."""

        def do(batch):
            batch()
            return {}

        for batch, size in batches:
            yield partial(do, batch), size

    def _read_structure(self, loop):
        """Read what products refer to; one batch."""
        instance, client = loop.instance, loop.client
        options = client.attribute_options("tax_class_id")
        sets = [(one, client.attributes(one.id)) for one in client.attribute_sets()]

        def write():
            self.env["magento.tax.class"]._update_from_magento(instance, options)
            self.env["magento.attribute"]._update_from_magento(instance, sets)
            return {}

        yield write, 0

    # -- which products -----------------------------------------------------------------------------------------------

    def _new_batches(self, loop):
        """All products by number, as far as that has not been done; then those that changed since the last look."""
        done = loop.instance.products_history_done
        yield from self._changed_batches(loop) if done else self._history_batches(loop)

    def _history_batches(self, loop):
        instance, begin = loop.instance, loop.clock()

        def advance(numbers):
            self._report_gaps(loop, numbers)
            instance._advance(products_history_id=numbers[-1])

        rows = loop.client.product_summaries(after_id=instance.products_history_id)
        problems, odd = self.env["magento.product.problem"], []
        for summaries in split_every(SUMMARIES, without_odd(rows, odd), list):
            yield from problems._odd_batches(instance, odd)
            if not instance.products_seen_until:
                yield partial(instance._advance, products_seen_until=begin), 0
            yield from self._fetch_batches(loop, [row.id for row in summaries], self._take_in, advance)
        yield from problems._odd_batches(instance, odd)
        if instance.products_seen_until:
            yield partial(instance._advance, products_history_done=True), 0

    def _changed_batches(self, loop):
        """What Magento shows as changed since the last look; and what is new by its number, whatever its time stamp."""
        instance = loop.instance
        poll, last_id = Poll(loop, instance.products_seen_until), instance.products_history_id
        rows = loop.client.product_summaries(updated_from=poll.updated_from, also_above=last_id, after_id=poll.after_id)
        problems, odd = self.env["magento.product.problem"], []
        for summaries in split_every(SUMMARIES, without_odd(rows, odd), list):
            yield from problems._odd_batches(instance, odd)
            numbers = [row.id for row in summaries]
            last_id = max([last_id, *numbers])
            yield from self._fetch_batches(loop, numbers, self._take_in, lambda numbers: poll.advance(numbers[-1]))
        yield from problems._odd_batches(instance, odd)
        if loop.run or poll.is_due(instance.products_seen_until) or last_id > instance.products_history_id:
            yield partial(poll.finish, products_seen_until=poll.begin, products_history_id=last_id), 0

    def _fetch_batches(self, loop, numbers, do, advance):
        """Read products and do something with them, batch by batch.

        :param do: see ``_take_in``
        :param advance: called with the numbers of a batch, in the transaction that does it
        """
        has_asked_for_tree = False
        for answers in loop.read(loop.client.products(numbers, custom=self._mapping(loop).codes), BATCH):
            products = [answer for _number, answer in answers if not isinstance(answer, MagentoError)]
            if not has_asked_for_tree and self._mapping(loop).misses_categories(products):
                has_asked_for_tree = True
                yield from self._uncounted(self.env["magento.category"]._tree_batches(loop))
            todo = answers if loop.run.scope else self._not_seen(loop.instance, answers)
            if todo or loop.run or loop.is_time_up:  # a schedule that finds nothing new leaves no trace
                numbers = [number for number, _answer in answers]
                yield partial(self._do_and_advance, partial(do, loop, todo), advance, numbers), len(answers)

    def _do_and_advance(self, do, advance, numbers):
        counts = do()
        advance(numbers)
        return counts

    def _not_seen(self, instance, answers):
        """The answers without those that are linked and that Magento has not changed since."""
        numbers = [number for number, _answer in answers]
        links = self.search([("instance_id", "=", instance.id), ("magento_id", "in", numbers)])
        seen = {link.magento_id: link.changed_at for link in links if link.changed_at and not link.is_gone}
        return [
            (number, answer)
            for number, answer in answers
            if isinstance(answer, MagentoError) or number not in seen or seen[number] != naive(answer.updated_at)
        ]

    def _report_gaps(self, loop, numbers):
        """Linked products between the last batch and the end of this one that Magento no longer has."""
        gone = self.search(
            [
                ("instance_id", "=", loop.instance.id),
                ("magento_id", ">", loop.instance.products_history_id),
                ("magento_id", "<=", numbers[-1]),
                ("magento_id", "not in", numbers),
                ("is_gone", "=", False),
            ]
        )
        gone._mark_gone()
        return {}

    def _mark_gone(self):
        self.write(
            {
                "is_gone": True,
                "note": self.env._("It was deleted in Magento. Odoo keeps its product."),
                "stock_requested": False,
                "stock_error": self.env._("It was deleted in Magento: its stock is not sent."),
            }
        )

    def _scope_batches(self, loop, do):
        """The products that somebody asked for; what an interrupted run has done is not done again.

        The scope: ``ids`` or ``skus``, or ``website`` and ``category`` numbers, or nothing of these for all.
        """
        scope, client = loop.run.scope, loop.client
        after = scope.get("after_id", 0)
        if "ids" in scope:
            parts = split_every(BATCH, sorted(number for number in scope["ids"] if number > after), list)
        elif scope.get("skus"):
            rows = list(without_odd(client.product_summaries(skus=scope["skus"])))
            unknown = {sku.strip().casefold() for sku in scope["skus"]} - {row.sku.strip().casefold() for row in rows}
            if unknown and not after:
                note = self.env["magento.product.problem"]._note_unknown_skus
                skus = [sku for sku in scope["skus"] if sku.strip().casefold() in unknown]
                yield partial(note, loop.instance, skus), len(skus)
            parts = [sorted(row.id for row in rows if row.id > after and _in_scope(row, scope))]
        else:
            rows = without_odd(client.product_summaries(after_id=after))
            parts = split_every(SUMMARIES, (row.id for row in rows if _in_scope(row, scope)), list)
        for numbers in parts:
            yield from self._fetch_batches(loop, numbers, do, lambda done: self._advance_scope(loop, done[-1]))

    def _advance_scope(self, loop, number):
        loop.run.scope = loop.run.scope | {"after_id": number}

    # -- writing ------------------------------------------------------------------------------------------------------

    def _take_in(self, loop, answers):
        """Import a batch of answers. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        instance, mapping = loop.instance, self._mapping(loop)
        plans = self._plans(loop, mapping, answers, forced=bool(loop.run.scope))
        by_action = {}
        for plan in plans:
            by_action.setdefault(plan.action, []).append(plan)
        failed = {plan.number: plan for plan in by_action.get("problem", ())}

        def fail(plan, error):
            plan.reason_kind, plan.reason = "odoo", self._sentence(plan, error)
            failed[plan.number] = plan

        create, update = partial(self._create_from, mapping), partial(self._update_from, mapping)
        isolate(self.env, by_action.get("create", []), create, fail)
        isolate(self.env, by_action.get("match", []) + by_action.get("update", []), update, fail)
        gone = by_action.get("gone", [])
        self.browse([plan.link.id for plan in gone if plan.link])._mark_gone()
        self._settle_problems(instance, plans, failed)
        same = len(by_action.get("same", ())) + len(gone)
        return {
            "seen_count": len(plans),
            "imported_count": len(plans) - same - len(failed),
            "failed_count": len(failed),
            "skipped_count": same,
        }

    def _create_from(self, mapping, plans):
        self.browse([plan.stale.id for plan in plans if plan.stale])._release()
        products = self.env["product.product"].with_context(**QUIET).create([plan.values for plan in plans])
        self.create(
            [
                self._link_values(mapping, plan, product)
                for plan, product in zip(plans, products.with_context(self.env.context), strict=True)
            ]
        )

    def _update_from(self, mapping, plans):
        """Write what changed, and link the products that were matched; a link to a deleted product changes over."""
        self.browse([plan.stale.id for plan in plans if plan.stale])._release()
        matched = [plan.product.id for plan in plans if plan.action == "match"]
        links = self.search([("instance_id", "=", mapping.instance.id), ("product_id", "in", matched)])
        old = {link.product_id: link for link in links}
        new = []
        for plan in plans:
            if plan.values:
                plan.product.with_context(**QUIET).write(plan.values)
            values = self._link_values(mapping, plan, plan.product)
            if link := plan.link or old.get(plan.product):
                if link.is_gone:  # it is back, with a stock that nobody knows
                    values |= {"stock_error": False, "stock_sent_at": False}
                link.write(values)
            else:
                new.append(values)
        self.create(new)

    def _link_values(self, mapping, plan, product):
        answer = plan.answer
        # what the answer does not tell stays agreed on; what store views show is read, or not known any more
        before, reads_views = (plan.link.received_values if plan.link else None) or {}, bool(mapping.views())
        before = {code: text for code, text in before.items() if reads_views or "@" not in code}
        return {
            "instance_id": mapping.instance.id,
            "magento_id": answer.id,
            "sku": answer.sku,
            "product_id": product.id,
            "received_at": fields.Datetime.now(),
            "changed_at": naive(answer.updated_at),
            "product_type": answer.type,
            "attribute_set_id": mapping.attribute_sets.get(answer.attribute_set_id, False),
            "received_values": before | mapping.received(answer),
            "is_gone": False,
            "read_images": mapping.reads_images,
            "read_views": reads_views,
            "note": "\n".join(plan.notes) or False,
            "compared_product_date": False,
        }

    def _settle_problems(self, instance, plans, failed):
        """Write down what failed; forget what failed earlier and is imported now."""
        problems = self.env["magento.product.problem"]
        done = [plan.number for plan in plans if plan.number not in failed and plan.action not in ("same", "gone")]
        problems.search([("instance_id", "=", instance.id), ("magento_id", "in", done)]).unlink()
        problems._note(
            instance,
            {
                plan.number: (
                    plan.answer.sku if plan.answer else False,
                    plan.answer.name if plan.answer else False,
                    plan.reason_kind,
                    plan.reason,
                )
                for plan in failed.values()
            },
        )

    def _sentence(self, plan, error):
        """What a person reads when Odoo refused a product."""
        return sentence_of(self.env, error, f"Product {plan.answer.sku}")


def _in_scope(row, scope):
    """Whether a row of Magento's list is among what was asked for."""
    website, category = scope.get("website"), scope.get("category")
    return (not website or website in row.website_ids) and (not category or category in row.category_ids)
