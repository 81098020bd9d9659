"""What happens to an order after it was placed: invoices, shipments, credit memos, and the amounts they move.

A document takes its share of each item's amounts by quantity, and the last one takes what is left, so that nothing is
lost to rounding. Each function changes the order and answers the document.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from . import recorded
from .arithmetic import ZERO, cents
from .values import Row

Quantities = dict[int, Decimal]
_NAMES = ("tax", "discount", "hidden_tax")


def dec(value: str | int | None) -> Decimal:
    """A column's number; none is zero."""
    return Decimal(value or 0)


def text(value: Decimal) -> str:
    """A decimal column's text."""
    return f"{value:.4f}"


def raise_by(row: Row, key: str, value: Decimal) -> None:
    """Add to a column."""
    row[key] = text(dec(row.get(key)) + value)


def note(order: Row, status: str, when: str, entity: str, comment: str | None = None, notified: int = 2) -> None:
    """Put an entry on top of the order's history."""
    values = {
        "parent_id": order["order_id"],
        "is_customer_notified": notified,
        "is_visible_on_front": 0,
        "comment": comment,
        "status": status,
        "created_at": when,
        "entity_name": entity,
        "store_id": order["store_id"],
    }
    order["status_history"].insert(0, {key: values[key] for key in recorded.keys("history")})


def turn(order: Row, state: str, when: str, status: str | None = None) -> None:
    """Give the order a state, and with it a status."""
    order["state"], order["status"] = state, status or state
    order["updated_at"] = max(when, order["updated_at"])


def open_quantities(order: Row, done: str, given: Quantities | None = None) -> Quantities:
    """How much of each item a document is for: what is given, or all that is left; children go with their parent."""
    found: Quantities = {}
    for item in order["items"]:
        ordered = dec(item["qty_ordered"])
        left = ordered - dec(item[done]) - dec(item["qty_canceled"])
        if done == "qty_refunded":
            left = dec(item["qty_invoiced"]) - dec(item["qty_refunded"])
        wanted = left if given is None else given.get(item["item_id"], ZERO)
        parent = next((one for one in order["items"] if one["item_id"] == item["parent_item_id"]), None)
        if given is not None and parent is not None and item["item_id"] not in given:
            wanted = found.get(parent["item_id"], ZERO) * ordered / dec(parent["qty_ordered"])
        found[item["item_id"]] = min(wanted, left)
    return found


def _share(item: Row, amount: str, so_far: str, qty: Decimal, done: str) -> Decimal:
    """A document's part of one of the item's amounts."""
    whole, ordered = dec(item.get(amount)), dec(item["qty_ordered"])
    if dec(item[done]) + qty >= ordered:
        return whole - dec(item.get(so_far))
    return cents(whole * qty / ordered)


def _document_items(order: Row, quantities: Quantities, kind: str, number: int) -> list[Row]:
    """The document's items, with their shares of the amounts; the order's items move on."""
    done = "qty_invoiced" if kind == "invoice" else "qty_refunded"
    suffix = "invoiced" if kind == "invoice" else "refunded"
    rows: list[Row] = []
    for index, item in enumerate(order["items"]):
        qty = quantities.get(item["item_id"], ZERO)
        if not qty:
            continue
        row: Row = {key: item.get(key) for key in recorded.keys(f"{kind}_item")}
        row |= {
            "parent_id": number,
            "qty": text(qty),
            "order_item_id": item["item_id"],
            "item_id": number * 100 + index,
        }
        dynamic = item.get("has_children") and item["tax_percent"] is None
        for prefix in ("base_", ""):
            row_key = f"{prefix}row_invoiced" if kind == "invoice" else f"{prefix}amount_refunded"
            shares = {
                name: _share(item, f"{prefix}{name}_amount", f"{prefix}{name}_{suffix}", qty, done) for name in _NAMES
            }
            net = _share(item, f"{prefix}row_total", row_key, qty, done)
            row[f"{prefix}row_total"] = text(net)
            row[f"{prefix}row_total_incl_tax"] = text(net + shares["tax"] + shares["hidden_tax"])
            for name, value in shares.items():
                row[f"{prefix}{name}_amount"] = text(value) if item.get(f"{prefix}{name}_amount") is not None else None
                if not dynamic:
                    raise_by(item, f"{prefix}{name}_{suffix}", value)
            if not dynamic:
                raise_by(item, row_key, net)
        raise_by(item, done, qty)
        rows.append(row)
    return rows


