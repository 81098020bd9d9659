"""Orders that somebody kept: `sales_order.info` answers as JSON files, and the store that they must have come from.

Whatever an order lacks, the store lacks; nothing here expects more of it than that it is a JSON object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import documents, recorded
from .shop import Shop
from .tables import Record
from .values import Row, Value, amount, as_int

DOCUMENTS = "documents.json"
# Columns that are ints in the database; some servers answer them as strings, and so they may have been kept.
_INT = re.compile(
    r"(order|store|customer|item|parent|product|quote|address|region|payment|invoice|shipment|creditmemo|comment|track"
    r"|customer_group|gift_message|(billing|shipping|customer)_address|(parent|quote|order)_item)_id"
    r"|is_(virtual|qty_decimal|nominal|customer_notified|visible_on_front)|free_shipping|no_discount|locked_do_ship"
    r"|total_item_count|customer_(is_guest|note_notify|gender)|gift_message_available|paypal_ipn_customer_notified"
)
_SIMPLE = ("simple", "virtual", "downloadable", "grouped")


def kept_store(shop: Shop, folder: Path) -> None:
    """Put the orders of a folder in, with store views, products, customers and documents as far as they tell."""
    orders = list(_orders(folder))
    if not orders:
        raise ValueError(f"there are no orders in {folder}: one JSON file each, as sales_order.info answers them")
    shop.categories = {number: shop.categories[number] for number in (1, 2)}  # the roots
    _stores(shop, orders)
    _products(shop, orders)
    _customers(shop, orders)
    shop.orders.extend(Record(order) for order in orders)
    _documents(shop, folder)
    shop.not_before(max(str(order.get("updated_at") or "") for order in orders))


def _orders(folder: Path) -> Iterator[Row]:
    """The orders, ascending by their ids, which all have one."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        order = _read(path)
        if isinstance(order, dict) and ("items" in order or "increment_id" in order):
            order.setdefault("increment_id", path.stem)
            found[str(order["increment_id"])] = order
    last = max((as_int(order.get("order_id")) for order in found.values()), default=0)
    taken = set()
    for order in found.values():
        number = as_int(order.get("order_id"))
        if number <= 0 or number in taken:
            last += 1
            number = last
        taken.add(number)
        order["order_id"] = number
    yield from sorted(found.values(), key=lambda order: int(order["order_id"]))


def _read(path: Path) -> Value:
    return _ints(json.loads(path.read_text(encoding="utf-8")))


