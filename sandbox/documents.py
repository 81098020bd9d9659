"""Doing things to the orders of a store: the documents get their numbers and go into their tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import lifecycle
from .shares import Quantities, dec
from .shop import Shop
from .tables import Record, Table
from .values import Row

PAGES: dict[str, str] = {"invoice": "invoices", "shipment": "shipments", "creditmemo": "creditmemos"}


def table(shop: Shop, kind: str) -> Table:
    """The table of a kind of document."""
    found: Table = getattr(shop, PAGES[kind])
    return found


def make(shop: Shop, order: Row, kind: str, given: Quantities | None = None, **more: Any) -> Row:
    """Make a document of an order."""
    rows = table(shop, kind)
    number = rows.next_id()
    store = str(order["increment_id"])[:1]
    increment_id = next_number(shop, kind, store)
    when = max(shop.now(), order["created_at"])
    document: Row = lifecycle.MAKERS[kind](order, number, increment_id, when, given, **more)
    rows.add(Record(document))
    return document


def next_number(shop: Shop, kind: str, store: str) -> str:
    """The next document number of a store view."""
    key = (kind, store)
    shop.counters[key] = shop.counters.get(key, 2000) + 1
    return f"{store}{shop.counters[key]:08d}"


def half(order: Row) -> Quantities:
    """Half of each item that was ordered, rounded down but at least one where there are whole pieces."""
    found: Quantities = {}
    for item in order["items"]:
        if not item["parent_item_id"]:
            ordered = dec(item["qty_ordered"])
            found[item["item_id"]] = max(ordered // 2, Decimal(1)) if ordered > 1 else ordered
    return found


def step(shop: Shop, order: Row, name: str) -> Row | None:
    """One step of an order's life: invoice, ship, refund (each also "-half"), cancel, hold, unhold."""
    action, _, part = name.partition("-")
    kinds = {"invoice": "invoice", "ship": "shipment", "refund": "creditmemo"}
    if action in kinds:
        given = half(order) if part else None
        more = {}
        if action == "refund" and part:
            more = {"shipping": Decimal(0), "positive": Decimal("1.50"), "negative": Decimal("0.50")}
        return make(shop, order, kinds[action], given, **more)
    acts = {"cancel": lifecycle.cancel, "hold": lifecycle.hold, "unhold": lifecycle.unhold}
    if name not in acts:
        raise ValueError(f"unknown step {name!r}")
    acts[name](order, max(shop.now(), order["created_at"]))
    return None