def _charged(rows: list[Row], items: list[Row]) -> list[Row]:
    """The rows whose amounts count: those without a parent; of a dynamic bundle the children are left out."""
    parents = {item["item_id"] for item in items if not item["parent_item_id"]}
    return [row for row in rows if row["order_item_id"] in parents]


def _totals(order: Row, rows: list[Row], prefix: str, shipping: Decimal | None) -> Row:
    """A document's totals in one currency; `shipping` None takes all of the order's shipping."""
    counted = _charged(rows, order["items"])
    values = {f"{name}_amount": sum((dec(row[f"{prefix}{name}_amount"]) for row in counted), ZERO) for name in _NAMES}
    dynamic = {item["item_id"] for item in order["items"] if item.get("has_children") and item["tax_percent"] is None}
    inner = {item["item_id"] for item in order["items"] if item["parent_item_id"] in dynamic}
    for name in ("discount", "hidden_tax"):
        values[f"{name}_amount"] += sum(
            (dec(row[f"{prefix}{name}_amount"]) for row in rows if row["order_item_id"] in inner), ZERO
        )
    values["subtotal"] = sum((dec(row[f"{prefix}row_total"]) for row in counted), ZERO)
    weee = sum((cents(dec(row[f"{prefix}weee_tax_applied_amount"]) * dec(row["qty"])) for row in counted), ZERO)
    in_subtotal = _weee_in_subtotal(order)
    values["subtotal" if in_subtotal else "tax_amount"] += weee
    values["subtotal_incl_tax"] = sum((dec(row[f"{prefix}row_total_incl_tax"]) for row in counted), ZERO) + weee
    whole = {
        key: dec(order[f"{prefix}{key}"]) for key in ("shipping_amount", "shipping_tax_amount", "shipping_incl_tax")
    }
    whole["shipping_hidden_tax_amount"] = dec(order[f"{prefix}shipping_hidden_tax_amount"])
    part = Decimal(1) if shipping is None else shipping / whole["shipping_amount"] if whole["shipping_amount"] else ZERO
    values |= {key: cents(value * part) for key, value in whole.items()}
    values["tax_amount"] += values["shipping_tax_amount"]
    values["discount_amount"] += cents(dec(order[f"{prefix}shipping_discount_amount"]) * part)
    values["grand_total"] = (
        values["subtotal"] + values["shipping_amount"] + values["tax_amount"] - values["discount_amount"]
        + values["hidden_tax_amount"] + values["shipping_hidden_tax_amount"]
    )  # fmt: skip
    return values


def _weee_in_subtotal(order: Row) -> bool:
    rows = sum((dec(item["row_total"]) for item in order["items"] if not item["parent_item_id"]), ZERO)
    return dec(order["subtotal"]) != rows


def _document(order: Row, kind: str, number: int, increment_id: str, when: str) -> Row:
    """A document's keys, with what it takes over from the order."""
    document: Row = {key: order.get(key) for key in recorded.keys(kind)}
    keys = ("coupon_code", "applied_rule_ids", "email_sent", "transaction_id")
    document |= {key: None for key in keys if key in document}
    document |= {
        f"{kind}_id": number,
        "increment_id": increment_id,
        "created_at": when,
        "updated_at": when,
        "order_id": order["order_id"],
        "items": [],
        "comments": [],
    }
    if kind in ("invoice", "creditmemo"):
        document |= {"state": 2, "order_increment_id": order["increment_id"]}
    return document


