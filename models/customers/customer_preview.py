from functools import partial

from odoo import api, models
from odoo.tools.misc import split_every

from ...magento_api import without_odd
from .customer_import import BATCH


class MagentoCustomer(models.Model):
    """The preview of an import of customers: who would have to be decided about. No contact is written."""

    _inherit = "magento.customer"

    @api.model
    def _preview_batches(self, loop):
        """All customers that an import would bring, as batches for ``SyncLoop.drive``; no address book is read."""
        for rows in split_every(BATCH, without_odd(loop.client.customers()), list):
            yield partial(self._preview, loop, rows), len(rows)

    def _preview(self, loop, rows):
        """List those of a batch that could be several contacts."""
        plans = self._plans(loop, [(row, []) for row in rows])
        undecided = {plan.customer.id: plan for plan in plans if plan.action in ("ambiguous", "taken")}
        self.env["magento.customer.problem"]._settle(loop.instance, list(undecided.values()), undecided)
        known = sum(plan.action in ("update", "empty") for plan in plans)
        return {
            "seen_count": len(plans),
            "imported_count": len(plans) - known - len(undecided),
            "failed_count": len(undecided),
            "skipped_count": known,
        }
