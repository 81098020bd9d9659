"""sales_order: comments, hold, unhold, cancel."""

from __future__ import annotations

from .. import lifecycle
from ..faults import fault
from ..shares import counting, dec
from ..shop import Shop
from ..values import Row, Value
from .table import method

_FINAL = ("canceled", "complete", "closed")


def add_comment(shop: Shop, increment_id: Value, status: Value, comment: Value = None, notify: Value = None) -> bool:
    """sales_order.addComment: any status is taken, also one that the shop does not know."""
    order = shop.order(increment_id).edit()
    order["status"] = str(status)
    order["updated_at"] = shop.now()
    for prefix in ("base_", ""):
        left = dec(order[f"{prefix}grand_total"]) - dec(order[f"{prefix}total_paid"])
        order[f"{prefix}total_due"] = f"{left:.4f}"
    notified = 1 if notify not in (None, False, 0, "0", "") else 0
    lifecycle.note(order, order["status"], shop.now(), "order", comment or None, notified)
    return True


def _available(order: Row, action: str) -> bool:
    state = order["state"]
    if action == "hold":
        return state not in (*_FINAL, "payment_review", "holded")
    if action == "unhold":
        return bool(state == "holded")
    open_items = any(dec(item["qty_invoiced"]) < dec(item["qty_ordered"]) for item in counting(order, "invoice"))
    return state not in (*_FINAL, "payment_review", "holded") and open_items


def _act(shop: Shop, increment_id: Value, action: str, message: str | None) -> bool:
    record = shop.order(increment_id)
    if not _available(record.full(), action):
        raise fault("status_not_changed", "sales_order", message)
    acts = {"hold": lifecycle.hold, "unhold": lifecycle.unhold, "cancel": lifecycle.cancel}
    acts[action](record.edit(), shop.now())
    return True


def hold(shop: Shop, increment_id: Value) -> bool:
    """sales_order.hold"""
    return _act(shop, increment_id, "hold", "Hold action is not available.")


def unhold(shop: Shop, increment_id: Value) -> bool:
    """sales_order.unhold"""
    return _act(shop, increment_id, "unhold", "Unhold action is not available.")


def cancel(shop: Shop, increment_id: Value) -> bool:
    """sales_order.cancel: the stock of what is cancelled comes back."""
    open_before = {
        item["product_id"]: dec(item["qty_ordered"]) - dec(item["qty_invoiced"])
        for item in shop.order(increment_id).full()["items"]
    }
    _act(shop, increment_id, "cancel", None)
    for product_id, qty in open_before.items():
        stock = shop.stock.get(product_id)
        if stock is not None:
            stock["qty"] = f"{dec(stock['qty']) + qty:.4f}"
    return True


METHODS = [
    method(
        "sales_order.addComment",
        add_comment,
        "salesOrderAddComment",
        "orderIncrementId!",
        "status!",
        "comment",
        "notify",
        required=2,
        wsi_int=True,
    ),
    *(
        method(
            f"sales_order.{action.__name__}",
            action,
            f"salesOrder{action.__name__.capitalize()}",
            "orderIncrementId!",
            required=1,
            wsi_int=True,
        )
        for action in (hold, unhold, cancel)
    ),
]
