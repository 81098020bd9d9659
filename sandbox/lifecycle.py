"""What happens to an order after it was placed: invoices, shipments, credit memos, and the amounts they move.

Each function changes the order, and those that make a document answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from . import recorded
from .arithmetic import ZERO, cents
from .shares import (
    PREFIXES,
    Amounts,
    Quantities,
    counting,
    dec,
    document_items,
    open_quantities,
    put,
    raise_by,
    text,
    top_quantity,
    total,
    totals,
)
from .values import Row

# Payment methods that take money online: their invoices are open until they are captured.
GATEWAYS = ("authorizenet", "paypal_direct")
_SHIPPED = ("shipped", "canceled", "refunded")


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
    rows = document_items(order, quantities, "invoice", number)
    for prefix in PREFIXES:
        values = totals(order, rows, prefix, None if first else ZERO)
        put(document, values, prefix)
        _note_invoiced(order, values, prefix)
        if not is_online(order):
            _note_paid(order, values["grand_total"], prefix)
    order["base_total_invoiced_cost"] = "0.0000"
    address = order["billing_address"]
    if is_online(order):
        document["state"] = 1
    document |= {
        "total_qty": text(top_quantity(order, rows)),
        "can_void_flag": 0,
        "order_created_at": order["created_at"],
        **{f"billing_{key}": address.get(key) for key in ("firstname", "middlename", "lastname")},
        "items": rows,
    }
    _settle(order, when, "invoice")
    return document


def is_online(order: Row) -> bool:
    """Whether an invoice is not paid by being made."""
    return order["payment"].get("method") in GATEWAYS


def capture(order: Row, document: Row, when: str) -> None:
    """Take the money of an open invoice."""
    document["state"], document["updated_at"] = 2, when
    for prefix in PREFIXES:
        _note_paid(order, dec(document[f"{prefix}grand_total"]), prefix)
    order["updated_at"] = max(when, order["updated_at"])


def _note_paid(order: Row, amount: Decimal, prefix: str) -> None:
    """Note on the order what was paid."""
    raise_by(order, f"{prefix}total_paid", amount)
    order[f"{prefix}total_due"] = text(dec(order[f"{prefix}grand_total"]) - dec(order[f"{prefix}total_paid"]))
    order["payment"][f"{prefix}amount_paid"] = order[f"{prefix}total_paid"]
    order["payment"][f"{prefix}shipping_captured"] = order[f"{prefix}shipping_invoiced"]


def _note_invoiced(order: Row, values: Amounts, prefix: str) -> None:
    """Note on the order what was invoiced."""
    moved = {
        "subtotal_invoiced": values["subtotal"],
        "tax_invoiced": values["tax_amount"],
        "hidden_tax_invoiced": values["hidden_tax_amount"],
        "discount_invoiced": -values["discount_amount"],
        "shipping_invoiced": values["shipping_amount"],
        "total_invoiced": values["grand_total"],
    }
    for key, value in moved.items():
        raise_by(order, prefix + key, value)


def ship(order: Row, number: int, increment_id: str, when: str, given: Quantities | None = None) -> Row:
    """Ship an order, or part of it."""
    document = _document(order, "shipment", number, increment_id, when) | {"tracks": [], "total_weight": None}
    quantities, count = open_quantities(order, "qty_shipped", given), ZERO
    counted = {item["item_id"] for item in counting(order, "shipment")}
    for index, item in enumerate(order["items"]):
        qty = quantities[item["item_id"]]
        if item["is_virtual"] or not qty:
            continue
        raise_by(item, "qty_shipped", qty)
        if item["item_id"] in counted:
            count += qty
        elif item["parent_item_id"]:
            continue
        row: Row = {key: item.get(key) for key in recorded.keys("shipment_item")} | {"row_total": None}
        row |= {"parent_id": number, "qty": text(qty), "order_item_id": item["item_id"]}
        document["items"].append(row | {"item_id": number * 100 + index})
    document["total_qty"] = text(count)
    _settle(order, when, "shipment")
    return {key: document[key] for key in recorded.keys("shipment")}


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
    rows = document_items(order, quantities, "creditmemo", number)
    for prefix in PREFIXES:
        rate = Decimal(1) if prefix else dec(order["base_to_order_rate"])
        values = totals(order, rows, prefix, None if shipping is None else cents(shipping * rate))
        plus, minus = cents(positive * rate), cents(negative * rate)
        values["grand_total"] += plus - minus
        values |= {"adjustment_positive": plus, "adjustment_negative": minus, "adjustment": plus - minus}
        put(document, values, prefix)
        _note_refunded(order, values, prefix)
    document |= {"order_increment_id": order["increment_id"], "items": rows, "comments": []}
    amount = f"${dec(document['base_grand_total']):.2f}"
    note(order, order["status"], when, "creditmemo", f"Refunded amount of {amount} offline.")
    _settle(order, when, "creditmemo")
    return document


def _note_refunded(order: Row, values: Amounts, prefix: str) -> None:
    """Note on the order what was refunded."""
    moved = {
        "subtotal_refunded": values["subtotal"],
        "tax_refunded": values["tax_amount"],
        "hidden_tax_refunded": values["hidden_tax_amount"],
        "discount_refunded": -values["discount_amount"],
        "shipping_refunded": values["shipping_amount"],
        "shipping_tax_refunded": values["shipping_tax_amount"],
        "adjustment_positive": values["adjustment_positive"],
        "adjustment_negative": values["adjustment_negative"],
        "total_refunded": values["grand_total"],
        "total_offline_refunded": values["grand_total"],
    }
    for key, value in moved.items():
        raise_by(order, prefix + key, value)
    order["payment"][f"{prefix}amount_refunded"] = order[f"{prefix}total_refunded"]
    order["payment"][f"{prefix}shipping_refunded"] = order[f"{prefix}shipping_refunded"]


def _settle(order: Row, when: str, entity: str) -> None:
    """The state that an order has by what was done to it."""
    items = counting(order, "invoice")
    invoiced = all(dec(item["qty_invoiced"]) + dec(item["qty_canceled"]) >= dec(item["qty_ordered"]) for item in items)
    shipped = all(
        item["is_virtual"] or dec(item["qty_ordered"]) <= total(dec(item[f"qty_{done}"]) for done in _SHIPPED)
        for item in counting(order, "shipment")
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
