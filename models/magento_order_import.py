import logging
from dataclasses import dataclass
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ..magento_api import NotUnderstood, parse_order
from ..magento_api.records import Order
from .isolate import isolate
from .magento_product import product_key
from .order_problem import OrderProblem
from .order_rules import OrderRules
from .sale_order_values import SaleOrderBuilder
from .settlement import Settlement, settle

_logger = logging.getLogger(__name__)
LONGEST_TEXT = 2000
MOST_ITEMS = 2000


@dataclass
class Candidate:
    """An inbox row on its way to a sale order: what Magento says, what the lines must come to, the values to create."""

    row: Any
    order: Order
    settlement: Settlement
    values: dict[str, Any] | None = None


class MagentoOrder(models.Model):
    """How rows of the inbox become sale orders: each completely or not at all."""

    _inherit = "magento.order"

    def _import(self, loop):
        """Import these rows; what cannot be imported says why. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        rows = self.try_lock_for_update(allow_referencing=True)
        rows.run_id = loop.run
        rules = OrderRules(loop.instance)
        candidates = rows._parse_and_filter(rules)
        products = self.env["magento.product"]._resolve(loop, _wanted_products(candidates))
        builder = SaleOrderBuilder(loop.instance, candidates, products, rules)
        ready = []
        for candidate in candidates:
            try:
                candidate.values = builder.values(candidate)
                ready.append(candidate)
            except OrderProblem as problem:
                candidate.row._fail(problem)
        isolate(self.env, ready, self._create_sale_orders, self._fail_candidate)
        done = [(candidate.row, candidate.order) for candidate in ready if candidate.row.state == "imported"]
        self._apply_rules(loop, done, rules)
        states = rows.mapped("state")
        return {f"{state}_count": states.count(state) for state in ("imported", "failed", "skipped")}

    def _parse_and_filter(self, rules):
        """The rows that the rules let in, as candidates."""
        result = []
        for row in self:
            try:
                order = parse_order(row.payload)
                row._check_size(order)
                view = row._store_view_of(order)
            except NotUnderstood as error:
                row._fail(OrderProblem("payload", str(error)))
                continue
            except OrderProblem as problem:
                row._fail(problem)
                continue
            if row.sale_order_id:
                row.state = "imported"
            elif reason := None if row.forced else rules.held_back(view, order):
                row._skip(reason.sentence, reason.kind)
                row.give_up_at = reason.kind == "wait" and rules.give_up_at(order)
            else:
                result.append(Candidate(row, order, settle(order)))
        return result

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
        raise OrderProblem(
            "payload",
            _("The order has %(limit)s. Check it in Magento, then ask Magento anew for it.", limit=limit),
        )

    def _store_view_of(self, order):
        if not self.store_view_id:
            self.store_view_id = self.instance_id.with_context(active_test=False).store_view_ids.filtered(
                lambda view: view.magento_id == order.store_id
            )
        if not self.store_view_id:
            raise OrderProblem(
                "store",
                self.env._(
                    "The order belongs to store view %(number)s, which Odoo does not know. Press Connect on the "
                    "instance to read the store views again; an order of a store view that Magento has deleted cannot "
                    "be imported.",
                    number=order.store_id or "?",
                ),
                f"store:{order.store_id}",
            )
        return self.store_view_id

    def _create_sale_orders(self, candidates):
        parties = self.env["res.partner"]._magento_parties(candidates)
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

    def _fail_candidate(self, candidate, error):
        """Keep the reason that a person reads for whatever kept one order from being created."""
        if isinstance(error, OrderProblem):
            problem = error
        elif isinstance(error, UserError):
            problem = OrderProblem("odoo", str(error.args[0]))
        else:
            _logger.info("Order %s could not be created", candidate.order.increment_id, exc_info=error)
            problem = OrderProblem(
                "odoo",
                self.env._(
                    "Odoo could not create the sale order (%(kind)s: %(text)s). The server log has the details.",
                    kind=type(error).__name__,
                    text=str(error).strip().split("\n")[0][:300],
                ),
            )
        candidate.row._fail(problem)


def _wanted_products(candidates):
    return {
        product_key(line.product_item): (candidate.row.store_view_id, line.product_item)
        for candidate in candidates
        for line in candidate.settlement.lines
        if line.product_item
    }
