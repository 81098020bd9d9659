"""Many at once where that works, one by one where it does not."""

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


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
    """
    if not items:
        return
    try:
        with env.cr.savepoint():
            do(items)
    except Exception as error:
        if is_conflict(error):
            raise
        if len(items) == 1:
            fail(items[0], error)
            return
        middle = len(items) // 2
        isolate(env, items[:middle], do, fail)
        isolate(env, items[middle:], do, fail)
