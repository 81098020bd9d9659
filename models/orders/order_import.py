from dataclasses import dataclass
from functools import partial
from typing import Any

from odoo import fields, models

from ...magento_api import parse_order
from ...magento_api.records import Order
from ..catalog.product import product_key
from ..sync.isolate import isolate
from ..sync.problem import Problem, problem_of
from .amounts import CENT
from .order_parties import parties_of_orders
from .order_rules import OrderRules
from .sale_order_values import SaleOrderBuilder
from .settlement import Settlement, settle

# Rows of the inbox that can be imported as they are; others wait for what Magento says of them.
READY = [("state", "=", "waiting"), ("payload", "!=", False), ("payload_reduced", "=", False)]
LONGEST_TEXT = 2000
MOST_ITEMS = 2000


@dataclass
class Candidate:
    """An inbox row on its way to a sale order: what Magento says, its store view, what the lines must come to, the
    values to create; or the problem that its payload has.
    """

    row: Any
    order: Order | None = None
    view: Any = None
    settlement: Settlement | None = None
    problem: Problem | None = None
    values: dict[str, Any] | None = None

    def held_back(self, rules):
        """The rule that keeps the order out; None to let it in."""
        return None if self.row.forced else rules.held_back(self.view, self.order)

    def is_let_in(self, rules):
        """Whether no rule keeps the order out; what no rule can judge is told by the import."""
        try:
            return not self.held_back(rules)
        except Exception:
            return False


class MagentoOrder(models.Model):
    """How rows of the inbox become sale orders: each completely or not at all."""

    _inherit = "magento.order"

    def _import_batches(self, loop):
        """Import these rows, as batches for ``SyncLoop.drive``. What Magento has to be asked for is asked before."""
        candidates = self._read_candidates()
        products = self.env["magento.product"]
        sound = [candidate for candidate in candidates if candidate.view and not candidate.problem]
        unknown = products._unknown(loop.instance, _wanted_products(sound))
        if unknown:
            rules = OrderRules(loop.instance)
            let_in = _wanted_products([candidate for candidate in sound if candidate.is_let_in(rules)])
            unknown = {key: wanted for key, wanted in let_in.items() if key in unknown}
        answers = products._ask(loop, unknown)
        yield partial(self._import, loop, candidates, answers), len(self)

    def _read_candidates(self):
        """What Magento says of these rows, as far as it makes sense; nothing is written."""
        views = self.instance_id.with_context(active_test=False).store_view_ids
        by_number = {view.magento_id: view for view in views}
        units = self.env["res.currency"]._magento_units()
        candidates = []
        for row in self:
            candidate = Candidate(row)
            try:
                candidate.order = parse_order(row.payload)
                row._check_size(candidate.order)
                candidate.view = row.store_view_id or by_number.get(candidate.order.store_id)
                unit = units.get(candidate.order.order_currency_code, CENT)
                candidate.settlement = settle(candidate.order, unit)
            except Exception as error:  # whatever the shop made of it, it is this order's alone
                candidate.problem = problem_of(self.env, error, row.increment_id)
            candidates.append(candidate)
        return candidates

    def _import(self, loop, candidates, answers):
        """Import these rows; what cannot be imported says why. A batch of the sync loop.

        :param candidates: what ``_read_candidates`` made of them
        :param answers: what ``magento.product._ask`` found out for them
        :returns: what to add to the run's counts
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        rows = self.search([*READY, ("id", "in", locked.ids)])  # one may have been erased, or be asked for anew
        rows.run_id = loop.run
        rules = OrderRules(loop.instance)
        todo = [candidate for candidate in candidates if candidate.row in rows]

        def fail(candidate, error):
            candidate.row._fail(problem_of(self.env, error, candidate.row.increment_id))

        isolate(self.env, todo, partial(self._import_some, loop.instance, rules, answers), fail)
        done = [(candidate.row, candidate.order) for candidate in todo if candidate.row.state == "imported"]
        self._apply_rules(loop, done, rules)
        states = rows.mapped("state")
        return {f"{state}_count": states.count(state) for state in ("imported", "failed", "skipped")}

    def _import_some(self, instance, rules, answers, candidates):
        """Import orders, all of them or none; those whose trouble is foreseen are failed or skipped, and in no way."""
        let_in = [candidate for candidate in candidates if candidate.row._is_let_in(candidate, rules)]
        products = self.env["magento.product"]._resolve(instance, _wanted_products(let_in), answers)
        builder = SaleOrderBuilder(instance, let_in, products, rules)
        ready = []
        for candidate in let_in:
            if answers.lack(_wanted_products([candidate]), products):
                continue  # what it needs has gone meanwhile: it stays waiting, and is asked for
            try:
                candidate.values = builder.values(candidate)
                ready.append(candidate)
            except Problem as problem:
                candidate.row._fail(problem)
        if ready:
            self._create_sale_orders(ready)

    def _is_let_in(self, candidate, rules):
        """Whether an order is to be imported; where not, its row says why."""
        if not candidate.order:
            self._fail(candidate.problem)
            return False
        if not candidate.view:
            self._fail(self._no_store_view(candidate.order))
            return False
        if not self.store_view_id:
            self.store_view_id = candidate.view
        if self.sale_order_id:
            self.state = "imported"
            return False
        if reason := candidate.held_back(rules):
            self._skip(reason.sentence, reason.kind)
            self.give_up_at = reason.kind == "wait" and rules.give_up_at(candidate.order)
            return False
        if candidate.problem:
            self._fail(candidate.problem)
            return False
        return True

    def _check_size(self, order):
        """What no shop sends is broken, and would keep Odoo busy for minutes."""
        _ = self.env._
        longest = max((len(text) for item in order.items for text in (item.name, item.sku)), default=0)
        if longest > LONGEST_TEXT:
            limit = _("a name or SKU of %(length)s characters, of at most %(most)s", length=longest, most=LONGEST_TEXT)
        elif len(order.items) > MOST_ITEMS:
            limit = _("%(count)s items, of at most %(most)s", count=len(order.items), most=MOST_ITEMS)
        else:
            return
        raise Problem(
            "payload",
            _("The order has %(limit)s. Check it in Magento, then ask Magento anew for it.", limit=limit),
        )

    def _no_store_view(self, order):
        return Problem(
            "store",
            self.env._(
                "The order belongs to store view %(number)s, which Odoo does not know. Press Connect on the "
                "instance to read the store views again; an order of a store view that Magento has deleted cannot "
                "be imported.",
                number=order.store_id or "?",
            ),
            f"store:{order.store_id}",
        )

    def _create_sale_orders(self, candidates):
        parties = parties_of_orders(self.env, candidates)
        sale_orders = self.env["sale.order"]._create_from_magento(
            [candidate.values | parties[candidate.row] for candidate in candidates]
        )
        for candidate, sale_order in zip(candidates, sale_orders, strict=True):
            sale_order._check_magento_amounts(candidate.settlement)
            candidate.row.write({"sale_order_id": sale_order.id, "attempts": candidate.row.attempts + 1})
        self.browse([candidate.row.id for candidate in candidates]).write(
            {
                "state": "imported",
                "reason": False,
                "reason_kind": False,
                "missing_key": False,
                "forced": False,
                "last_attempt": fields.Datetime.now(),
            }
        )


def _wanted_products(candidates):
    return {
        product_key(line.product_item): (candidate.view, line.product_item)
        for candidate in candidates
        for line in candidate.settlement.lines
        if line.product_item
    }
