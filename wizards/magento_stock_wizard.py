from odoo import api, fields, models


class MagentoStockWizard(models.TransientModel):
    """The question before stock is sent to a shop for the first time: what would change, and which side is right."""

    _name = "magento.stock.wizard"
    _description = "First Send of Stock to Magento"

    instance_id = fields.Many2one("magento.instance", required=True)
    product_count = fields.Integer("Products", compute="_compute_counts")
    change_count = fields.Integer("Would Change", compute="_compute_counts")
    zero_count = fields.Integer("Would Become Zero", compute="_compute_counts")
    missing_count = fields.Integer("Not Found in Magento", compute="_compute_counts")
    compared_at = fields.Datetime("Compared on", compute="_compute_counts")
    schedule_stock = fields.Boolean(
        "Send Automatically from Now on",
        default=True,
        help="Every delivery, receipt or reservation is in Magento moments later.",
    )

    @api.depends("instance_id")
    def _compute_counts(self):
        links = self.env["magento.product"]
        for wizard in self:
            compared = [
                ("instance_id", "=", wizard.instance_id.id),
                ("send_stock", "=", True),
                ("stock_compared_at", "!=", False),
            ]
            differs = [*compared, ("stock_differs", "=", True), ("stock_error", "=", False)]
            wizard.product_count = links.search_count(compared)
            wizard.change_count = links.search_count(differs)
            wizard.zero_count = links.search_count([*differs, ("qty_odoo", "<=", 0), ("qty_magento", ">", 0)])
            wizard.missing_count = links.search_count([*compared, ("stock_error", "!=", False)])
            [(wizard.compared_at,)] = links._read_group(compared, [], ["stock_compared_at:min"])

    def action_send(self):
        """Allow stock to be sent from now on, and send it; opens the run."""
        self.ensure_one()
        self.instance_id.write(
            {
                "stock_confirmed_at": fields.Datetime.now(),
                "schedule_stock": self.schedule_stock or self.instance_id.schedule_stock,
            }
        )
        return self.env["magento.run"]._start(self.instance_id, "stock")._open()

    def action_compare(self):
        """Read Magento's stock again; opens the run."""
        self.ensure_one()
        return self.instance_id.action_compare_stock()

    def action_open_differences(self):
        """What would change, product by product."""
        self.ensure_one()
        return self.instance_id.action_open_stock()

    def action_take_over(self):
        """Prepare an inventory adjustment with Magento's quantities; opens the run."""
        self.ensure_one()
        self.instance_id.check_access("write")
        return self.env["magento.run"]._start(self.instance_id, "stock_take")._open()
