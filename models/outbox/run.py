from odoo import api, fields, models


class MagentoRun(models.Model):
    """The runs of the outbox."""

    _inherit = "magento.run"

    kind = fields.Selection(selection_add=[("outbox", "Send to Magento")], ondelete={"outbox": "cascade"})

    @api.model
    def _due(self, instances):
        """What waits in the outbox comes after the orders: those say what was done in Magento meanwhile."""
        waiting = self.env["magento.outbox"]._read_group(
            [
                ("instance_id", "in", instances.ids),
                ("state", "=", "waiting"),
                "|",
                ("next_attempt", "=", False),
                ("next_attempt", "<=", fields.Datetime.now()),
            ],
            ["instance_id"],
        )
        return super()._due(instances) + [(instance, "outbox", False) for (instance,) in waiting]

    def _batches(self, loop, kind, poll):
        if kind == "outbox":
            return self.env["magento.outbox"]._batches(loop)
        return super()._batches(loop, kind, poll)

    def action_open_outbox(self):
        """What is in the outbox of this run's shop."""
        return self.instance_id.action_open_outbox()
