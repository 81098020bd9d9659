from odoo import api, fields, models


class MagentoRun(models.Model):
    """The runs of stock."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[("stock", "Send stock"), ("stock_compare", "Compare stock"), ("stock_take", "Take over stock")],
        ondelete={"stock": "cascade", "stock_compare": "cascade", "stock_take": "cascade"},
    )
    sent_count = fields.Integer("Sent", readonly=True)
    differing_count = fields.Integer("Differing", readonly=True)
    stock_unconfirmed = fields.Boolean(compute="_compute_stock_unconfirmed")

    @api.depends("instance_id.stock_confirmed_at")
    def _compute_stock_unconfirmed(self):
        for run in self:
            run.stock_unconfirmed = not run.instance_id.stock_confirmed_at

    @api.model
    def _due(self, instances):
        """Stock comes after the orders, which take from it: nothing is promised twice."""
        due = super()._due(instances)
        sending = instances.filtered_domain(self.env["magento.instance"]._sends_stock_domain())
        requested = self.env["magento.product"]._read_group(
            [("instance_id", "in", instances.ids), ("stock_requested", "=", True)], ["instance_id"]
        )
        wanted = [instance for instance in instances if instance in sending or (instance,) in requested]
        return due + [(instance, "stock", False) for instance in wanted]

    def _batches(self, loop, kind, poll):
        links = self.env["magento.product"]
        if kind == "stock":
            return links._stock_batches(loop, poll)
        if kind == "stock_compare":
            return links._stock_compare_batches(loop, poll)
        if kind == "stock_take":
            return links._stock_take_batches(loop, poll)
        return super()._batches(loop, kind, poll)

    def action_open_stock(self):
        """The comparison of this run's shop."""
        return self.instance_id.action_open_stock()

    def action_review_stock(self):
        """Ask before the first send."""
        return self.instance_id.action_review_stock()

    def action_open_inventory(self):
        """Odoo's Physical Inventory with what was taken over from Magento, to be reviewed and applied."""
        action = self.env["stock.quant"].action_view_inventory()
        products = self.env["magento.product"].search([("instance_id", "=", self.instance_id.id)]).product_id
        action["domain"] = [
            *action["domain"],
            ("product_id", "in", products.ids),
            ("inventory_quantity_set", "=", True),
        ]
        return action
