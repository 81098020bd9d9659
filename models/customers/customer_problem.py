from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("ambiguous", "Several contacts have the e-mail address"),
    ("taken", "The contact is another customer"),
    ("magento", "Magento's answer makes no sense"),
    ("odoo", "Refused by Odoo"),
]


class MagentoCustomerProblem(models.Model):
    """A customer of Magento that was not imported: why, and what a person decided.

    The row goes away when the customer is imported, by the import of customers or with an order.
    """

    _name = "magento.customer.problem"
    _inherit = "magento.odd.rows"
    _description = "Magento Customer to Decide"
    _order = "instance_id, magento_id"
    _rec_name = "name"
    _check_company_auto = True
    _odd_kind = "magento"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Customer ID in Magento", required=True, readonly=True)
    website_id = fields.Many2one("magento.website", readonly=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    reason_kind = fields.Selection(KINDS, string="Reason", required=True, readonly=True)
    reason = fields.Text("What to Do", required=True, readonly=True)
    candidate_ids = fields.Many2many("res.partner", string="Contacts with This Address", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="It Is",
        ondelete="set null",
        check_company=True,
        help="The contact that is this customer, from the next import on.",
    )
    make_new = fields.Boolean("New Contact", help="None of the contacts: a new one is made.")

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This customer is in the list already.")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            self.make_new = False

    @api.onchange("make_new")
    def _onchange_make_new(self):
        if self.make_new:
            self.partner_id = False

    def action_make_new(self):
        """New contacts for these customers; opens the run that makes them."""
        self.write({"make_new": True, "partner_id": False})
        return self.action_import_again()

    def action_import_again(self):
        """Import these customers as decided; opens the run."""
        self.check_access("write")
        if len(self.instance_id) > 1:
            raise UserError(self.env._("These customers are of several shops: choose those of one."))
        return self.env["magento.run"]._start_customers(self.instance_id, {"ids": sorted(self.mapped("magento_id"))})

    @api.model
    def _decisions(self, instance, numbers):
        """What a person decided about customers, as values of their plans, by Magento's number."""
        rows = self.search([("instance_id", "=", instance.id), ("magento_id", "in", numbers)])
        return {
            row.magento_id: {"chosen": row.partner_id or None, "make_new": row.make_new and not row.partner_id}
            for row in rows
        }

    @api.model
    def _settle(self, instance, plans, failed):
        """Write down who was not imported; forget those that failed earlier and are imported now.

        :param failed: dict of Magento's number to the plan
        """
        here = [("instance_id", "=", instance.id), ("magento_id", "in", [plan.customer.id for plan in plans])]
        known = {row.magento_id: row for row in self.search(here)}
        self.browse([row.id for number, row in known.items() if number not in failed]).unlink()
        new = []
        for number, plan in failed.items():
            values = self._values(plan)
            row = known.get(number)
            if not row:
                new.append(values | {"instance_id": instance.id, "magento_id": number})
            elif row.reason != values["reason"]:
                row.write(values)
        self.create(new)

    def _values(self, plan):
        return {
            "website_id": plan.website.id,
            "name": plan.name or plan.customer.email,
            "email": plan.customer.email,
            "reason_kind": plan.action,
            "reason": plan.reason,
            "candidate_ids": [fields.Command.set([partner.id for partner in plan.choices])],
        }