def invoice(order: Row, number: int, increment_id: str, when: str, given: Quantities | None = None) -> Row:
    """Invoice an order, or part of it; its shipping is on the first invoice."""
    quantities = open_quantities(order, "qty_invoiced", given)
    first = order["total_invoiced"] is None
    document = _document(order, "invoice", number, increment_id, when)
    rows = _document_items(order, quantities, "invoice", number)
    for prefix in ("base_", ""):
        values = _totals(order, rows, prefix, None if first else ZERO)
        _put(document, values, prefix)
        for name in ("subtotal", "tax", "hidden_tax"):
            raise_by(order, f"{prefix}{name}_invoiced", values[name if name == "subtotal" else f"{name}_amount"])
        raise_by(order, f"{prefix}discount_invoiced", -values["discount_amount"])
        raise_by(order, f"{prefix}shipping_invoiced", values["shipping_amount"])
        for key in ("total_invoiced", "total_paid"):
            raise_by(order, f"{prefix}{key}", values["grand_total"])
        order[f"{prefix}total_due"] = text(dec(order[f"{prefix}grand_total"]) - dec(order[f"{prefix}total_paid"]))
        order["payment"][f"{prefix}amount_paid"] = order[f"{prefix}total_paid"]
        order["payment"][f"{prefix}shipping_captured"] = order[f"{prefix}shipping_invoiced"]
    order["base_total_invoiced_cost"] = "0.0000"
    address = order["billing_address"]
    document |= {
        "total_qty": text(_total_qty(order, rows)),
        "can_void_flag": 0,
        "order_created_at": order["created_at"],
        **{f"billing_{key}": address.get(key) for key in ("firstname", "middlename", "lastname")},
        "items": rows,
    }
    _settle(order, when, "invoice")
    return document


def _put(document: Row, values: dict[str, Decimal], prefix: str) -> None:
    signed = values | {"discount_amount": -values["discount_amount"]}
    document.update((prefix + key, text(value)) for key, value in signed.items() if prefix + key in document)


def _total_qty(order: Row, rows: list[Row]) -> Decimal:
    return sum((dec(row["qty"]) for row in _charged(rows, order["items"])), ZERO)


def ship(order: Row, number: int, increment_id: str, when: str, given: Quantities | None = None) -> Row:
    """Ship an order, or part of it."""
    document = _document(order, "shipment", number, increment_id, when) | {"tracks": [], "total_weight": None}
    total = ZERO
    for index, item in enumerate(order["items"]):
        qty = open_quantities(order, "qty_shipped", given).get(item["item_id"], ZERO)
        if item["is_virtual"] or not qty:
            continue
        raise_by(item, "qty_shipped", qty)
        if item["parent_item_id"]:
            continue
        total += qty
        row: Row = {key: item.get(key) for key in recorded.keys("shipment_item")} | {"row_total": None}
        row |= {
            "parent_id": number,
            "qty": text(qty),
            "order_item_id": item["item_id"],
            "item_id": number * 100 + index,
        }
        document["items"].append(row)
    document["total_qty"] = text(total)
    document = {key: document[key] for key in recorded.keys("shipment")}
    _settle(order, when, "shipment")
    return document


