from odoo import api, fields, models
from odoo.exceptions import UserError

REASON_KINDS = [
    ("product", "Product missing"),
    ("tax", "Tax not mapped"),
    ("currency", "Currency not active"),
    ("rate", "Currency rate missing"),
    ("rounding", "Currency too coarse"),
    ("country", "Country unknown"),
    ("store", "Store view unknown"),
    ("money", "Amounts do not add up"),
    ("payload", "Answer of Magento not understood"),
    ("magento", "Magento refused"),
    ("odoo", "Odoo refused"),
    ("rule", "Import rule"),
    ("wait", "Waits in Magento"),
    ("unpaid", "Given up unpaid"),
    ("deleted", "Sale order deleted"),
    ("erased", "Personal data erased"),
]


class MagentoOrder(models.Model):
    """The order inbox: one row for every order that Magento showed, whatever became of it.

    The payload is kept as Magento answered it, so that an order can be imported again without asking Magento.
    """

    _name = "magento.order"
    _description = "Magento Order"
    _order = "created_at desc, id desc"
    _rec_name = "increment_id"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True, index=True)
    store_view_id = fields.Many2one("magento.store.view", readonly=True, ondelete="set null", index="btree_not_null")
    increment_id = fields.Char("Order Number", required=True, readonly=True)
    magento_id = fields.Integer("Order ID in Magento", readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("failed", "Failed"), ("imported", "Imported"), ("skipped", "Skipped")],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    reason_kind = fields.Selection(REASON_KINDS, readonly=True)
    reason = fields.Text(readonly=True)
    missing_key = fields.Char(readonly=True, index="btree_not_null")
    remark = fields.Text("Remarks", readonly=True, help="What was noticed that keeps nothing.")
    attempts = fields.Integer(readonly=True)
    last_attempt = fields.Datetime(readonly=True)
    forced = fields.Boolean("Import Despite Rules", readonly=True)
    run_id = fields.Many2one(
        "magento.run", string="Last Run", readonly=True, ondelete="set null", index="btree_not_null"
    )
    sale_order_id = fields.Many2one("sale.order", readonly=True, copy=False, ondelete="set null")
    payload = fields.Json(readonly=True, prefetch=False)
    magento_state = fields.Char("State in Magento", readonly=True)
    magento_status = fields.Char("Status in Magento", readonly=True)
    created_at = fields.Datetime("Ordered on", readonly=True)
    updated_at = fields.Datetime("Changed in Magento on", readonly=True)
    customer_email = fields.Char("Customer", readonly=True)
    currency_name = fields.Char("Currency", readonly=True)
    grand_total = fields.Float("Total", digits=(16, 2), readonly=True)
    magento_url = fields.Char("Address in Magento", compute="_compute_magento_url")

    _number_uniq = models.Constraint("unique(instance_id, increment_id)", "This order is in the inbox already.")
    _magento_id_uniq = models.UniqueIndex("(instance_id, magento_id) WHERE magento_id > 0")
    _sale_order_uniq = models.UniqueIndex("(sale_order_id) WHERE sale_order_id IS NOT NULL")
    _waiting_idx = models.Index("(instance_id, id) WHERE state = 'waiting'")

    def _compute_magento_url(self):
        for order in self:
            order.magento_url = order.magento_id and order.instance_id._admin_url(order.magento_id)

    # -- importing again ----------------------------------------------------------------------------------------------

    def action_import_again(self):
        """Import the selected orders again, whatever rule skipped them, and open the run that does it."""
        todo = self.filtered(lambda order: order.state != "imported")
        if not todo:
            raise UserError(self.env._("These orders are imported already."))
        return todo._import_again()

    def action_fetch_again(self):
        """As ``action_import_again``, with what Magento says of the orders now."""
        todo = self.filtered(lambda order: order.state != "imported")
        if not todo:
            raise UserError(self.env._("These orders are imported already."))
        return todo._import_again(fetch=True)

    def _import_again(self, fetch=False):
        """Put the orders back to waiting and start a run for each instance concerned.

        :param fetch: whether the payload is read anew from Magento
        :returns: the action that opens the run, or the list of runs
        """
        self.check_access("read")
        # sudo: the inbox is written by the connector only; whoever may read a row may have it imported again
        rows = self.sudo()
        rows.write({"state": "waiting", "forced": True} | ({"payload": False} if fetch else {}))
        runs = self.env["magento.run"]
        for instance in rows.instance_id:
            runs |= runs._start(instance, poll=False)
        if len(runs) == 1:
            return runs._open()
        return self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_run")

    def action_open_sale_order(self):
        self.ensure_one()
        return self.sale_order_id._get_records_action()

    @api.model
    def _wake(self, keys):
        """Let the failed orders that missed one of ``keys`` be imported again: what they missed has arrived.

        :param keys: strings as in ``Problem.key``, e.g. ``sku:ABC``
        """
        if keys:
            # sudo: the person who adds a product or maps a tax need not be a user of the connector
            self.sudo().search([("state", "=", "failed"), ("missing_key", "in", list(keys))])._wait_again()

    @api.model
    def _whose_cause_is_gone(self, instance):
        """Failed orders of ``instance`` that missed something which is there now."""
        failed = [("instance_id", "=", instance.id), ("state", "=", "failed"), ("missing_key", "!=", False)]
        keys = [key for (key,) in self._read_group(failed, ["missing_key"])]
        arrived = [key for key in keys if self._has_arrived(instance, key)]
        return self.search([*failed, ("missing_key", "in", arrived)]) if arrived else self.browse()

    def _has_arrived(self, instance, key):
        kind, _colon, name = key.partition(":")
        if kind == "sku":
            return self.env["product.product"].search_count(
                [("default_code", "=", name), ("company_id", "in", [False, instance.company_id.id])], limit=1
            )
        if kind == "ambiguous":
            products = self.env["magento.product"]
            linked = products.search_count([("instance_id", "=", instance.id), ("sku", "=", name)], limit=1)
            return linked or len(products._products_by_sku(instance, [name]).get(name, ())) == 1
        if kind == "currency":
            return self.env["res.currency"].search_count([("name", "=", name)], limit=1)
        if kind == "tax":
            return self.env["magento.tax"]._is_mapped(instance, name)
        if kind == "store":
            return name in {str(view.magento_id) for view in instance.store_view_ids}
        return False

    @api.model
    def _wake_held_back(self, domain):
        """Let the rules, which have changed, decide anew on those orders of ``domain`` that they kept out."""
        self.search(
            [("state", "=", "skipped"), ("reason_kind", "in", ("rule", "wait", "unpaid")), *domain]
        )._wait_again()

    def _wait_again(self):
        if self:
            self.write({"state": "waiting"})
            for instance in self.instance_id:
                self.env["magento.run"]._queue(instance, poll=False)

    # -- states -------------------------------------------------------------------------------------------------------

    def _fail(self, problem):
        """Keep the order as failed, with the reason.

        :param problem: an ``Problem``
        """
        self.write(
            {
                "state": "failed",
                "reason_kind": problem.kind,
                "reason": problem.sentence,
                "missing_key": problem.key,
                "give_up_at": False,
                "attempts": self.attempts + 1,
                "last_attempt": fields.Datetime.now(),
            }
        )

    def _skip(self, reason, kind="rule"):
        self.write({"state": "skipped", "reason_kind": kind, "reason": reason, "missing_key": False, "forced": False})
