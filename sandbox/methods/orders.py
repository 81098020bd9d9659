"""sales_order: lists with filters, single orders."""

from __future__ import annotations

from .. import recorded
from ..faults import Fault
from ..filters import fields
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value
from .table import method

_SHIPPING = ("firstname", "middlename", "lastname", "telephone", "postcode")
_NO_COLUMN = (
    "SQLSTATE[42S22]: Column not found: 1054 Unknown column '{0}' in 'WHERE', query was: SELECT {1} WHERE (`{0}` = ...)"
)


def mapped(filters: Value, names: dict[str, str], known: set[str], query: str) -> dict[str, Value]:
    """The filters by this shop's field names; an unknown one is an SQL error, with its text."""
    found = {names.get(field, field): value for field, value in fields(filters).items()}
    for field in found:
        if field not in known:
            raise Fault(1, _NO_COLUMN.format(field, query))
    return found


def order_list(shop: Shop, filters: Value = None) -> list[Row]:
    """sales_order.list"""
    known = set(recorded.keys("order_list"))
    query = "`main_table`.* FROM `sales_flat_order` AS `main_table`"
    rows = shop.orders.select(mapped(filters, {"entity_id": "order_id"}, known, query))
    shop.check_size(rows, shop.settings.order_list_limit)
    return [list_row(shop, record) for record in rows]


def list_row(shop: Shop, record: Record) -> Row:
    """An order as the list has it: no items, no addresses, but some names joined from these."""
    order = record.full()
    row = {key: order.get(key) for key in recorded.keys("order_list")}
    billing, shipping = (_struct(order.get(f"{kind}_address")) for kind in ("billing", "shipping"))
    row.update({key: shipping.get(key) for key in _SHIPPING})
    for kind, address in (("billing", billing), ("shipping", shipping)):
        first, last = address.get("firstname"), address.get("lastname")
        row[f"{kind}_firstname"], row[f"{kind}_lastname"] = first, last
        row[f"{kind}_name"] = None if first is None or last is None else f"{first} {last}"
    return row | shop.list_rows.get(str(order["increment_id"]), {})


def _struct(value: Value) -> Row:
    return value if isinstance(value, dict) else {}


def order_info(shop: Shop, increment_id: Value) -> Value:
    """sales_order.info"""
    if str(increment_id) in shop.payloads:
        return shop.payloads[str(increment_id)]
    order = shop.order(increment_id).full()
    if shop.settings.version.history_store or "status_history" not in order:
        return order
    entries = [{key: value for key, value in one.items() if key != "store_id"} for one in order["status_history"]]
    return order | {"status_history": entries}


METHODS = [
    method(
        "sales_order.list", order_list, "salesOrderList", "filters:filters!", result="result:salesOrderListEntityArray"
    ),
    method(
        "sales_order.info",
        order_info,
        "salesOrderInfo",
        "orderIncrementId!",
        required=1,
        result="result:salesOrderEntity",
    ),
]
