"""What part of an order's amounts a document takes.

A document takes its share of each item's amounts by quantity, and the last one takes what is left, so that nothing is
lost to rounding. A dynamic bundle repeats the sums of its children, so those count and it does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from . import recorded
from .arithmetic import ZERO, cents
from .values import Row

Quantities = dict[int, Decimal]
Amounts = dict[str, Decimal]
PREFIXES = ("base_", "")
NAMES = ("tax", "discount", "hidden_tax")
_SHIPPING = ("shipping_amount", "shipping_tax_amount", "shipping_incl_tax", "shipping_hidden_tax_amount")


def dec(value: str | int | None) -> Decimal:
    """A column's number; none is zero."""
    return Decimal(value or 0)


def text(value: Decimal) -> str:
    """A decimal column's text."""
    return f"{value:.4f}"


def raise_by(row: Row, key: str, value: Decimal) -> None:
    """Add to a column."""
    row[key] = text(dec(row.get(key)) + value)


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum."""
    return sum(values, ZERO)


def is_dynamic(item: Row) -> bool:
    """Whether it is a bundle whose price is that of its children."""
    return bool(item.get("has_children")) and item["tax_percent"] is None


def in_parts(item: Row, kind: str) -> bool:
    """Whether documents of a kind count not this item but its children."""
    if kind == "shipment":
        return '"shipment_type";i:1;' in (item.get("product_options") or "")
    return is_dynamic(item)


def counting(order: Row, kind: str) -> list[Row]:
    """The items that documents of a kind count: those without a parent, but of some bundles the children."""
    parted = {item["item_id"] for item in order["items"] if in_parts(item, kind)}
    return [
        item for item in order["items"] if item["item_id"] not in parted and item["parent_item_id"] in (None, *parted)
    ]


def open_quantities(order: Row, done: str, given: Quantities | None = None) -> Quantities:
    """How much of each item a document is for: what is given, or all that is left; children go with their parent."""
    found: Quantities = {}
    parents = {item["item_id"]: item for item in order["items"]}
    for item in order["items"]:
        ordered, parent = dec(item["qty_ordered"]), parents.get(item["parent_item_id"])
        left = ordered - dec(item[done]) - dec(item["qty_canceled"])
        if done == "qty_shipped":
            left -= dec(item["qty_refunded"])
        if done == "qty_refunded":
            left = dec(item["qty_invoiced"]) - dec(item["qty_refunded"])
        wanted = left if given is None else given.get(item["item_id"], ZERO)
        if given is not None and parent is not None and item["item_id"] not in given:
            wanted = found.get(parent["item_id"], ZERO) * ordered / dec(parent["qty_ordered"])
        found[item["item_id"]] = max(min(wanted, left), ZERO)
    return found


def document_items(order: Row, quantities: Quantities, kind: str, number: int) -> list[Row]:
    """The document's items, with their shares of the amounts; the order's items move on."""
    rows: list[Row] = []
    for index, item in enumerate(order["items"]):
        qty = quantities.get(item["item_id"], ZERO)
        if not qty:
            continue
        row: Row = {key: item.get(key) for key in recorded.keys(f"{kind}_item")}
        row |= {"parent_id": number, "qty": text(qty), "order_item_id": item["item_id"]}
        row["item_id"] = number * 100 + index
        for prefix in PREFIXES:
            _take(item, row, qty, kind, prefix)
        raise_by(item, "qty_invoiced" if kind == "invoice" else "qty_refunded", qty)
        rows.append(row)
    _repeat_children(order, rows)
    return rows


def _take(item: Row, row: Row, qty: Decimal, kind: str, prefix: str) -> None:
    """Put an item's share into a document's row, and note on the item that it is taken."""
    suffix, done = ("invoiced", "qty_invoiced") if kind == "invoice" else ("refunded", "qty_refunded")
    so_far = {name: f"{prefix}{name}_{suffix}" for name in NAMES}
    so_far["row"] = f"{prefix}row_invoiced" if kind == "invoice" else f"{prefix}amount_refunded"
    columns = {name: f"{prefix}{name}_amount" for name in NAMES} | {"row": f"{prefix}row_total"}
    last = dec(item[done]) + qty >= dec(item["qty_ordered"])
    shares: Amounts = {}
    for name, column in columns.items():
        whole = dec(item.get(column))
        shares[name] = whole - dec(item.get(so_far[name])) if last else cents(whole * qty / dec(item["qty_ordered"]))
        row[column] = None if item.get(column) is None else text(shares[name])
        if not is_dynamic(item):
            raise_by(item, so_far[name], shares[name])
    row[f"{prefix}row_total_incl_tax"] = text(shares["row"] + shares["tax"] + shares["hidden_tax"])


def _repeat_children(order: Row, rows: list[Row]) -> None:
    """A dynamic bundle's row says what its children's rows sum up to."""
    by_item = {row["order_item_id"]: row for row in rows}
    for item in order["items"]:
        if not is_dynamic(item) or item["item_id"] not in by_item:
            continue
        inner = [one["item_id"] for one in order["items"] if one["parent_item_id"] == item["item_id"]]
        for prefix in PREFIXES:
            for key in (f"{prefix}tax_amount", f"{prefix}row_total", f"{prefix}row_total_incl_tax"):
                by_item[item["item_id"]][key] = text(total(dec(by_item[one][key]) for one in inner if one in by_item))


def counted(order: Row, rows: list[Row]) -> list[Row]:
    """The rows that charge something: those without a parent, but of a dynamic bundle the children."""
    dynamic = {item["item_id"] for item in order["items"] if is_dynamic(item)}
    wanted = {
        item["item_id"]
        for item in order["items"]
        if item["parent_item_id"] in dynamic or (not item["parent_item_id"] and item["item_id"] not in dynamic)
    }
    return [row for row in rows if row["order_item_id"] in wanted]


def totals(order: Row, rows: list[Row], prefix: str, shipping: Decimal | None) -> Amounts:
    """A document's totals in one currency; `shipping` None takes all of the order's shipping."""
    charged = counted(order, rows)
    values = {f"{name}_amount": total(dec(row[f"{prefix}{name}_amount"]) for row in charged) for name in NAMES}
    weee = total(cents(dec(row[f"{prefix}weee_tax_applied_amount"]) * dec(row["qty"])) for row in charged)
    values["subtotal"] = total(dec(row[f"{prefix}row_total"]) for row in charged)
    values["subtotal_incl_tax"] = total(dec(row[f"{prefix}row_total_incl_tax"]) for row in charged) + weee
    values["subtotal" if _weee_in_subtotal(order) else "tax_amount"] += weee
    whole = dec(order[f"{prefix}shipping_amount"])
    part = Decimal(1) if shipping is None else shipping / whole if whole else ZERO
    values |= {key: cents(dec(order[f"{prefix}{key}"]) * part) for key in _SHIPPING}
    values["tax_amount"] += values["shipping_tax_amount"]
    values["discount_amount"] += cents(dec(order[f"{prefix}shipping_discount_amount"]) * part)
    added = ("subtotal", "shipping_amount", "tax_amount", "hidden_tax_amount", "shipping_hidden_tax_amount")
    values["grand_total"] = total(values[key] for key in added) - values["discount_amount"]
    return values


def _weee_in_subtotal(order: Row) -> bool:
    rows = total(dec(item["row_total"]) for item in order["items"] if not item["parent_item_id"])
    return dec(order["subtotal"]) != rows


def put(document: Row, values: Amounts, prefix: str) -> None:
    """Write the totals on a document."""
    signed = values | {"discount_amount": -values["discount_amount"]}
    document.update((prefix + key, text(value)) for key, value in signed.items() if prefix + key in document)


def top_quantity(order: Row, rows: list[Row]) -> Decimal:
    """How many pieces a document is about."""
    tops = {item["item_id"] for item in counting(order, "invoice")}
    return total(dec(row["qty"]) for row in rows if row["order_item_id"] in tops)
