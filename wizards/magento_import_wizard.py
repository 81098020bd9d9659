import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.orders.order import REASON_KINDS


class MagentoImportWizard(models.TransientModel):
    """Import orders again: those that failed, by reason, store view and date; or any by their number in Magento."""

    _name = "magento.import.wizard"
    _description = "Import Magento Orders Again"

    instance_id = fields.Many2one(
        "magento.instance",
        required=True,
        default=lambda self: self.env["magento.instance"].search([("state", "=", "connected")], limit=1),
    )
    what = fields.Selection(
        [("failed", "Orders that failed"), ("numbers", "Orders by number")], default="failed", required=True
    )
    reason_kind = fields.Selection(REASON_KINDS, string="Reason", help="Empty: whatever the reason.")
    store_view_ids = fields.Many2many("magento.store.view", domain="[('instance_id', '=', instance_id)]")
    date_from = fields.Datetime("Ordered from")
    date_to = fields.Datetime("Ordered until")
    numbers = fields.Text(
        help="Order numbers as in Magento, separated by spaces, commas or lines; also ones never seen."
    )
    ask_anew = fields.Boolean(
        "Ask Magento Anew", help="Read the orders again from Magento instead of using what is stored."
    )
    count = fields.Integer(compute="_compute_count")

    @api.depends("instance_id", "what", "reason_kind", "store_view_ids", "date_from", "date_to")
    def _compute_count(self):
        for wizard in self:
            wizard.count = self.env["magento.order"].search_count(wizard._domain())

    def _domain(self):
        domain = [("instance_id", "=", self.instance_id.id), ("state", "=", "failed")]
        if self.reason_kind:
            domain.append(("reason_kind", "=", self.reason_kind))
        if self.store_view_ids:
            domain.append(("store_view_id", "in", self.store_view_ids.ids))
        if self.date_from:
            domain.append(("created_at", ">=", self.date_from))
        if self.date_to:
            domain.append(("created_at", "<=", self.date_to))
        return domain

    def action_import(self):
        """Start the run and open it."""
        self.ensure_one()
        orders = (
            self._orders_by_number() if self.what == "numbers" else self.env["magento.order"].search(self._domain())
        )
        if not orders:
            raise UserError(self.env._("There is no order to import: none has failed with what you chose."))
        return orders._import_again(fetch=self.ask_anew)

    def _orders_by_number(self):
        numbers = list(dict.fromkeys(re.findall(r"[^\s,;]+", self.numbers or "")))
        if not numbers:
            raise UserError(self.env._("Enter the numbers of the orders to import."))
        known = self.env["magento.order"].search(
            [("instance_id", "=", self.instance_id.id), ("increment_id", "in", numbers)]
        )
        imported = known.filtered(lambda order: order.state == "imported")
        if imported:
            raise UserError(
                self.env._("Imported already: %(numbers)s.", numbers=", ".join(imported.mapped("increment_id")))
            )
        # sudo: users may ask for an order, but the inbox itself is written by the connector
        new = (
            self.env["magento.order"]
            .sudo()
            .create(
                [
                    {"instance_id": self.instance_id.id, "increment_id": number}
                    for number in numbers
                    if number not in set(known.mapped("increment_id"))
                ]
            )
        )
        return known | new.with_env(self.env)
