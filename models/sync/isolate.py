"""One record may fail, the rest goes on: many at once where that works, one by one where it does not."""

import logging

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...magento_api import MagentoError

_logger = logging.getLogger(__name__)


def is_conflict(error):
    """Whether another transaction was in the way, which passes when all is done again from the start. A full disk, a
    statement that takes too long or a value that fits no index are errors of PostgreSQL as well, and do not pass.
    """
    return isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)


def isolate(env, items, do, fail):
    """Do all ``items`` in one savepoint; where that fails, by halves, until the one that fails stands alone.

    :param items: list of anything
    :param do: called with a list of items; what it wrote is undone when it raises
    :param fail: called with the single item that fails and its exception
    :raises psycopg2.OperationalError: a conflict with another transaction, which is nobody's fault
    :raises MagentoError: the shop is in trouble, which is no item's fault
    """
    if not items:
        return
    try:
        with env.cr.savepoint():
            do(items)
        return
    except Exception as error:
        if is_conflict(error) or (isinstance(error, MagentoError) and error.retryable):
            raise
        problem = error
    # out here, so that a traceback in the log does not carry those of all larger halves
    if len(items) == 1:
        fail(items[0], problem)
        return
    middle = len(items) // 2
    isolate(env, items[:middle], do, fail)
    isolate(env, items[middle:], do, fail)


def sentence_of(env, error, name):
    """What a person reads of the error that one record met. What nobody has thought of goes to the log, with its
    traceback.

    :param name: what the log calls the record
    """
    if isinstance(error, UserError):
        return str(error.args[0])
    if isinstance(error, MagentoError):
        return str(error)
    _logger.error("%s: an error that nobody has thought of", name, exc_info=error)
    return env._(
        "Odoo stumbled over it (%(kind)s: %(text)s). The server log has the details.",
        kind=type(error).__name__,
        text=str(error).strip().split("\n")[0][:300],
    )
