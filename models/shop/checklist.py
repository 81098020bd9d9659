from odoo import api, fields, models


class MagentoInstance(models.Model):
    """What the pages of an instance show beside its settings: what is still to be done, and how its last run ended."""

    _inherit = "magento.instance"

    lacks_store_view = fields.Boolean(compute="_compute_open_points")
    undecided_statuses = fields.Char(compute="_compute_open_points")
    lacks_journals = fields.Boolean(compute="_compute_open_points")
    direction_problems = fields.Text(compute="_compute_direction_problems")
    is_set_up = fields.Boolean(compute="_compute_open_points")
    run_count = fields.Integer(compute="_compute_runs")
    last_run_id = fields.Many2one("magento.run", compute="_compute_runs")
    last_run_date = fields.Datetime("Last Run on", compute="_compute_runs")

    @api.depends("troubled_direction_ids.error_message")
    def _compute_direction_problems(self):
        """What keeps single kinds of work from going on, a line each; they are tried again by themselves."""
        kinds = dict(self.env["magento.direction"]._fields["kind"]._description_selection(self.env))
        for instance in self:
            lines = [f"{kinds[one.kind]}: {one.error_message}" for one in instance.troubled_direction_ids]
            instance.direction_problems = "\n".join(lines) or False

    @api.depends(
        "state",
        "lacks_key",
        "missing_permissions",
        "missing_switched_on",
        "error_message",
        "troubled_direction_ids",
        "failed_count",
        "unmapped_tax_count",
        "inactive_currencies",
        "missing_rates",
        "has_rounded_quantities",
        "store_view_ids.import_orders",
        "status_ids.action",
        "status_ids.exception_ids.action",
    )
    def _compute_open_points(self):
        for instance in self:
            is_connected = instance.state == "connected"
            views = instance.store_view_ids.filtered("import_orders")
            instance.lacks_store_view = is_connected and not views
            undecided = instance.status_ids.filtered(lambda status: not status.action)
            instance.undecided_statuses = ", ".join(undecided.mapped("name"))
            instance.lacks_journals = bool(
                instance._origin.id
                and self.env["magento.payment.method"].search_count(
                    [("instance_id", "=", instance._origin.id), ("lacks_journal", "=", True)], limit=1
                )
            )
            instance.is_set_up = is_connected and not (
                instance.lacks_key
                or instance.missing_permissions
                or instance.missing_switched_on
                or instance.error_message
                or instance.troubled_direction_ids
                or instance.failed_count
                or instance.unmapped_tax_count
                or instance.inactive_currencies
                or instance.missing_rates
                or instance.has_rounded_quantities
                or instance.lacks_store_view
                or instance.undecided_statuses
                or instance.lacks_journals
            )

    def _registers_payments(self):
        """Whether the rule of some status registers payments, so that payment methods need a journal."""
        return "pay" in self.status_ids.mapped("action") + self.status_ids.exception_ids.mapped("action")

    def action_open_statuses(self):
        """The rules of this instance by status."""
        return self._open_rules("magento_connector.action_magento_order_status")

    def action_open_payment_methods(self):
        """The payment methods of this instance."""
        return self._open_rules("magento_connector.action_magento_payment_method")

    def _open_rules(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        action["domain"] = [("instance_id", "in", self.ids)]
        action["context"] = {"default_instance_id": self.id}
        return action

    def _compute_runs(self):
        runs = {
            instance: (count, last)
            for instance, count, last in self.env["magento.run"]._read_group(
                [("instance_id", "in", self.ids)], ["instance_id"], ["__count", "id:max"]
            )
        }
        for instance in self:
            count, last = runs.get(instance._origin, (0, False))
            instance.run_count = count
            instance.last_run_id = last
            instance.last_run_date = instance.last_run_id.create_date

    def action_check_connection(self):
        """Connect anew to a shop that is connected, and say what came of it."""
        self.action_connect()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(shop)s answers; store views and permissions were read again.", shop=self.name),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_runs(self):
        """The runs of this instance."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_run")
        action["domain"] = [("instance_id", "in", self.ids)]
        action["context"] = {}
        return action
