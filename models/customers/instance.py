from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...magento_api import PermissionMissing


class MagentoInstance(models.Model):
    """The customers' part of an instance: who is linked, and the buttons that start its runs."""

    _inherit = "magento.instance"

    customer_group_ids = fields.One2many("magento.customer.group", "instance_id")
    schedule_customers = fields.Boolean(
        "Import Customers Automatically",
        automatic=True,
        help="The scheduled action imports new and changed customers by itself.",
    )
    customers_seen_until = fields.Datetime(
        readonly=True, copy=False, help="Changes of customers in Magento until then are imported, on Magento's clock."
    )
    customers_history_id = fields.Integer(
        readonly=True, copy=False, help="While all customers are read: the last one (Magento's number) that was."
    )
    customers_history_done = fields.Boolean(readonly=True, copy=False)
    export_customers = fields.Boolean(
        automatic=True,
        help="Contacts that are linked to the shop are changed there when they change in Odoo, and those that are "
        "marked are made there, with their addresses.",
    )
    export_website_id = fields.Many2one(
        "magento.website",
        "Website of New Customers",
        domain="[('instance_id', '=', id)]",
        help="Where contacts that are marked for export become customers; empty: the first website.",
    )
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

    @api.model
    @tools.ormcache()
    def _exporting_ids(self):
        """The ids of the shops that customers are exported to: asked at every change of a contact."""
        return tuple(self.sudo().search([("export_customers", "=", True)]).ids)

    @api.model_create_multi
    def create(self, vals_list):
        instances = super().create(vals_list)
        self.env.registry.clear_cache()
        return instances

    def write(self, vals):
        result = super().write(vals)
        if {"export_customers", "active"} & set(vals):
            self.env.registry.clear_cache()
        if vals.get("export_customers"):
            # sudo: what was not exported so far is looked at once
            self.sudo().env["magento.customer"].search([("instance_id", "in", self.ids)]).export_due = True
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _export_website(self):
        """Where new customers are made."""
        return self.export_website_id or self.website_ids[:1]

    def action_export_customers(self):
        """Start a run that sends customers, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "customers_export")._open()

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