def refund(
    order: Row,
    number: int,
    increment_id: str,
    when: str,
    given: Quantities | None = None,
    shipping: Decimal | None = None,
    positive: Decimal = ZERO,
    negative: Decimal = ZERO,
) -> Row:
    """Refund what was invoiced, or part of it, offline; with an adjustment for or against the customer."""
    quantities = open_quantities(order, "qty_refunded", given)
    document = _document(order, "creditmemo", number, increment_id, when)
    rows = _document_items(order, quantities, "creditmemo", number)
    rate = dec(order["base_to_order_rate"])
    for prefix in ("base_", ""):
        convert = Decimal(1) if prefix else rate
        values = _totals(order, rows, prefix, shipping if prefix or shipping is None else cents(shipping * rate))
        plus, minus = cents(positive * convert), cents(negative * convert)
        values["grand_total"] += plus - minus
        values |= {"adjustment_positive": plus, "adjustment_negative": minus, "adjustment": plus - minus}
        _put(document, values, prefix)
        for name in ("tax", "hidden_tax"):
            raise_by(order, f"{prefix}{name}_refunded", values[f"{name}_amount"])
        raise_by(order, f"{prefix}subtotal_refunded", values["subtotal"])
        raise_by(order, f"{prefix}discount_refunded", -values["discount_amount"])
        raise_by(order, f"{prefix}shipping_refunded", values["shipping_amount"])
        raise_by(order, f"{prefix}shipping_tax_refunded", values["shipping_tax_amount"])
        raise_by(order, f"{prefix}adjustment_positive", plus)
        raise_by(order, f"{prefix}adjustment_negative", minus)
        for key in ("total_refunded", "total_offline_refunded"):
            raise_by(order, f"{prefix}{key}", values["grand_total"])
        order["payment"][f"{prefix}amount_refunded"] = order[f"{prefix}total_refunded"]
        order["payment"][f"{prefix}shipping_refunded"] = order[f"{prefix}shipping_refunded"]
    document |= {"order_increment_id": order["increment_id"], "items": rows, "comments": []}
    note(
        order,
        order["status"],
        when,
        "creditmemo",
        f"Refunded amount of ${dec(document['base_grand_total']):.2f} offline.",
    )
    _settle(order, when, "creditmemo")
    return document


def _settle(order: Row, when: str, entity: str) -> None:
    """The state that an order has by what was done to it."""
    items = [item for item in order["items"] if not item["parent_item_id"]]
    invoiced = all(dec(item["qty_invoiced"]) + dec(item["qty_canceled"]) >= dec(item["qty_ordered"]) for item in items)
    shipped = all(
        item["is_virtual"] or dec(item["qty_shipped"]) + dec(item["qty_canceled"]) >= dec(item["qty_ordered"])
        for item in items
    )
    refunded = all(dec(item["qty_refunded"]) >= dec(item["qty_invoiced"]) for item in items)
    state = "complete" if invoiced and shipped else "processing"
    if entity == "creditmemo" and refunded and invoiced:
        state = "closed"
    turn(order, state, when)
    note(order, order["status"], when, entity)


def cancel(order: Row, when: str) -> None:
    """Cancel what is not invoiced yet."""
    for item in order["items"]:
        raise_by(item, "qty_canceled", dec(item["qty_ordered"]) - dec(item["qty_invoiced"]))
    for prefix in ("base_", ""):
        for name in ("subtotal", "discount", "shipping", "tax"):
            key = f"{prefix}{name}" if name == "subtotal" else f"{prefix}{name}_amount"
            order[f"{prefix}{name}_canceled"] = text(dec(order[key]) - dec(order[f"{prefix}{name}_invoiced"]))
        left = dec(order[f"{prefix}grand_total"]) - dec(order[f"{prefix}total_invoiced"])
        order[f"{prefix}total_canceled"] = text(left)
    turn(order, "canceled", when)
    note(order, "canceled", when, "order")


def hold(order: Row, when: str) -> None:
    """Put the order on hold."""
    order["hold_before_state"], order["hold_before_status"] = order["state"], order["status"]
    turn(order, "holded", when)
    note(order, "holded", when, "order")


def unhold(order: Row, when: str) -> None:
    """Let the order go on."""
    turn(order, order["hold_before_state"], when, order["hold_before_status"])
    order["hold_before_state"] = order["hold_before_status"] = None
    note(order, order["status"], when, "order")


MAKERS: dict[str, Callable[..., Row]] = {"invoice": invoice, "shipment": ship, "creditmemo": refund}
