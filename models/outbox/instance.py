from odoo import api, fields, models


class MagentoInstance(models.Model):
    """The outbox's part of an instance: how much waits, and what failed."""

    _inherit = "magento.instance"

    outbox_waiting_count = fields.Integer(compute="_compute_outbox_counts")
    outbox_failed_count = fields.Integer(compute="_compute_outbox_counts")

    @api.depends("state")
    def _compute_outbox_counts(self):
        counts = {
            (instance, state): count
            for instance, state, count in self.env["magento.outbox"]._read_group(
                [("instance_id", "in", self.ids), ("state", "in", ("waiting", "failed"))],
                ["instance_id", "state"],
                ["__count"],
            )
        }
        for instance in self:
            instance.outbox_waiting_count = counts.get((instance._origin, "waiting"), 0)
            instance.outbox_failed_count = counts.get((instance._origin, "failed"), 0)

    def action_open_outbox(self):
        """What has to be sent to this shop, and what was."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_outbox")
        action["domain"] = [("instance_id", "in", self.ids)]
        return action

    def _remind_of_failures(self):
        """One activity more while something could not be sent."""
        super()._remind_of_failures()
        for instance in self:
            instance._remind(
                "magento_connector.activity_failed_outbox",
                self.env["magento.outbox"].search_count([("instance_id", "=", instance.id), ("state", "=", "failed")]),
                lambda count: self.env._("%(count)s things could not be sent to Magento", count=count),
                self.env._("Everything is sent to Magento."),
            )
