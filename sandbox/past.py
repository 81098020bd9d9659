"""The recorded store: its orders with their documents, its catalogue, its customers."""

from __future__ import annotations

from copy import deepcopy
from functools import partial

from . import documents, lifecycle, recorded
from .arithmetic import ZERO
from .shares import dec
from .shop import Shop
from .tables import Record
from .values import Row


def recorded_store(shop: Shop) -> None:
    """Put the recorded store in."""
    _catalog(shop)
    for customer in recorded.load("customers"):
        shop.customers.add(Record(customer))
    for address in recorded.load("addresses"):
        shop.add_address(Record(address))
    for order in recorded.load("orders"):
        shop.orders.add(Record(order, partial(recorded.whole_order, order), shop.built))
    for kind in documents.PAGES:
        for row in recorded.load(documents.PAGES[kind]):
            facts = {key: row.get(key) for key in recorded.keys(kind)} if kind == "creditmemo" else row
            documents.table(shop, kind).add(Record(facts, partial(document, shop, kind, row)))


def _catalog(shop: Shop) -> None:
    known = recorded.load("stock")
    for product in recorded.load("products"):
        shop.products.add(Record(product))
        sellable = product["type"] in ("simple", "virtual", "downloadable")
        quantity = (product["product_id"] * 37) % 300 + 1 if sellable else 0
        stock = known.get(product["sku"], {"qty": f"{quantity}.0000", "is_in_stock": 1})
        shop.stock[product["product_id"]] = stock
    for key, row in recorded.load("translations").items():
        product_id, _, store_id = key.partition("@")
        shop.product_translations[int(product_id), int(store_id)] = row


def document(shop: Shop, kind: str, row: Row) -> Row:
    """A document of a recorded order; where it was not recorded itself, it is made out of the order."""
    whole = recorded.load("documents").get(f"{kind} {row['increment_id']}")
    if whole is not None:
        found: Row = whole
        return found
    record = shop.orders.by_id(row["order_id"])
    assert record is not None
    order = deepcopy(record.full())
    done = {"invoice": "qty_invoiced", "shipment": "qty_shipped", "creditmemo": "qty_refunded"}[kind]
    given = {item["item_id"]: dec(item[done]) for item in order["items"]}
    _undo(order)
    if kind == "creditmemo":
        lifecycle.invoice(order, 0, "", row["created_at"])
    found = lifecycle.MAKERS[kind](order, row[f"{kind}_id"], row["increment_id"], row["created_at"], given)
    keys = recorded.keys(kind)
    return found | {key: row.get(key, found.get(key)) for key in keys if key in found and key != "items"}


def _undo(order: Row) -> None:
    """The order as it was before anything was done to it."""
    for row in (order, *order["items"]):
        for key in row:
            done = key.endswith(("_invoiced", "_refunded", "_canceled", "_shipped", "total_paid"))
            if done and row is not order:
                row[key] = f"{ZERO:.4f}"
            elif done:
                row[key] = None
