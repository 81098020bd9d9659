"""What the ways to Magento have in common: rows are marked, sent, and what came of them is written."""

from datetime import UTC

from odoo import fields

from ...magento_api import MagentoError, NotFound, PermissionMissing, Refused
from ...magento_api.errors import BadUrl, CredentialsRefused
from ..sync.isolate import is_conflict, isolate, sentence_of
from ..sync.loop import SHOP_ERRORS


class Sending:
    """Some rows of one kind on their way to Magento: ``prepare`` is committed before ``send`` begins.

    Each is a batch of the sync loop: what was said to Magento is said once, what came of it is written as often as the
    transaction is begun anew. When the shop gets into trouble, what was sent before counts, and the error is left in
    ``trouble``.
    """

    def __init__(self, loop, rows):
        self.loop = loop
        self.ids = rows.ids
        self.unsure = set(rows.filtered("tried_at").ids)
        self.trouble = None
        self._outcomes = None

    @property
    def env(self):
        return self.loop.env

    @property
    def client(self):
        return self.loop.client

    @property
    def rows(self):
        """The rows that still wait: one that a person dismissed meanwhile is not sent."""
        rows = self.env["magento.outbox"].browse(self.ids).exists()
        return rows.filtered(lambda row: row.state == "waiting")

    def prepare(self):
        """Note that the rows are about to be sent: should this process die, they are looked for before."""
        moment = self._magento_now()
        self.rows.filtered(lambda row: not row.tried_at).write({"tried_at": moment})
        return {}

    def send(self):
        """Send the rows; returns what to add to the run's counts."""
        if self._outcomes is None:
            self._outcomes = {}
            try:
                self._send(self.rows)
            except PermissionMissing as error:
                for row in self.rows:
                    self._outcomes.setdefault(row.id, ("_fail", [str(error)], {}))
            except SHOP_ERRORS as error:
                self.trouble = error
            except MagentoError as error:
                for row in self.rows.filtered(lambda row: row.id not in self._outcomes):
                    self._judge(row, error)
        done = self.rows.filtered(lambda row: row.id in self._outcomes)
        isolate(self.env, done, self._write, lambda row, error: row._fail(sentence_of(self.env, error, row)))
        states = [row.state for row in done]
        return {f"{state}_count": states.count(state) for state in ("sent", "failed", "skipped")}

    def _write(self, rows):
        """Write what came of rows, and what follows from it."""
        for row in rows:
            name, args, values = self._outcomes[row.id]
            getattr(row, name)(*args, **values)
        self._after(rows.filtered(lambda row: row.state == "sent"))

    def _send(self, rows):
        """Tell Magento, and note what came of each row.

        :raises MagentoError: when the shop is in trouble
        """
        raise NotImplementedError

    def _after(self, rows):
        """What follows in Odoo from rows that Magento has now."""

    # -- what comes of a row ------------------------------------------------------------------------------------------

    def _sent(self, row, **values):
        self._outcomes[row.id] = ("_sent", [], values)

    def _skip(self, row, sentence, **values):
        self._outcomes[row.id] = ("_skip", [sentence], values)

    def _fail(self, row, sentence):
        self._outcomes[row.id] = ("_fail", [sentence], {})

    def _judge(self, row, error):
        """Note what an error means for a row that Magento has not said no to.

        :raises MagentoError: the error, when it concerns the shop
        """
        if isinstance(error, Refused | NotFound | PermissionMissing):
            self._fail(row, str(error))
            return
        if not isinstance(error, CredentialsRefused | BadUrl):
            self._outcomes[row.id] = ("_pause", [str(error)], {})
        if isinstance(error, SHOP_ERRORS):
            raise error

    def _try(self, row, do, refused):
        """Do something to Magento for one row.

        :param do: does it, and notes what came of it
        :param refused: does so when Magento says no, with the error
        :raises MagentoError: what concerns the shop
        """
        try:
            try:
                do()
            except (Refused, NotFound) as error:
                refused(error)
        except MagentoError as error:
            self._judge(row, error)
        except Exception as error:
            self._stumble(row, error)

    def _stumble(self, row, error):
        """Fail one row for an error that nobody has thought of."""
        if is_conflict(error):
            raise error
        self._fail(row, sentence_of(self.env, error, row))

    def _magento_now(self):
        """The time by Magento's clock, as Odoo keeps times."""
        now = self.client.server_time
        return now.astimezone(UTC).replace(tzinfo=None, microsecond=0) if now else fields.Datetime.now()
