"""The recorded store: what a running OpenMage answered, as this shop's data.

Rows are kept without their None values; `TEMPLATES` gives each kind of row all its keys, in Magento's order.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .values import Row, expand

DATA = Path(__file__).parent / "data"
OPTIONAL = frozenset({"gift_message", "has_children"})
NESTED = ("shipping_address", "billing_address", "items", "payment", "status_history")


def load(name: str) -> Any:
    """A fresh copy of one data file."""
    return json.loads(_text(name))


@cache
def _text(name: str) -> str:
    return (DATA / f"{name}.json").read_text(encoding="utf-8")


@cache
def templates() -> dict[str, Any]:
    """The keys of each kind of row; of products by type and attribute set."""
    found: dict[str, Any] = load("templates")
    return found


def keys(kind: str) -> list[str]:
    """All keys of a kind of row, in order."""
    found: list[str] = templates()[kind]
    return found


def product_keys(row: Row) -> list[str]:
    """All keys of that product, which depend on its type and its attribute set."""
    known: dict[str, list[str]] = templates()["product"]
    return known.get(f"{row['type']}{row['set']}") or known["simple4"]


def whole_order(compact: Row) -> Row:
    """An order with all keys, from one without its None values."""
    order = expand(compact, keys("order"), OPTIONAL)
    for kind in ("shipping_address", "billing_address"):
        address = compact.get(kind)
        order[kind] = expand(address, keys("address")) if address else []
    order["items"] = [expand(item, keys("item"), OPTIONAL) for item in compact["items"]]
    order["payment"] = expand(compact["payment"], keys("payment"))
    order["status_history"] = [expand(entry, keys("history")) for entry in compact["status_history"]]
    return order
