from odoo import fields, models

# The statuses of a new Magento 1 shop (app/code/core/Mage/Sales/data/): code, label, imported by default. The API does
# not list them; others join the table when an order shows them.
STANDARD_STATUSES = [
    ("pending", "Pending", True),
    ("pending_payment", "Pending Payment", False),
    ("pending_paypal", "Pending PayPal", False),
    ("payment_review", "Payment Review", False),
    ("processing", "Processing", True),
    ("holded", "On Hold", True),
    ("complete", "Complete", True),
    ("closed", "Closed", False),
    ("canceled", "Canceled", False),
    ("fraud", "Suspected Fraud", False),
]


class MagentoOrderStatus(models.Model):
    """A status that orders of a shop can have, standard or the shop's own."""

    _name = "magento.order.status"
    _description = "Magento Order Status"
    _order = "instance_id, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)

    _code_uniq = models.Constraint("unique(instance_id, code)", "This status exists already.")

    def _ensure(self, instance, codes):
        """Add the statuses that are new, so that they can be chosen; until then their orders are skipped.

        :param codes: set of status codes that orders show
        """
        known = set(self.search([("instance_id", "=", instance.id)]).mapped("code"))
        new = sorted(code for code in codes if code and code not in known)
        self.create([{"name": code, "code": code, "instance_id": instance.id} for code in new])

    def _create_standard(self, instance):
        """Give a new shop the standard statuses; returns those that are imported by default."""
        missing = {row[0] for row in STANDARD_STATUSES} - set(
            self.search([("instance_id", "=", instance.id)]).mapped("code")
        )
        self.create(
            [
                {"name": label, "code": code, "instance_id": instance.id}
                for code, label, _imported in STANDARD_STATUSES
                if code in missing
            ]
        )
        imported = [code for code, _label, imported in STANDARD_STATUSES if imported]
        return self.search([("instance_id", "=", instance.id), ("code", "in", imported)])
