from odoo import api, fields, models

from .order_status import ACTIONS


class MagentoOrderStatusException(models.Model):
    """What a status means for the orders of one store view, where that differs from the rest of the shop."""

    _name = "magento.order.status.exception"
    _description = "Magento Order Status Exception"
    _order = "store_view_id, status_id"

    store_view_id = fields.Many2one("magento.store.view", required=True, ondelete="cascade", index=True)
    instance_id = fields.Many2one(related="store_view_id.instance_id", store=True)
    company_id = fields.Many2one(related="store_view_id.company_id", store=True)
    status_id = fields.Many2one(
        "magento.order.status",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('instance_id', '=', instance_id)]",
    )
    action = fields.Selection(ACTIONS, string="In Odoo", required=True)

    _status_uniq = models.Constraint(
        "unique(store_view_id, status_id)", "This store view has an exception for this status already."
    )

    @api.depends("store_view_id.name", "action")
    def _compute_display_name(self):
        names = dict(self._fields["action"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{entry.store_view_id.name}: {names.get(entry.action, '')}"

    @api.model_create_multi
    def create(self, vals_list):
        exceptions = super().create(vals_list)
        exceptions._rule_changed()
        return exceptions

    def write(self, vals):
        result = super().write(vals)
        self._rule_changed()
        return result

    def unlink(self):
        statuses = self.status_id
        result = super().unlink()
        statuses._rule_changed()
        return result

    def _rule_changed(self):
        # sudo: whoever may change the rules may wake the orders they held back
        self.env["magento.order"].sudo()._wake_held_back(
            [
                ("store_view_id", "in", self.store_view_id.ids),
                ("magento_status", "in", self.status_id.mapped("code")),
            ]
        )
