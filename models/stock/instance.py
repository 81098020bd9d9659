from odoo import api, fields, models, tools

from ..sync.roles import ADMINISTRATOR, check_role

STOCK_QUANTITIES = [
    ("free_qty", "Free: on hand, not reserved"),
    ("virtual_available", "Forecast: on hand, plus incoming, minus outgoing"),
    ("qty_available", "On hand"),
]
# What decides whether stock moves wake the synchronisation.
WAKE_FIELDS = {"active", "state", "schedule_stock", "stock_confirmed_at"}


class MagentoInstance(models.Model):
    """The stock's part of an instance: which quantity Magento shows, and whether it follows Odoo."""

    _inherit = "magento.instance"

    schedule_stock = fields.Boolean(
        "Send Stock Automatically",
        automatic=True,
        tracking=True,
        help="Every delivery, receipt or reservation is in Magento moments later. Begins once somebody has confirmed "
        "the first send. Orders that are imported automatically are imported before stock is sent.",
    )
    stock_confirmed_at = fields.Datetime(
        "First Send Confirmed on", readonly=True, copy=False, help="Before that, nothing is sent by itself."
    )
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Whose stock is sold in this shop, added up. Empty: the warehouses of the websites. Magento 1 keeps one "
        "quantity per product, not one per website, so this holds for all websites of the shop.",
    )
    stock_quantity = fields.Selection(STOCK_QUANTITIES, string="Quantity", default="free_qty", required=True)
    stock_safety = fields.Float(
        "Safety Quantity",
        digits="Product Unit",
        help="Held back from every product, in its own unit: 2 of 10 shows 8 in Magento. Never below zero.",
    )
    stock_at_zero = fields.Selection(
        [
            ("out", "Out of stock"),
            ("in", "In stock, if Magento's settings allow backorders"),
            ("backorder", "In stock, and every product allows backorders"),
        ],
        string="When Nothing Is Left",
        default="out",
        required=True,
        help="What Magento shows at zero. Where backorders are not allowed in Magento (System > Configuration > "
        "Catalog > Inventory, or on the product), nobody can order what is shown as in stock; the last choice allows "
        "them on each product that is sent.",
    )
    stock_product_count = fields.Integer(compute="_compute_stock_counts")
    stock_error_count = fields.Integer(compute="_compute_stock_counts")
    stock_is_new = fields.Boolean(compute="_compute_stock_counts")

    @api.depends("state", "stock_confirmed_at")
    def _compute_stock_counts(self):
        domain = [("instance_id", "in", self.ids), ("send_stock", "=", True), ("is_gone", "=", False)]
        links = self.env["magento.product"]
        linked = dict(links._read_group(domain, ["instance_id"], ["__count"]))
        refused = dict(links._read_group([*domain, ("stock_error", "!=", False)], ["instance_id"], ["__count"]))
        for instance in self:
            instance.stock_product_count = linked.get(instance._origin, 0)
            instance.stock_error_count = refused.get(instance._origin, 0)
            instance.stock_is_new = bool(
                instance.state == "connected" and instance.stock_product_count and not instance.stock_confirmed_at
            )

    # -- waking the loop ----------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        instances = super().create(vals_list)
        self.env.registry.clear_cache()
        return instances

    def write(self, vals):
        result = super().write(vals)
        if WAKE_FIELDS & set(vals):
            self.env.registry.clear_cache()
        if vals.get("stock_at_zero") == "backorder":
            # it is told to Magento with the quantity: send them all again
            self.env["magento.product"].search([("instance_id", "in", self.ids)]).write({"stock_sent_at": False})
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _any_sends_stock(self):
        """Whether a stock move concerns anybody; kept in memory, so that the question costs nothing."""
        # sudo: who moves goods need not see the shops, nor be of their company
        return bool(self.sudo().search_count(self._sends_stock_domain(), limit=1))

    @api.model
    def _sends_stock_domain(self):
        return [("state", "=", "connected"), ("schedule_stock", "=", True), ("stock_confirmed_at", "!=", False)]

    @api.model
    def _stock_has_moved(self):
        """Quantities change in this transaction: wake the synchronisation when it ends, once."""
        if self._any_sends_stock():
            self._wake_at_commit()

    @api.model
    def _wake_at_commit(self):
        """Wake the synchronisation when this transaction ends, once."""
        cr = self.env.cr
        # Hooks before the commit run at every savepoint, the mark of those after it stays until the transaction ends.
        if "magento_connector.wake" in cr.postcommit.data or "magento_connector.wake" in cr.precommit.data:
            return
        cr.precommit.data["magento_connector.wake"] = True
        cr.precommit.add(self._wake_now)

    def _wake_now(self):
        self.env.cr.postcommit.data["magento_connector.wake"] = True
        # sudo: the scheduled action belongs to the system
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger()

    # -- buttons ------------------------------------------------------------------------------------------------------

    def action_send_stock(self):
        """Start a run that sends what differs; before the first one, compare and ask."""
        self.ensure_one()
        if self.stock_confirmed_at:
            return self.env["magento.run"]._start(self, "stock")._open()
        return self.action_review_stock()

    def action_review_stock(self):
        """Ask before the first send, on the ground of a comparison; without one, start it and open its run."""
        self.ensure_one()
        check_role(self.env, ADMINISTRATOR)
        if not self.env["magento.product"].search_count(
            [("instance_id", "=", self.id), ("stock_compared_at", "!=", False)], limit=1
        ):
            return self.action_compare_stock()
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_stock_wizard")
        action["context"] = {"default_instance_id": self.id}
        return action

    def action_compare_stock(self):
        """Start a run that reads Magento's stock and notes what differs, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "stock_compare")._open()

    def action_open_stock(self):
        """The comparison of this instance."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_stock")
        action["domain"] = [("instance_id", "in", self.ids)]
        return action
