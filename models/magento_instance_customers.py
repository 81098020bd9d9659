from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..magento_api import PermissionMissing


class MagentoInstance(models.Model):
    """The customers' part of an instance: who is linked, and the buttons that start its runs."""

    _inherit = "magento.instance"

    customer_group_ids = fields.One2many("magento.customer.group", "instance_id")
    schedule_customers = fields.Boolean(
        "Import Customers Automatically", help="The scheduled action imports new and changed customers by itself."
    )
    customers_seen_until = fields.Datetime(
        readonly=True, copy=False, help="Changes of customers in Magento until then are imported, on Magento's clock."
    )
    customers_history_id = fields.Integer(
        readonly=True, copy=False, help="While all customers are read: the last one (Magento's number) that was."
    )
    customers_history_done = fields.Boolean(readonly=True, copy=False)
    payload_days = fields.Integer(
        "Keep Personal Data (Days)",
        help="Days after the last change of an imported or skipped order in Magento, after which the inbox forgets "
        "whose it is; amounts and items stay. 0: it never does.",
    )
    customer_count = fields.Integer("Customers", compute="_compute_customer_counts")
    customer_problem_count = fields.Integer("Customers to Decide", compute="_compute_customer_counts")

    @api.constrains("payload_days")
    def _check_payload_days(self):
        """In Python: what the database refuses it writes into the log, with all columns and so with the keys."""
        if any(instance.payload_days < 0 for instance in self):
            raise ValidationError(self.env._("A number of days cannot be negative."))

    def _compute_customer_counts(self):
        def counts(model):
            return dict(self.env[model]._read_group([("instance_id", "in", self.ids)], ["instance_id"], ["__count"]))

        customers, problems = counts("magento.customer"), counts("magento.customer.problem")
        for instance in self:
            instance.customer_count = customers.get(instance._origin, 0)
            instance.customer_problem_count = problems.get(instance._origin, 0)

    def _read_customer_groups(self, client):
        """The customer groups of the shop; none where the API user may not see them, which is among the missing
        permissions.
        """
        try:
            return client.customer_groups()
        except PermissionMissing:
            return []

    def action_open_customers(self):
        return self._open_of_instance("action_magento_customer")

    def action_open_customer_problems(self):
        return self._open_of_instance("action_magento_customer_problem")

    def action_open_customer_groups(self):
        return self._open_of_instance("action_magento_customer_group")
