from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.roles import USER, check_role

KINDS = [
    ("shipment", "Shipment"),
    ("track", "Tracking number"),
    ("invoice", "Invoice"),
    ("capture", "Capture"),
    ("cancel", "Cancellation"),
    ("comment", "Comment"),
]
STATES = [("waiting", "To Send"), ("sent", "Sent"), ("failed", "Failed"), ("skipped", "Not Needed")]
RECORDS = ("picking_id", "move_id", "message_id")
# Pauses before what may have passed by itself is tried again; then a person has to look at it.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720)]


class MagentoOutbox(models.Model):
    """What Magento has to be told: one row for each thing that happened in Odoo to an order of Magento.

    Rows are made in the transaction of what happened and sent by the loop after its commit. ``tried_at`` is set before
    something is sent and stays until it is known what became of it: then it is looked for before it is sent again.
    """

    _name = "magento.outbox"
    _description = "Magento Outbox"
    _order = "id desc"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True, index=True)
    order_id = fields.Many2one(
        "magento.order", "Magento Order", required=True, ondelete="cascade", index=True, readonly=True
    )
    sale_order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    picking_id = fields.Many2one("stock.picking", "Delivery", ondelete="cascade", index="btree_not_null", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", ondelete="cascade", index="btree_not_null", readonly=True)
    message_id = fields.Many2one("mail.message", "Message", ondelete="cascade", index="btree_not_null", readonly=True)
    text = fields.Text("Content", readonly=True, help="The tracking number, or the comment.")
    state = fields.Selection(STATES, default="waiting", required=True, readonly=True, index=True)
    reason = fields.Text(readonly=True)
    number = fields.Char("Number in Magento", readonly=True)
    magento_id = fields.Integer("ID in Magento", readonly=True)
    withdraw = fields.Boolean(
        readonly=True, help="The tracking number is no longer on the delivery: it is taken away in Magento."
    )
    known = fields.Json(readonly=True, help="The order's documents in Magento before the first attempt.")
    tried_at = fields.Datetime(
        "Outcome Unknown since", readonly=True, help="It was sent, on Magento's clock, and no answer came back."
    )
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime(readonly=True)
    sent_at = fields.Datetime("Sent on", readonly=True)

    _once = models.UniqueIndex(
        "(order_id, kind, COALESCE(picking_id, 0), COALESCE(move_id, 0), COALESCE(message_id, 0), "
        "(CASE WHEN kind = 'track' THEN text ELSE '' END))",
        "Magento is told everything once.",
    )
    _waiting_idx = models.Index("(instance_id, id) WHERE state = 'waiting'")

    @api.depends("kind", "order_id.increment_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            row.display_name = self.env._(
                "%(kind)s for order %(number)s", kind=kinds.get(row.kind, ""), number=row.order_id.increment_id
            )

    # -- rows are made ------------------------------------------------------------------------------------------------

    @api.model
    def _add(self, kind, rule, events):
        """Note things that happened to sale orders, where the rules want Magento to be told.

        What was noted before, and failed or was not needed, is tried again.

        :param rule: whether Magento is told, a function of the order's row in the inbox
        :param events: list of ``(sale order, values)``; the values name the record that it is about
        :returns: the rows that wait now
        """
        # sudo: whoever delivers, invoices or cancels need not be a user of the connector
        outbox = self.sudo()
        ids = [sale_order.id for sale_order, _values in events]
        orders = outbox.env["magento.order"].search([("sale_order_id", "in", ids)]).filtered(rule)
        by_sale_order = {order.sale_order_id.id: order for order in orders}
        found = outbox.search([("order_id", "in", orders.ids), ("kind", "=", kind)]) if orders else outbox
        known = {row._event_key(row.order_id, row._event()): row for row in found}
        again, new = outbox.browse(), []
        for sale_order, values in events:
            order = by_sale_order.get(sale_order.id)
            if order and (row := known.get(self._event_key(order, values))):
                again |= row.filtered(lambda row: row.state in ("failed", "skipped"))
            elif order:
                new.append(
                    {
                        "instance_id": order.instance_id.id,
                        "order_id": order.id,
                        "sale_order_id": sale_order.id,
                        "kind": kind,
                        **values,
                    }
                )
        again._wait()
        rows = again | outbox.create(new)
        rows._wake()
        return rows

    def _event(self):
        """The values that say what the row is about."""
        return {
            "picking_id": self.picking_id.id,
            "move_id": self.move_id.id,
            "message_id": self.message_id.id,
            "text": self.kind == "track" and self.text,
        }

    @api.model
    def _event_key(self, order, values):
        text = not values.get("message_id") and values.get("text")
        return (order.id, *(values.get(name) or 0 for name in RECORDS), text or "")

    def _wait(self):
        """Let the rows be sent, from now on."""
        if self:
            self.write({"state": "waiting", "attempts": 0, "next_attempt": False, "reason": False})

    def _wake(self):
        if self:
            # sudo: the scheduled action belongs to the system
            self.env.ref("magento_connector.cron_synchronize").sudo()._trigger()

    # -- what becomes of them -----------------------------------------------------------------------------------------

    def _sent(self, **values):
        """Magento has it."""
        done = {"state": "sent", "reason": False, "sent_at": fields.Datetime.now(), "withdraw": False}
        self._settled(done | values)

    def _skip(self, sentence, **values):
        """Magento need not be told, for the reason given."""
        self._settled({"state": "skipped", "reason": sentence, **values})

    def _fail(self, sentence):
        """A person has to look at it."""
        self._settled({"state": "failed", "reason": sentence, "attempts": self.attempts + 1})

    def _settled(self, values):
        self.write({"tried_at": False, "known": False, "next_attempt": False, **values})

    def _pause(self, sentence):
        """It did not work, and may later. Whether Magento has done it all the same stays open."""
        if self.attempts >= len(PAUSES):
            self.write({"state": "failed", "reason": sentence, "attempts": self.attempts + 1, "next_attempt": False})
            return
        moment = fields.Datetime.now() + PAUSES[self.attempts]
        self.write({"reason": sentence, "attempts": self.attempts + 1, "next_attempt": moment})
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger(at=moment)

    # -- buttons ------------------------------------------------------------------------------------------------------

    def action_retry(self):
        """Send again what failed or pauses, and open the run that does it."""
        todo = self.filtered(lambda row: row.state in ("waiting", "failed"))
        if not todo:
            raise UserError(self.env._("These are sent already, or need not be."))
        self.check_access("read")
        # sudo: rows are written by the connector only; users may have them sent again
        todo.sudo()._wait()
        runs = self.env["magento.run"]
        for instance in todo.instance_id:
            runs |= runs._start(instance, "outbox", poll=False)
        if len(runs) == 1:
            return runs._open()
        return self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_run")

    def action_dismiss(self):
        """A person has dealt with what failed or waits: it is not sent any more.

        :raises UserError: one of them is being sent
        """
        check_role(self.env, USER)
        todo = self.filtered(lambda row: row.state in ("waiting", "failed"))
        todo.check_access("read")
        if under_way := todo.filtered(lambda row: row._is_under_way()):
            raise UserError(
                self.env._(
                    "Just now, Magento is being told: %(what)s. Wait until it is known what came of it.",
                    what=", ".join(under_way.mapped("display_name")),
                )
            )
        # sudo: as in action_retry
        for row in todo.sudo():
            row._skip(self.env._("%(user)s has dealt with it by hand.", user=self.env.user.name))
        todo.instance_id.sudo()._remind_of_failures()
        return True

    def _is_under_way(self):
        """Whether it was said to Magento a moment ago, or before the server was stopped, and nobody knows the answer.

        What pauses is neither sent nor settled: it may be dismissed.
        """
        pauses = self.next_attempt and self.next_attempt > fields.Datetime.now()
        return self.state == "waiting" and bool(self.tried_at) and not pauses

    def action_open_record(self):
        """Open the delivery, invoice or sale order."""
        self.ensure_one()
        return (self.picking_id or self.move_id or self.sale_order_id)._get_records_action()
