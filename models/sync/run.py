import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...magento_api import MagentoError
from .isolate import is_conflict
from .loop import SyncLoop
from .roles import ADMINISTRATOR, USER, check_role

_logger = logging.getLogger(__name__)
OPEN_STATES = ("queued", "running")
# What changes the shop, or counts Odoo's stock anew; all other kinds only read the shop.
FOR_ADMINISTRATORS = {"categories_export", "customers_export", "products_export", "stock", "stock_take"}
KINDS = [("orders", "Import orders")]


class MagentoRun(models.Model):
    """One synchronisation of an instance, from its start to its end: who started it, how far it is, what came of it.

    A scheduled run that finds nothing to do leaves no record.
    """

    _name = "magento.run"
    _description = "Magento Run"
    _order = "id desc"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    state = fields.Selection(
        [("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        default="queued",
        required=True,
        readonly=True,
    )
    kind = fields.Selection(KINDS, default="orders", required=True, readonly=True)
    poll = fields.Boolean("Ask for New Orders", default=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Started by", readonly=True)
    start_date = fields.Datetime(readonly=True)
    end_date = fields.Datetime(readonly=True)
    seen_count = fields.Integer("Seen", readonly=True)
    imported_count = fields.Integer("Imported", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    skipped_count = fields.Integer("Skipped", readonly=True)
    request_count = fields.Integer("Requests", readonly=True)
    message = fields.Text(readonly=True)
    position = fields.Json(readonly=True, help="How far the look at what has changed is; see ``sync_loop.Poll``.")
    order_ids = fields.One2many("magento.order", "run_id", string="Orders")

    _one_open = models.UniqueIndex("(instance_id, kind) WHERE state IN ('queued', 'running')")

    @api.depends("instance_id", "create_date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("%(shop)s, run %(number)s", shop=run.instance_id.name, number=run.id)

    @api.model
    def _start(self, instance, kind="orders", poll=True):
        """Queue a run that somebody asks for, even if the shop is paused.

        :param poll: whether Magento is asked for new orders, or only what waits in the inbox is imported
        :returns: the open run
        :raises AccessError: the user's role does not start runs of this kind
        :raises UserError: there is no instance, for nothing was chosen
        """
        check_role(self.env, ADMINISTRATOR if kind in FOR_ADMINISTRATORS else USER)
        if not instance:
            raise UserError(self.env._("Choose what this is to be done with first."))
        instance.check_access("read")
        run = self._queue(instance, kind, poll)
        # sudo: users may end a pause, but not write on the instance
        here = [("instance_id", "=", instance.id), ("kind", "=", kind), ("paused_until", "!=", False)]
        self.env["magento.direction"].sudo().search(here).paused_until = False
        if instance.paused_until:
            instance.sudo().paused_until = False
        return run

    @api.model
    def _queue(self, instance, kind="orders", poll=True):
        """Queue a run of ``instance`` and wake the scheduled action; an open run is joined rather than doubled.

        Whoever does what brings it about needs no role: adds a product, posts an invoice, validates a delivery.

        :param poll: whether Magento is asked for new orders, or only what waits in the inbox is imported
        :returns: the open run
        """
        # sudo: runs are written by the connector only
        run = self.sudo()._join(instance, kind, poll)
        if poll and not run.poll:
            run.poll = True
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger()
        return run.with_env(self.env)

    @api.model
    def _join(self, instance, kind, poll):
        """The open run of this kind, made when there is none."""
        run = self.search(
            [("instance_id", "=", instance.id), ("kind", "=", kind), ("state", "in", OPEN_STATES)], limit=1
        )
        if run:
            return run
        # Of two that come at the same moment the later one fails here with a conflict: begun again, it finds the run.
        touch = SQL("UPDATE magento_instance SET write_date = write_date WHERE id = %s", instance.id)
        self.env.cr.execute(touch, log_exceptions=False)
        return self.create({"instance_id": instance.id, "kind": kind, "poll": poll, "user_id": self.env.uid})

    def _open(self):
        """The action that shows this run."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_order")
        action["domain"] = [("run_id", "=", self.id)]
        action["context"] = {}
        return action

    @api.model
    def _cron_synchronize(self):
        """Give the work of all shops its turns, until the scheduler's time is over; it calls again at once then.

        The lock of the cron job makes sure that this runs once at a time, whoever started it.
        """
        cron = self.env["ir.cron"]
        if not cron._commit_progress():
            return  # the scheduler calls again although time is up: the trigger gives the next call its full time
        for run, direction, poll in self._turns():
            instance = direction.instance_id
            if instance._is_paused():
                continue  # it got into trouble a moment ago
            if not cron._commit_progress():
                self.env.ref("magento_connector.cron_synchronize")._trigger()
                return
            direction.turn_at = fields.Datetime.now()
            if not run._synchronize(instance, direction.kind, poll):
                return

    @api.model
    def _turns(self):
        """What is to be done, in this order: list of ``(run, direction, poll)``, the run empty where none is open.

        First what is short for every shop, in the order that kinds of work have among each other; then the long runs
        that a slice of the scheduler was too short for, the one that has waited longest first.
        """
        shops = self.env["magento.instance"].search([("state", "=", "connected")])
        runs = self.search([("state", "in", OPEN_STATES)], order="id")
        runs.filtered(lambda run: run.instance_id not in shops)._set_adrift()
        runs = runs.filtered(lambda run: run.state in OPEN_STATES)
        jobs = {(run.instance_id, run.kind): (run, run.poll) for run in runs}
        for instance, kind, poll in self._due(shops.filtered(lambda shop: not shop._is_paused())):
            jobs.setdefault((instance, kind), (self.browse(), poll))
        directions = self.env["magento.direction"]
        turns = [(run, directions._of(*key), poll) for key, (run, poll) in jobs.items()]
        if any(run.state == "running" for run in runs):
            turns = [turn for turn in turns if turn[0] or not turn[1]._had_its_turn()]
        turns = [turn for turn in turns if not turn[1]._is_paused()]
        return sorted(turns, key=lambda turn: turn[1]._place(is_long=turn[0].state == "running"))

    def _set_adrift(self):
        """Close the runs of shops that are not connected any more, or archived."""
        message = self.env._("The shop is not connected, or archived.")
        self.write({"state": "stopped", "end_date": fields.Datetime.now(), "message": message})

    @api.model
    def _due(self, instances):
        """What the schedule wants done for ``instances``: list of ``(instance, kind, poll)``, in the order to do it."""
        # orders that were woken while a run was at its end, and rules that trouble of the shop kept
        rules_due = ["&", *self.env["magento.order"]._rules_due()]
        waiting = self.env["magento.order"]._read_group(
            [("instance_id", "in", instances.ids), "|", ("state", "=", "waiting"), *rules_due], ["instance_id"]
        )
        orders = []
        for instance in instances:
            poll = instance.schedule_orders or self._was_cut_short(instance, "orders")
            if poll or (instance,) in waiting:
                orders.append((instance, "orders", poll))
        return orders

    @api.model
    def _was_cut_short(self, instance, kind):
        """Whether trouble that may pass kept the last run from asking for all that is new."""
        direction = self.env["magento.direction"].search([("instance_id", "=", instance.id), ("kind", "=", kind)])
        if not instance.failures_in_a_row and not direction.failures_in_a_row:
            return False
        last = self.search([("instance_id", "=", instance.id), ("kind", "=", kind)], limit=1)
        return last.state == "stopped" and last.poll and not last.scope

    def _batches(self, loop, kind, poll):
        """The batches of a kind of run, from the model that knows them; see ``SyncLoop.drive``."""
        batches_of = {"orders": self.env["magento.order"]._batches}
        return batches_of[kind](loop, poll)

    def _synchronize(self, instance, kind="orders", poll=True):
        """Do one kind of work for ``instance``.

        ``self`` is the run, or empty when a record is only wanted if there is work.

        :returns: False when the scheduler's time is up and the run goes on at its next call
        """
        with SyncLoop(self.with_company(instance.company_id), instance, kind, poll) as loop:
            try:
                return loop.drive(self.with_company(instance.company_id)._batches(loop, kind, poll))
            except MagentoError as error:
                _logger.info("%s: %s", instance.name, error)
                loop.stop(str(error), error)
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("%s: the synchronisation has stopped", instance.name)
                loop.stop(self._unexpected(error))
        return True

    def _unexpected(self, error):
        """What a person reads of an error that nobody thought of, or of a conflict that did not pass."""
        if is_conflict(error):
            return self.env._(
                "Other users kept changing the same records. The synchronisation goes on by itself later."
            )
        return self.env._(
            "The synchronisation has stopped because of an error in Odoo (%(kind)s). It is tried again by itself; "
            "if that does not help, the server log has the details.",
            kind=type(error).__name__,
        )
