"""The one loop that every direction uses: batch by batch, each in a transaction of its own."""

import random
import time
from contextlib import ExitStack, closing
from datetime import UTC, timedelta
from functools import partial

from odoo import fields

from ...magento_api.batches import Pace
from ...magento_api.errors import BadUrl, CredentialsRefused, Unreachable
from .isolate import is_conflict

# What concerns the shop as a whole, not a row or a kind of work.
SHOP_ERRORS = (Unreachable, CredentialsRefused, BadUrl)
TRIES = 3
# A row of Magento may become visible after its time stamp, when its transaction ends: look again at the last minutes.
OVERLAP = timedelta(minutes=10)
# What one transaction should take: more would keep others waiting, less would be slower.
SECONDS = 8


class TimeIsUp(Exception):
    """The scheduler's time is over, and what had been read until then is worked on."""


class SyncLoop:
    """Drives the batches of one run: reads ahead, does them, counts, commits.

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
        self._reader = None
        self._pace = None
        self._is_in_batch = False
        self.is_time_up = False
        self._has_progressed = False  # a slice does something, be it over before the shop has given its first list

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return self._stack.__exit__(*exc_info)

    @property
    def client(self):
        """The client of the shop, logged in at first use. Nothing stays open in the database while the shop answers,
        unless a batch asks in its midst.

        :raises MagentoError: when the shop cannot be reached or refuses the login
        """
        if not self._is_in_batch:
            self.env.cr.commit()
        if self._client is None:
            careful = bool(self.instance.failures_in_a_row or self._direction().failures_in_a_row)
            self._client = self._stack.enter_context(self.instance._client())
            self._client.careful = careful
        return self._client

    def clock(self):
        """The moment that no cursor may pass, as Odoo keeps times: that of the shop's last answer, by the clock that
        is behind, the shop's or Odoo's. A proxy before the shop may have a clock of its own, or none.
        """
        now, shop = fields.Datetime.now(), self.client.server_time
        return min(now, shop.astimezone(UTC).replace(tzinfo=None, microsecond=0)) if shop else now

    def read(self, reader, most):
        """What a reader of the client gives, in lists of at most ``most`` records: what it has read while Odoo worked
        on those before, and no more than some seconds' work.

        :raises TimeIsUp: the scheduler's time was over before all was read; what was read was given
        """
        self._look_at_the_clock()
        if self.is_time_up and self._has_progressed:
            raise TimeIsUp
        self._reader = reader
        try:
            while records := reader.take(self.most(most)):
                yield records
                self._look_at_the_clock()
            if reader.is_cut_short:
                raise TimeIsUp
        finally:
            self._reader = None
            reader.close()

    def look_up(self, find, *args):
        """What ``find`` finds in the database while a reader waits for it: nothing stays open there behind it."""
        found = find(*args)
        self.env.cr.commit()
        return found

    def _look_at_the_clock(self, processed=0, remaining=None):
        """Commit; when the scheduler's time is over let no more be read: what was read is worked on all the same."""
        if not self.env["ir.cron"]._commit_progress(processed, remaining=remaining):
            self.is_time_up = True
            if self._reader:
                self._reader.stop()

    def most(self, most):
        """How many records, at most so many, are some seconds' work."""
        self._pace = self._pace or Pace(SECONDS, max(most // 5, 1), most)
        return min(most, self._pace.size)

    def drive(self, batches):
        """Do every batch, each in a transaction of its own, and close the run.

        :param batches: generator of ``(do, size)``: ``do()`` does the batch and returns what to add to the run's counts
        :returns: False when time is up
        :raises MagentoError: when the shop is in trouble; what was done until then is committed
        """
        with closing(batches):
            try:
                for do, size in batches:
                    begin = time.monotonic()
                    self.env.cr.commit()  # the batch is to see what others have done while it was read
                    self._do(partial(self._batch, do))
                    self._look_at_the_clock(max(size, 1), remaining=1)
                    self.env.invalidate_all(flush=False)  # ten thousand orders must not pile up in the cache
                    if size and self._pace:
                        self._pace.learn(size, time.monotonic() - begin)
                    self._has_progressed = self._has_progressed or bool(size)
                    if self.is_time_up and self._has_progressed and not self._reader:
                        return self._go_on_later()
            except TimeIsUp:
                return self._go_on_later()
        self._do(self._finish)
        if self.run:
            self.env["ir.cron"]._commit_progress(remaining=0)
        return True

    def stop(self, sentence, error=None):
        """Close the run before its end, and say why: on the instance where the shop is in trouble, else on the kind of
        work that is.
        """
        self._do(partial(self._stop, sentence, error))
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _go_on_later(self):
        self._do(self._count_requests)
        # the scheduler goes on at once: by itself it would after a minute
        self.env.ref("magento_connector.cron_synchronize")._trigger()
        self.env["ir.cron"]._commit_progress(remaining=1)
        return False

    def _do(self, do):
        """Do something in one go, begun again where somebody else changed the same rows in the meantime."""
        run = self.run
        for attempt in range(1, TRIES + 1):
            try:
                self._is_in_batch = True
                with self.env.cr.savepoint():
                    do()
                return
            except Exception as error:
                self.run = run
                if attempt == TRIES or not is_conflict(error):
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(0, 0.2 * attempt))
            finally:
                self._is_in_batch = False

    def _batch(self, do):
        self.run = self.run or self.run._join(self.instance, self.kind, self.poll)
        counts = do()
        values = {field: self.run[field] + count for field, count in counts.items() if count}
        if self.run.state != "running":
            values |= {"state": "running", "start_date": self.run.start_date or fields.Datetime.now()}
        self.run.write(values)

    def _direction(self):
        here = [("instance_id", "=", self.instance.id), ("kind", "=", self.kind)]
        return self.env["magento.direction"].search(here)

    def _finish(self):
        self._direction()._note_success()
        if self._client:
            self.instance._note_success()
        if self.run.poll and not self.poll:  # somebody asked for new orders after this run had begun without them
            self.run.write({"state": "queued", "position": False})
        else:
            self._close("done")

    def _stop(self, sentence, error):
        shop = isinstance(error, SHOP_ERRORS)
        troubled = self.instance if shop else self.env["magento.direction"]._of(self.instance, self.kind)
        troubled._note_trouble(sentence, error is None or error.retryable)
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


class Poll:
    """A look at what has changed in Magento since a cursor, and how far it is: it may take several slices of the
    scheduler, and none of them begins from the start.

    :param seen_until: the cursor, as Odoo keeps times
    """

    def __init__(self, loop, seen_until):
        position = loop.run.position or {}
        self.begin = fields.Datetime.to_datetime(position.get("begin")) or loop.clock()
        self.after_id = position.get("after_id", 0)
        self.updated_from = min(seen_until, self.begin).replace(tzinfo=UTC) - OVERLAP
        self._loop = loop

    def is_due(self, seen_until):
        """Whether the cursor is so old that the next look would see much again, or ahead of the shop's clock."""
        return abs(self.begin - seen_until) > OVERLAP

    def advance(self, number):
        """Note that all up to this id are done, in the transaction that does them."""
        self._loop.run.position = {"begin": fields.Datetime.to_string(self.begin), "after_id": number}
        return {}

    def finish(self, **cursor):
        """Move the cursors of the instance, for all was seen; a batch of the sync loop."""
        self._loop.run.position = False
        return self._loop.instance._advance(**cursor)
