import logging
import random
import time
from contextlib import ExitStack, closing

import psycopg2

from odoo import api, fields, models

from ..magento_api import MagentoError

_logger = logging.getLogger(__name__)
OPEN_STATES = ("queued", "running")
TRIES = 3
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
        """Queue a run of ``instance`` and wake the scheduled action; an open run is joined rather than doubled.

        :param poll: whether Magento is asked for new orders, or only what waits in the inbox is imported
        :returns: the open run
        """
        # sudo: users may start runs, but not write them
        runs = self.sudo()
        run = runs.search(
            [("instance_id", "=", instance.id), ("kind", "=", kind), ("state", "in", OPEN_STATES)], limit=1
        )
        if not run:
            run = runs.create({"instance_id": instance.id, "kind": kind, "poll": poll, "user_id": self.env.uid})
        elif poll and not run.poll:
            run.poll = True
        if instance.paused_until:
            instance.sudo().paused_until = False
        self.env.ref("magento_connector.cron_synchronize").sudo()._trigger()
        return run.with_env(self.env)

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
        for run, instance, kind, poll in todo:
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
            poll = instance.schedule_orders or instance.failures_in_a_row > 0
            if poll or (instance,) in waiting:
                orders.append((instance, "orders", poll))
        return orders

    def _batches(self, loop, kind, poll):
        """The batches of a kind of run, from the model that knows them; see ``SyncLoop.drive``."""
        batches_of = {"orders": self.env["magento.order"]._batches}
        return batches_of[kind](loop, poll)

    def _synchronize(self, instance, kind="orders", poll=True):
        """Do one kind of work for ``instance``.

        ``self`` is the run, or empty when a record is only wanted if there is work.

        :returns: False when the scheduler's time is up and the run goes on at its next call
        """
        with SyncLoop(self.with_company(instance.company_id), instance, kind) as loop:
            try:
                finished = loop.drive(self.with_company(instance.company_id)._batches(loop, kind, poll))
            except MagentoError as error:
                _logger.info("%s: %s", instance.name, error)
                instance._note_trouble(error)
                loop.end("stopped", str(error))
                return True
            if finished:
                instance._note_success()
                loop.end("done")
            return finished


class SyncLoop:
    """Drives the batches of one run: does them, counts, commits.

    It opens the shop's client when the first batch asks for it, and makes the run's record when there is something to
    tell.
    """

    def __init__(self, run, instance, kind):
        self.run = run
        self.instance = instance
        self.kind = kind
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
        """Do every batch, each in a transaction of its own.

        :param batches: generator of ``(do, size)``: ``do()`` does the batch and returns what to add to the run's counts
        :returns: False when time is up
        :raises MagentoError: when the shop is in trouble; what was done until then is committed
        """
        cron = self.env["ir.cron"]
        with closing(batches):
            for do, size in batches:
                self._do(do)
                left = cron._commit_progress(size, remaining=1)
                self.env.invalidate_all(flush=False)  # ten thousand orders must not pile up in the cache
                if not left:
                    self._count_requests()
                    return False
        return True

    def _do(self, do):
        """One batch, begun again where somebody else changed the same rows in the meantime."""
        run = self.run
        for attempt in range(1, TRIES + 1):
            try:
                with self.env.cr.savepoint():
                    self._count(do())
                return
            except psycopg2.OperationalError:
                self.run = run
                if attempt == TRIES:
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 0.2 * attempt))

    def end(self, state, message=False):
        """Close the run's record, if there is one, and remind of what failed."""
        if self.run:
            self._count_requests()
            self.run.write(
                {
                    "state": state,
                    "start_date": self.run.start_date or fields.Datetime.now(),
                    "end_date": fields.Datetime.now(),
                    "message": message,
                }
            )
            self.instance._remind_of_failures()
        if self.run or state == "stopped":
            self.env["ir.cron"]._commit_progress(remaining=0)

    def _count(self, counts):
        if not self.run:
            self.run = self.run.create({"instance_id": self.instance.id, "kind": self.kind, "user_id": self.env.uid})
        values = {field: self.run[field] + count for field, count in counts.items() if count}
        if self.run.state != "running":
            values |= {"state": "running", "start_date": self.run.start_date or fields.Datetime.now()}
        self.run.write(values)

    def _count_requests(self):
        if self._client:
            self.run.request_count += self._client.requests
