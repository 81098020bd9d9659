from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.run import OPEN_STATES


class MagentoRun(models.Model):
    """The runs of customers."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[
            ("customers", "Import customers"),
            ("customers_preview", "Preview of a customer import"),
            ("customers_export", "Export customers"),
        ],
        ondelete={"customers": "cascade", "customers_preview": "cascade", "customers_export": "cascade"},
    )

    @api.model
    def _start_customers(self, instance, scope=None, kind="customers"):
        """Queue an import of customers, or its preview, and return the action that opens it.

        :param scope: see ``magento.customer._scope_batches``; None for who is new or changed
        :raises UserError: while another choice of customers is under way
        """
        # sudo: users may start runs, but not write them
        running = self.sudo().search(
            [("instance_id", "=", instance.id), ("kind", "=", kind), ("state", "in", OPEN_STATES)], limit=1
        )
        if running.poll and (scope or running.scope):
            raise UserError(self.env._("Customers are being read from this shop already: wait for that run to end."))
        run = self._start(instance, kind)
        if scope:
            run.sudo().scope = scope
        return run._open()

    @api.model
    def _due(self, instances):
        customers = instances.filtered(lambda shop: shop.schedule_customers or self._was_cut_short(shop, "customers"))
        exporting = instances.filtered("export_customers")
        return [
            *super()._due(instances),
            *((instance, "customers", True) for instance in customers),
            *((instance, "customers_export", True) for instance in exporting),
        ]

    def _batches(self, loop, kind, poll):
        if kind == "customers":
            return self.env["magento.customer"]._batches(loop, poll)
        if kind == "customers_preview":
            return self.env["magento.customer"]._preview_batches(loop)
        if kind == "customers_export":
            return self.env["magento.customer"]._export_batches(loop)
        return super()._batches(loop, kind, poll)

    def action_open_customer_problems(self):
        """The customers of the shop that somebody has to decide about."""
        return self.instance_id.action_open_customer_problems()

    def action_open_unsent_customers(self):
        """The customers of the shop that Magento was not told about."""
        return self.instance_id.action_open_customers() | {"context": {"search_default_not_sent": 1}}
