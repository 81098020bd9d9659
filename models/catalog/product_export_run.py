"""The runs of the product export: comparing, asking Magento what it has, sending, remembering."""

from functools import partial

from odoo import api, models
from odoo.tools.misc import split_every

from ..sync.isolate import isolate
from .product_export import ProductExport

# Links compared together, without a request; links sent in one transaction.
COMPARED, SENT = 1000, 100


class MagentoProduct(models.Model):
    """How products get to Magento: what differs from what Magento was seen to have."""

    _inherit = "magento.product"

    @api.model
    def _export_batches(self, loop, poll):
        """Send what differs, as batches for ``SyncLoop.drive``. Nothing that changed: some queries, no request.

        :param poll: whether a person wants everything sent, also what failed; otherwise what somebody asked for by
            product, and what differs if products are exported automatically
        """
        instance = loop.instance
        everything = poll or instance._exports_products()
        if everything and instance.export_basis != instance._export_basis_now():
            yield partial(self._forget_comparisons, instance), 0
        due = self._export_due(instance, everything, again=poll)
        if due:
            yield from self._structure_batches(loop)
        volatile = self._export_is_volatile(instance)
        for ids in split_every(COMPARED, due, list):
            if volatile and not self._has_news(loop, ids, again=poll):
                continue
            differing = []
            yield partial(self._compare, loop, ids, differing, again=poll), 0
            for part in split_every(SENT, differing, list):
                yield from self._send_batches(loop, part)
        yield from self.env["magento.product.image"]._export_batches(loop, poll, None if everything else due)

    def _forget_comparisons(self, instance):
        """What the values of all products depend on has changed: they are compared anew."""
        instance.export_basis = instance._export_basis_now()
        self.search([("instance_id", "=", instance.id), ("compared_product_date", "!=", False)]).write(
            {"compared_product_date": False}
        )
        return {}

    def _has_news(self, loop, ids, again):
        """Whether anything is to be done about some links, of which many may be as they were."""
        export = ProductExport(loop, self)
        return any(link._is_stale() or self._is_to_send(export, link, again) for link in self.browse(ids).exists())

    def _compare(self, loop, ids, differing, again):
        """Find the links whose product differs from what Magento was seen to have; the others are done.

        :param differing: list that gets their ids
        """
        links = self.browse(ids).exists()
        export = ProductExport(loop, self)
        differing[:] = [link.id for link in links if self._is_to_send(export, link, again)]
        self.browse(set(links.ids) - set(differing))._mark_compared()
        return {}

    def _is_to_send(self, export, link, again):
        return not link.magento_id or link.export_requested or (again and link.export_error) or export.differs(link)

    def _send_batches(self, loop, ids):
        """Send some products, and write what came of it; begun again, it begins by asking what Magento has.

        :raises MagentoError: when the shop is in trouble
        """
        links, export = self.browse(ids).exists(), ProductExport(loop, self)
        if missing := export.sending.categories_to_make(links.product_id):
            yield from self._uncounted(self.env["magento.category"]._bring_batches(loop, missing))
            export = ProductExport(loop, self)
        plans = export.plans(links)
        export.send([plan for plan in plans if not plan.reason])
        yield partial(self._note_export, export.mapping, plans), len(plans)

    def _note_export(self, mapping, plans):
        """Write what came of sending. What was edited meanwhile stays to be sent. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        links = self.browse([plan.link.id for plan in plans]).exists()
        plans = [plan for plan in plans if plan.link in links]
        current = links.browse([plan.link.id for plan in plans if plan.link._version() == plan.version])
        self._make_way(mapping.instance, [plan for plan in plans if plan.is_sent and plan.action == "create"])
        taken = self._take_newer(mapping, plans)
        for plan in plans:
            plan.link.write(plan.outcome())
        current._mark_compared()
        failed = sum(bool(plan.reason or plan.problems) for plan in plans)
        sent = sum(plan.is_sent for plan in plans)
        return {
            "seen_count": len(plans),
            "sent_count": sent,
            "imported_count": taken,
            "failed_count": failed,
            "skipped_count": sum(not (plan.is_sent or plan.reason or plan.problems) for plan in plans),
        }

    def _make_way(self, instance, made):
        """Release the links of deleted products whose numbers Magento has given to new ones."""
        numbers = [plan.number for plan in made]
        others = self.search([("instance_id", "=", instance.id), ("magento_id", "in", numbers)])
        (others - self.browse([plan.link.id for plan in made]))._release()

    def _take_newer(self, mapping, plans):
        """Write what Magento's side won into Odoo, as an import does; returns how many products that were.

        It is decided anew here, by the products as they are now: somebody may have edited them meanwhile.
        """
        read = [plan for plan in plans if plan.answer and not plan.reason]

        def take(part):
            for plan in part:
                seen = plan.link.received_values or {}
                plan.values, _notes = mapping.changes(plan.product, plan.answer, seen)
            self._update_from(mapping, part)

        def fail(plan, error):
            plan.reason = self._sentence(plan, error)

        isolate(self.env, read, take, fail)
        return sum(bool(plan.values) for plan in read if not plan.reason)
