from dataclasses import dataclass, field
from typing import Any

from odoo import api, models

from ...magento_api import MagentoError, NotFound
from ..sync.clock import naive
from ..sync.isolate import is_conflict, sentence_of


@dataclass
class Plan:
    """What the import would do with one product of Magento: the import does it, the preview shows it.

    ``action`` is ``create``, ``match`` (an Odoo product that is linked from now on), ``update``, ``same``,
    ``gone`` or ``problem``; ``values`` are those to write, by field; ``notes`` say what was decided.
    """

    number: int
    action: str
    answer: Any = None
    link: Any = None
    product: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reason_kind: str = ""
    reason: str = ""
    stale: Any = None  # the link of a deleted product that had the number


class MagentoProduct(models.Model):
    """Deciding what becomes of Magento's products, without writing anything."""

    _inherit = "magento.product"

    @api.model
    def _plans(self, loop, mapping, answers, forced=False):
        """A plan for each answer.

        :param mapping: :class:`ProductMapping`
        :param answers: list of ``(product number, magento_api Product or MagentoError)``
        :param forced: whether products are looked at that have not changed since the last time, or that somebody
            deleted in Odoo
        :raises MagentoError: when the shop is in trouble
        """
        numbers = [number for number, _answer in answers]
        here = [("instance_id", "=", loop.instance.id), ("magento_id", "in", numbers)]
        links = {link.magento_id: link for link in self.search(here)}
        stale = {
            number: links.pop(number)
            for number, answer in answers
            if number in links and not _is_error(answer) and links[number]._is_of_another(answer)
        }
        problems = {row.magento_id: row for row in self.env["magento.product.problem"].search(here)}
        unlinked = [answer for number, answer in answers if number not in links and not _is_error(answer)]
        matches = self._matches(loop, unlinked, problems)
        plans = []
        for number, answer in answers:
            link, problem = links.get(number), problems.get(number)
            try:
                plan = self._plan(mapping, number, answer, link, problem, matches.get(number), forced)
            except Exception as error:
                if is_conflict(error) or isinstance(error, MagentoError):
                    raise
                reason = sentence_of(self.env, error, f"Product {answer.sku}")
                plan = Plan(number, "problem", answer, link, reason_kind="odoo", reason=reason)
            plan.stale = stale.get(number)
            plans.append(plan)
        return plans

    def _plan(self, mapping, number, answer, link, problem, match, forced):
        """The plan for one answer; see ``_plans``."""
        if isinstance(answer, MagentoError):
            return self._plan_error(number, answer, link)
        if link:
            return self._plan_linked(mapping, answer, link, forced)
        if problem and problem.reason_kind == "deleted" and not forced:
            return Plan(number, "same", answer)
        return self._plan_new(mapping, answer, match)

    def _plan_error(self, number, error, link):
        if error.retryable:
            raise error
        if isinstance(error, NotFound):
            return Plan(number, "gone", link=link)
        return Plan(number, "problem", link=link, reason_kind="payload", reason=str(error))

    def _plan_linked(self, mapping, answer, link, forced):
        same = link.changed_at and link.changed_at == naive(answer.updated_at) and not link.is_gone
        if same and not forced:
            return Plan(answer.id, "same", answer, link, link.product_id)
        values, notes = mapping.changes(link.product_id, answer, link.received_values or {})
        return Plan(answer.id, "update", answer, link, link.product_id, values, notes)

    def _plan_new(self, mapping, answer, match):
        if isinstance(match, tuple):
            return Plan(answer.id, "problem", answer, reason_kind=match[0], reason=match[1])
        if match:
            values, notes = mapping.changes(match, answer, {})
            return Plan(answer.id, "match", answer, None, match, values, notes)
        if not answer.sku.strip():
            reason = self.env._("The product has no SKU in Magento, and Odoo has nothing to know it by: give it one.")
            return Plan(answer.id, "problem", answer, reason_kind="payload", reason=reason)
        _values, notes = mapping.new_values(answer)
        return Plan(answer.id, "create", answer, values=self._product_values(mapping, answer), notes=notes)

    def _matches(self, loop, answers, problems):
        """The Odoo products that stand for products of Magento that are not linked.

        :returns: dict of Magento's number to the product, or to ``(kind of reason, sentence)`` where nobody can tell;
            absent where Odoo has no product
        """
        by_sku = self._products_by_sku(loop.instance, [answer.sku for answer in answers])
        found = {}
        for answer in answers:
            chosen = problems[answer.id].product_id if answer.id in problems else None
            products = chosen or by_sku.get(answer.sku)
            if not products:
                continue
            found[answer.id] = products if len(products) == 1 else ("ambiguous", self._ambiguous(answer.sku, products))
        wanted = self.browse().product_id.union(*(one for one in found.values() if not isinstance(one, tuple)))
        taken = self.search([("instance_id", "=", loop.instance.id), ("product_id", "in", wanted.ids)])
        return found | self._settle_taken(loop, found, {link.product_id: link for link in taken})

    def _settle_taken(self, loop, found, taken):
        """Products that stand for another product of Magento: they change over when that was deleted there."""
        others = sorted({link.magento_id for link in taken.values() if link.magento_id and not link.is_gone})
        alive = {}
        for number, answer in loop.client.products(others) if others else ():
            if _is_error(answer) and answer.retryable:
                raise answer
            if not isinstance(answer, NotFound):
                alive[number] = "?" if _is_error(answer) else answer.sku
        settled = {}
        for number, product in found.items():
            link = taken.get(product) if not isinstance(product, tuple) else None
            if link and link.magento_id in alive:
                reason = self.env._(
                    "The Odoo product with this SKU stands for Magento's product %(number)s already, which is now "
                    "called %(sku)s. Give one of the two another reference, or change the link under Links > Products.",
                    number=link.magento_id,
                    sku=alive[link.magento_id],
                )
                settled[number] = ("taken", reason)
        return settled


def _is_error(answer):
    return isinstance(answer, MagentoError)
