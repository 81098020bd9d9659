from datetime import timedelta

from odoo import api, fields, models

MINUTE = timedelta(minutes=1)
# What is short and waited for. The stock is sent after the orders, which take from it.
URGENT = ("orders", "outbox", "stock")
# The order among each other: products are exported once what Magento has changed is known. Others come first.
KINDS = ("orders", "outbox", "categories_export", "products", "products_export", "stock")


class MagentoDirection(models.Model):
    """How one kind of work of a shop stands: when it had its turn, and what keeps it alone from going on."""

    _name = "magento.direction"
    _description = "Direction of the Synchronisation"
    _inherit = ["magento.trouble.mixin"]
    _rec_name = "kind"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    kind = fields.Selection(
        lambda self: self.env["magento.run"]._fields["kind"]._description_selection(self.env),
        "What",
        required=True,
        readonly=True,
    )
    turn_at = fields.Datetime("Last Turn", readonly=True)

    _kind_uniq = models.Constraint("unique(instance_id, kind)", "A shop has one such row for each kind of work.")

    def _had_its_turn(self):
        """Whether what the schedule wants once a minute was done within the last one, and nobody has called since. What
        waits in the outbox is always due.
        """
        if self.kind == "outbox" or not self.turn_at or fields.Datetime.now() - self.turn_at > MINUTE:
            return False
        return not any(called and called > self.turn_at for called in self.instance_id.wake_ids.mapped("woken_at"))

    def _place(self, is_long):
        """Where this kind of work stands among all that is to be done: a key to sort by."""
        waited_since = self.turn_at or self.create_date
        if is_long:
            is_overdue = fields.Datetime.now() - waited_since > MINUTE
            return 0 if is_overdue else 3, False, waited_since, 0
        others = self.search([("instance_id", "=", self.instance_id.id), ("turn_at", "!=", False)])
        served_at = max(others.mapped("turn_at"), default=self.create_date)
        rank = KINDS.index(self.kind) if self.kind in KINDS else 0
        is_ill = bool(self.instance_id.failures_in_a_row)  # it may take its minute again: the others go first
        return 1 if self.kind in URGENT else 2, is_ill, served_at, rank

    @api.model
    def _of(self, instance, kind):
        """The row of a kind of work, made when there is none."""
        return self.search([("instance_id", "=", instance.id), ("kind", "=", kind)]) or self.create(
            {"instance_id": instance.id, "kind": kind}
        )
