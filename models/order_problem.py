"""Why an order cannot be imported, in a form that both a person and the automatic retry understand."""

from dataclasses import dataclass


@dataclass
class OrderProblem(Exception):
    """Raised while an order is built; its text becomes the reason on the inbox row.

    ``kind`` is one of the inbox's reason kinds; ``key`` names what is missing, so that its arrival wakes the order:
    ``sku:ABC``, ``tax:12``, ``currency:EUR``.
    """

    kind: str
    sentence: str
    key: str | None = None

    def __str__(self) -> str:
        return self.sentence
