"""Why a record cannot be imported, in a form that both a person and the automatic retry understand."""

from dataclasses import dataclass

from ...magento_api import NotUnderstood
from .isolate import sentence_of


@dataclass
class Problem(Exception):
    """Raised while a record is built; its text becomes the reason on its row, for an order that of the inbox.

    ``kind`` is one of the inbox's reason kinds; ``key`` names what is missing, so that its arrival wakes the order:
    ``sku:ABC``, ``tax:12``, ``currency:EUR``, ``rate:EUR``, ``rounding:JPY``.
    """

    kind: str
    sentence: str
    key: str | None = None

    def __str__(self) -> str:
        return self.sentence


def problem_of(env, error, number):
    """The problem that an error makes of one order, whatever it is.

    :param number: of the order, for the log
    """
    if isinstance(error, Problem):
        return error
    kind = "payload" if isinstance(error, NotUnderstood) else "odoo"
    return Problem(kind, sentence_of(env, error, f"Magento order {number}"))