def _ints(value: Value, key: str = "") -> Value:
    """The value with the database's ints as ints."""
    if isinstance(value, dict):
        return {name: _ints(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_ints(inner) for inner in value]
    return int(value) if isinstance(value, str) and value.isdecimal() and _INT.fullmatch(key) else value


def _stores(shop: Shop, orders: list[Row]) -> None:
    """Store views by the ids and names that orders carry: website, store and view, a line each."""
    shop.stores, codes = [], set()
    websites: dict[str, int] = {}
    groups: dict[tuple[str, str], int] = {}
    for order in sorted(orders, key=lambda order: as_int(order.get("store_id"))):
        number = as_int(order.get("store_id"))
        if number <= 0 or number in {row["store_id"] for row in shop.stores}:
            continue
        names = str(order.get("store_name") or "").split("\n")
        website, group, name = names if len(names) == 3 else ("Main Website", "Main Website Store", f"Store {number}")
        code = re.sub(r"\W+", "_", name.strip(), flags=re.ASCII).strip("_").lower() or f"store_{number}"
        code = f"{code}_{number}" if code in codes or not code[0].isalpha() else code
        codes.add(code)
        ids: Row = {
            "website_id": websites.setdefault(website, len(websites) + 1),
            "group_id": groups.setdefault((website, group), len(groups) + 1),
        }
        row = {"store_id": number, "code": code, **ids, "name": name, "sort_order": len(shop.stores), "is_active": 1}
        shop.stores.append(row)
    shop.website_codes = {number: f"website_{number}" for number in websites.values()}
    shop.root_categories = dict.fromkeys(shop.website_codes, 2)


def _products(shop: Shop, orders: list[Row]) -> None:
    """The products that were sold, but for configurable ones and bundles, whose own SKUs orders do not tell."""
    found: dict[int, Row] = {}
    for order in orders:
        for item in _rows(order.get("items")):
            number, sku = as_int(item.get("product_id")), item.get("sku")
            if number <= 0 or not sku or item.get("product_type") not in _SIMPLE:
                continue
            known = found.setdefault(number, _product(item, number, order))
            known["sku"] = min(known["sku"], str(sku), key=len)  # options make it longer
    for number, row in sorted(found.items()):
        row["websites"] = list(shop.website_codes)
        shop.products.add(Record(row))
        shop.stock[number] = {"qty": "100.0000", "is_in_stock": 1}


def _product(item: Row, number: int, order: Row) -> Row:
    kind = item["product_type"] if item["product_type"] != "grouped" else "simple"
    created = str(order.get("created_at") or "2000-01-01 00:00:00")
    return {
        "product_id": number,
        "sku": str(item["sku"]),
        "name": item.get("name") or item["sku"],
        "set": 4,
        "type": kind,
        "type_id": kind,
        "categories": [],
        "category_ids": [],
        "status": 1,
        "visibility": 4,
        "tax_class_id": 2,
        "group_price": [],
        "tier_price": [],
        "price": _amount(item.get("original_price") or item.get("price")),
        "weight": _amount(item.get("weight")),
        "created_at": created.replace(" ", "T") + "+00:00",
        "updated_at": created,
    }


def _customers(shop: Shop, orders: list[Row]) -> None:
    """The customers of the orders, as the last order has them, and their addresses."""
    websites = {row["store_id"]: row["website_id"] for row in shop.stores}
    customers: dict[int, Row] = {}
    addresses: dict[int, Row] = {}
    for order in orders:
        number = as_int(order.get("customer_id"))
        if number <= 0 or not order.get("customer_email"):
            continue
        group = as_int(order.get("customer_group_id"))
        shop.groups.setdefault(group, f"Group {group}")
        store = as_int(order.get("store_id"))
        names = {key: order.get(f"customer_{key}") for key in ("prefix", "firstname", "middlename", "lastname")}
        created = {"created_at": order.get("created_at"), "updated_at": order.get("updated_at")}
        customers[number] = {
            "customer_id": number,
            "email": str(order["customer_email"]),
            **names,
            **created,
            "group_id": group,
            "store_id": store,
            "website_id": websites.get(store, 0),
            "created_in": "Kept",
        }
        for kind in ("billing_address", "shipping_address"):
            address = next(iter(_rows([order.get(kind)])), {})
            place = as_int(address.get("customer_address_id"))
            if place > 0:
                row = {key: address.get(key) for key in recorded.keys("customer_address")}
                addresses[place] = row | {"customer_address_id": place, "customer_id": number} | created
    shop.customers.extend(Record(customers[number]) for number in sorted(customers))
    for place in sorted(addresses):
        shop.add_address(Record(addresses[place]))


def _documents(shop: Shop, folder: Path) -> None:
    """The documents that were kept beside the orders, or above them."""
    path = next((one for one in (folder / DOCUMENTS, folder.parent / DOCUMENTS) if one.is_file()), None)
    kept = {} if path is None else _read(path)
    for kind in documents.PAGES:
        known = kept.get(f"sales_order_{kind}", {}).values()
        rows = [row for row in known if shop.orders.by_id(row["order_id"])]
        for row in sorted(rows, key=lambda row: int(row[f"{kind}_id"])):
            documents.table(shop, kind).add(Record(row))


def _rows(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _amount(value: Value) -> str:
    try:
        return amount(value or 0)
    except (TypeError, ValueError):
        return amount(0)
