"""Filling a new store."""

from __future__ import annotations

from functools import partial

from . import recorded
from .shop import Shop
from .tables import Record


def fill(shop: Shop) -> None:
    """Put in what the settings ask for."""
    recorded_store(shop)


def recorded_store(shop: Shop) -> None:
    """The recorded store."""
    for order in recorded.load("orders"):
        shop.orders.add(Record(order, partial(recorded.whole_order, order)))
