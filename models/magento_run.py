import logging
import random
import time
from contextlib import ExitStack, closing
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..magento_api import MagentoError
from .isolate import is_conflict
from .roles import ADMINISTRATOR, USER, check_role

_logger = logging.getLogger(__name__)
OPEN_STATES = ("queued", "running")
TRIES = 3
# What comes after everything else: products are exported once what Magento has changed is known, and stock is sent
# after the orders, which take from it.
LATE_KINDS = ("categories_export", "products", "products_export", "stock")
# What changes the shop, or counts Odoo's stock anew; all other kinds only read the shop.
FOR_ADMINISTRATORS = {"categories_export", "customers_export", "products_export", "stock", "stock_take"}
KINDS = [("orders", "Import orders")]


class MagentoRun(models.Model):
    """One synchronisation of an instance, from its start to its end: who started it, how far it is, what came of it.

    A scheduled run that finds nothing to do leaves no record. The one loop that every direction uses is here: batch by
    batch, each in a transaction of its own, committed by the cron's progress API.
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
        if instance.paused_until:
            # sudo: users may end a pause, but not write on the instance
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
        """Go on with the runs that people started, then do for each shop what is due.

        The lock of the cron job makes sure that this runs once at a time, whoever started it.
        """
        if not self.env["ir.cron"]._commit_progress():
            return  # the scheduler calls again although time is up: the trigger gives the next call its full time
        runs = self.search([("state", "in", OPEN_STATES)], order="id")
        todo = [(run, run.instance_id, run.kind, run.poll) for run in runs]
        instances = self.env["magento.instance"].search(
            [
                ("state", "=", "connected"),
                "|",
                ("paused_until", "=", False),
                ("paused_until", "<=", fields.Datetime.now()),
            ]
        )
        open_kinds = {(run.instance_id, run.kind) for run in runs}
        todo += [
            (self.browse(), instance, kind, poll)
            for instance, kind, poll in self._due(instances)
            if (instance, kind) not in open_kinds
        ]
        todo.sort(key=lambda job: LATE_KINDS.index(job[2]) if job[2] in LATE_KINDS else -1)
        for run, instance, kind, poll in todo:
            if not run and instance.paused_until and instance.paused_until > fields.Datetime.now():
                continue  # it got into trouble a moment ago
            if not run._synchronize(instance, kind, poll):
                return

    @api.model
    def _due(self, instances):
        """What the schedule wants done for ``instances``: list of ``(instance, kind, poll)``, in the order to do it."""
        # orders that were woken while a run was at its end
        waiting = self.env["magento.order"]._read_group(
            [("instance_id", "in", instances.ids), ("state", "=", "waiting")], ["instance_id"]
        )
        orders = []
        for instance in instances:
            poll = instance.schedule_orders or self._was_cut_short(instance, "orders")
            if poll or (instance,) in waiting:
                orders.append((instance, "orders", poll))
        return orders

    @api.model
    def _was_cut_short(self, instance, kind):
        """Whether trouble kept the last run from asking for all that is new."""
        return bool(
            instance.failures_in_a_row
            and self.search([("instance_id", "=", instance.id), ("kind", "=", kind)], limit=1).poll
        )

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
                loop.stop(str(error), error.retryable)
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


class SyncLoop:
    """Drives the batches of one run: does them, counts, commits.

    It opens the shop's client when the first batch asks for it, and makes the run's record when there is something to
    tell.
    """

    def __init__(self, run, instance, kind, poll):
        self.run = run
        self.instance = instance
        self.kind = kind
        self.poll = poll
        self.env = run.env
        self._stack = ExitStack()
        self._client = None

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return self._stack.__exit__(*exc_info)

    @property
    def client(self):
        """The client of the shop, logged in at first use.

        :raises MagentoError: when the shop cannot be reached or refuses the login
        """
        if self._client is None:
            self._client = self._stack.enter_context(self.instance._client())
        return self._client

    def drive(self, batches):
        """Do every batch, each in a transaction of its own, and close the run.

        :param batches: generator of ``(do, size)``: ``do()`` does the batch and returns what to add to the run's counts
        :returns: False when time is up
        :raises MagentoError: when the shop is in trouble; what was done until then is committed
        """
        cron = self.env["ir.cron"]
        with closing(batches):
            for do, size in batches:
                self._do(partial(self._batch, do))
                left = cron._commit_progress(max(size, 1), remaining=1)
                self.env.invalidate_all(flush=False)  # ten thousand orders must not pile up in the cache
                if not left:
                    self._do(self._count_requests)
                    # the scheduler goes on at once: by itself it would after a minute
                    self.env.ref("magento_connector.cron_synchronize")._trigger()
                    return False
        self._do(self._finish)
        if self.run:
            cron._commit_progress(remaining=0)
        return True

    def stop(self, sentence, retryable=True):
        """Close the run before its end, and say why on the instance."""
        self._do(partial(self._stop, sentence, retryable))
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _do(self, do):
        """Do something in one go, begun again where somebody else changed the same rows in the meantime."""
        run = self.run
        for attempt in range(1, TRIES + 1):
            try:
                with self.env.cr.savepoint():
                    do()
                return
            except Exception as error:
                self.run = run
                if attempt == TRIES or not is_conflict(error):
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 0.2 * attempt))

    def _batch(self, do):
        self.run = self.run or self.run._join(self.instance, self.kind, self.poll)
        counts = do()
        values = {field: self.run[field] + count for field, count in counts.items() if count}
        if self.run.state != "running":
            values |= {"state": "running", "start_date": self.run.start_date or fields.Datetime.now()}
        self.run.write(values)

    def _finish(self):
        self.instance._note_success()
        if self.run.poll and not self.poll:  # somebody asked for new orders after this run had begun without them
            self.run.state = "queued"
        else:
            self._close("done")

    def _stop(self, sentence, retryable):
        self.instance._note_trouble(sentence, retryable)
        self._close("stopped", sentence)

    def _close(self, state, message=False):
        """Close the run's record, if there is one, and remind of what failed."""
        if self.run:
            self._count_requests()
            now = fields.Datetime.now()
            start = self.run.start_date or now
            self.run.write({"state": state, "start_date": start, "end_date": now, "message": message})
            self.instance._remind_of_failures()

    def _count_requests(self):
        if self._client:
            self.run.request_count += self._client.requests
