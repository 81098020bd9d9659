from odoo import api, fields, models

ACTIONS = [
    ("wait", "Wait"),
    ("quotation", "Import as quotation"),
    ("confirm", "Confirm"),
    ("invoice", "Confirm and invoice"),
    ("pay", "Invoice and register payment"),
    ("cancel", "Import and cancel"),
    ("skip", "Skip"),
]
# What follows from each other: who invoices has confirmed, who registers a payment has invoiced.
CONFIRMING = ("confirm", "invoice", "pay")
INVOICING = ("invoice", "pay")
IMPORTING = ("quotation", *CONFIRMING)
# States of Magento in which an order waits for a person there.
HELD = ("holded", "payment_review")

# The statuses of a new Magento 1 shop (app/code/core/Mage/Sales/data/): code, label, what happens in Odoo. The API does
# not list them; others join the table when an order shows them.
STANDARD_STATUSES = [
    ("pending", "Pending", "quotation"),
    ("pending_payment", "Pending Payment", "wait"),
    ("pending_paypal", "Pending PayPal", "wait"),
    ("payment_review", "Payment Review", "wait"),
    ("processing", "Processing", "confirm"),
    ("holded", "On Hold", "quotation"),
    ("complete", "Complete", "confirm"),
    ("closed", "Closed", "skip"),
    ("canceled", "Canceled", "skip"),
    ("fraud", "Suspected Fraud", "wait"),
]


class MagentoOrderStatus(models.Model):
    """A status that orders of a shop can have, standard or the shop's own, and what it means for Odoo.

    Without an action nobody has chosen yet: orders with the status wait, and the instance asks for a choice.
    """

    _name = "magento.order.status"
    _description = "Magento Order Status"
    _order = "instance_id, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    action = fields.Selection(
        ACTIONS,
        string="In Odoo",
        help="What happens in Odoo when an order has this status. It is never undone by a later status, except by one "
        "that cancels. Skip and Wait import nothing; an order that is imported already is cancelled when Magento has "
        "cancelled or closed it.",
    )
    exception_ids = fields.One2many("magento.order.status.exception", "status_id", "Exceptions")

    _code_uniq = models.Constraint("unique(instance_id, code)", "This status exists already.")

    def _lead_to_invoices(self):
        """Whether orders of any of these statuses are invoiced, in whatever store view."""
        return bool({*self.mapped("action"), *self.exception_ids.mapped("action")} & {*INVOICING})

    def write(self, vals):
        result = super().write(vals)
        if "action" in vals:
            self._rule_changed()
        return result

    def _rule_changed(self):
        """Let the rules decide anew on the orders that they kept out."""
        # sudo: whoever may change the rules may wake the orders they held back
        self.env["magento.order"].sudo()._wake_held_back(
            [("instance_id", "in", self.instance_id.ids), ("magento_status", "in", self.mapped("code"))]
        )

    @api.model
    def _ensure(self, instance, codes):
        """Add the statuses that are new, so that they can be chosen; until then their orders wait.

        :param codes: set of status codes that orders show
        """
        known = set(self.search([("instance_id", "=", instance.id)]).mapped("code"))
        new = sorted(code for code in codes if code and code not in known)
        self.create([{"name": code, "code": code, "instance_id": instance.id} for code in new])

    @api.model
    def _create_standard(self, instance):
        """Give a new shop the standard statuses, each with what most shops want."""
        known = set(self.search([("instance_id", "=", instance.id)]).mapped("code"))
        self.create(
            [
                {"name": label, "code": code, "instance_id": instance.id, "action": action}
                for code, label, action in STANDARD_STATUSES
                if code not in known
            ]
        )
