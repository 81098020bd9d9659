"""From what an order is made of to the order as Magento keeps it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from zlib import crc32

from .. import recorded
from ..arithmetic import CENT, ZERO, Amounts, Charge, Totals, calculate, cents, percent_off, share_out
from ..php import serialize
from ..values import Row
from .spec import Line, OrderSpec

_ITEM = [key for key in recorded.keys("item") if key not in recorded.OPTIONAL]
_ORDER = [key for key in recorded.keys("order") if key not in recorded.OPTIONAL]
_PAYMENT, _ADDRESS, _HISTORY = (recorded.keys(kind) for kind in ("payment", "address", "history"))
NIL = "0.0000"
_AT_ZERO = [
    "qty_canceled",
    "qty_invoiced",
    "qty_refunded",
    "qty_shipped",
    "tax_invoiced",
    "base_tax_invoiced",
    "discount_percent",
    "discount_amount",
    "base_discount_amount",
    "discount_invoiced",
    "base_discount_invoiced",
    "amount_refunded",
    "base_amount_refunded",
    "row_total",
    "base_row_total",
    "row_invoiced",
    "base_row_invoiced",
    "hidden_tax_invoiced",
    "base_hidden_tax_invoiced",
    "price",
    "base_price",
    "original_price",
    "weee_tax_applied_amount",
    "weee_tax_applied_row_amount",
    "base_weee_tax_applied_amount",
    "base_weee_tax_applied_row_amnt",
    "base_weee_tax_applied_row_amount",
    "weee_tax_disposition",
    "weee_tax_row_disposition",
    "base_weee_tax_disposition",
    "base_weee_tax_row_disposition",
]
_EMPTY_ITEM: Row = dict.fromkeys(_ITEM) | dict.fromkeys(_AT_ZERO, NIL)
_EMPTY_ITEM |= {"free_shipping": 0, "is_qty_decimal": 0, "no_discount": 0, "is_nominal": 0}
_EMPTY_ITEM |= {"gift_message_available": 1, "weee_tax_applied": "a:0:{}"}


def money(value: Decimal) -> str:
    """A decimal column's text."""
    return f"{value:.4f}"


def build(spec: OrderSpec) -> Row:
    """The order, new and pending."""
    base, totals = _calculated(spec)
    order: Row = dict.fromkeys(_ORDER)
    order.update(_head(spec) | _who(spec))
    order.update(_amounts(spec, base, "base_"))
    order.update(_amounts(spec, totals, ""))
    order["items"] = _items(spec, base, totals)
    order["weight"] = money(sum((Decimal(item["row_weight"] or 0) for item in order["items"]), ZERO))
    order["total_item_count"] = len(spec.lines)
    order["total_qty_ordered"] = money(sum((line.qty for line in spec.lines), ZERO))
    order["billing_address"] = _address(spec, spec.billing, "billing")
    order["shipping_address"] = _address(spec, spec.shipping, "shipping") if spec.shipping else []
    order["payment"] = _payment(spec, order)
    order["status_history"] = [_entry(order, text) for text in reversed(spec.comments)] + [_entry(order, spec.note)]
    order.update(spec.extra)
    if spec.gift_message:
        order |= {"gift_message_id": spec.order_id, "gift_message": spec.gift_message}
        keys = recorded.keys("order")
        order = {
            key: order[key] for key in sorted(order, key=lambda key: keys.index(key) if key in keys else len(keys))
        }
    return order


def _calculated(spec: OrderSpec) -> tuple[Totals, Totals]:
    """All amounts, in base and in order currency."""
    charged = [line for outer in spec.lines for line in outer.charged]
    rules, rate = spec.profile.rules(spec.algorithm, spec.weee_in_subtotal), spec.profile.rate
    charges = [Charge(line.price, line.qty, line.rate, weee=line.weee) for line in charged]
    shipping = Charge(spec.shipping_price, rate=spec.shipping_rate)
    ours = [replace(charge, price=cents(charge.price * rate), weee=cents(charge.weee * rate)) for charge in charges]
    our_shipping = replace(shipping, price=cents(shipping.price * rate))
    if spec.coupon:
        _discount(spec, charges, ours, shipping, our_shipping)
    base = calculate(charges, shipping, rules)
    return base, base if rate == 1 else calculate(ours, our_shipping, rules)


def _discount(spec: OrderSpec, base: list[Charge], ours: list[Charge], shipping: Charge, our_shipping: Charge) -> None:
    """Take a coupon's discount off the charges."""
    assert spec.coupon is not None
    coupon = spec.coupon
    rows = [cents(charge.price * charge.qty) for charge in base]
    if coupon.fixed:
        for charge, own, (amount, converted) in zip(
            base, ours, share_out(coupon.fixed, rows, spec.profile.rate), strict=True
        ):
            charge.discount, own.discount = amount, converted
        return
    our_rows = [cents(charge.price * charge.qty) for charge in ours]
    for charges, amounts in ((base, percent_off(coupon.percent, rows)), (ours, percent_off(coupon.percent, our_rows))):
        for charge, amount in zip(charges, amounts, strict=True):
            charge.discount = amount
    if coupon.shipping:
        for charge in (shipping, our_shipping):
            charge.discount = percent_off(coupon.percent, [charge.price])[0]


def _head(spec: OrderSpec) -> Row:
    """How and where, and what it is called."""
    profile, coupon = spec.profile, spec.coupon
    return {
        "state": "new",
        "status": "pending",
        "coupon_code": coupon.code if coupon else None,
        "discount_description": (coupon.code or coupon.name) if coupon else None,
        "applied_rule_ids": str(coupon.rule_id) if coupon else None,
        "coupon_rule_name": coupon.name if coupon and coupon.code else None,
        "protect_code": f"{crc32(spec.increment_id.encode()) & 0xFFFFFF:06x}",
        "shipping_description": spec.shipping_method[1] if spec.shipping else None,
        "shipping_method": spec.shipping_method[0] if spec.shipping else None,
        "is_virtual": int(spec.shipping is None),
        "store_id": profile.store_id,
        "store_name": profile.name,
        **dict.fromkeys(("base_to_global_rate", "store_to_base_rate"), "1.0000"),
        **dict.fromkeys(("base_to_order_rate", "store_to_order_rate"), money(profile.rate)),
        **dict.fromkeys(("base_currency_code", "global_currency_code", "store_currency_code"), "USD"),
        "order_currency_code": profile.currency,
        "increment_id": spec.increment_id,
        "created_at": spec.created_at,
        "updated_at": spec.updated_at,
        "paypal_ipn_customer_notified": 0,
        "order_id": spec.order_id,
    }


def _who(spec: OrderSpec) -> Row:
    """Who ordered."""
    customer, named = spec.customer or {}, spec.customer or spec.billing
    return {
        "customer_id": customer.get("customer_id"),
        "customer_is_guest": int(spec.guest),
        "customer_group_id": customer.get("group_id", 0),
        "customer_email": spec.email,
        **{f"customer_{key}": customer.get(key) for key in ("taxvat", "dob", "gender")},
        **{f"customer_{key}": named.get(key) for key in ("firstname", "middlename", "lastname", "prefix", "suffix")},
        "customer_note": spec.note,
        "customer_note_notify": 0 if spec.note else None,
        "billing_address_id": spec.order_id * 2 - 1,
        "shipping_address_id": spec.order_id * 2 if spec.shipping else None,
        "quote_id": spec.order_id,
        "remote_ip": f"203.0.113.{spec.order_id % 250 + 1}",
    }


def _amounts(spec: OrderSpec, totals: Totals, prefix: str) -> Row:
    """The order's amounts in one currency."""
    shipping = totals.shipping
    found = {
        "discount_amount": -totals.discount,
        "grand_total": totals.grand,
        "shipping_amount": shipping.row,
        "shipping_tax_amount": shipping.tax,
        "shipping_discount_amount": shipping.discount,
        "shipping_incl_tax": shipping.row_incl,
        "shipping_hidden_tax_amount": shipping.hidden,
        "subtotal": totals.subtotal,
        "subtotal_incl_tax": totals.subtotal_incl,
        "tax_amount": totals.tax,
        "hidden_tax_amount": totals.hidden,
        "total_due": totals.grand,
    }
    if prefix:
        found["shipping_hidden_tax_amnt"] = shipping.hidden
    return {prefix + key: money(value) for key, value in found.items()}


def _items(spec: OrderSpec, base: Totals, totals: Totals) -> list[Row]:
    items: list[Row] = []
    amounts = list(zip(base.lines, totals.lines, strict=True))
    for line in spec.lines:
        own = [amounts.pop(0) for _ in line.charged]
        parent = _item(spec, line, len(items), None)
        items.append(parent)
        if line.dynamic:
            parent.update(_sum_of(own, line.qty))
        else:
            _charge(parent, line, *own[0])
        if line.children:
            parent["has_children"] = True
        for index, child in enumerate(line.children):
            item = _item(spec, child, len(items), parent["item_id"])
            items.append(item)
            if line.dynamic:
                _charge(item, child, *own[index])
    return items


def _item(spec: OrderSpec, line: Line, index: int, parent: int | None) -> Row:
    """An item without amounts."""
    product, item_id = line.product, spec.order_id * 100 + index
    weight = product.get("weight")
    item = _EMPTY_ITEM.copy()
    item.update(
        item_id=item_id,
        order_id=spec.order_id,
        parent_item_id=parent,
        quote_item_id=item_id,
        store_id=spec.profile.store_id,
        created_at=spec.created_at,
        updated_at=spec.created_at,
        product_id=product["product_id"],
        product_type=line.kind,
        product_options=serialize({"info_buyRequest": {"qty": float(line.qty)}} | line.options),
        weight=weight,
        row_weight=money(Decimal(weight) * line.qty) if weight and parent is None else None,
        is_virtual=int(line.kind in ("virtual", "downloadable")),
        is_qty_decimal=int(line.qty % 1 != 0),
        sku=line.sku or product["sku"],
        name=product["name"],
        qty_ordered=money(line.qty),
    )
    if line.gift_message:
        item |= {"gift_message_id": item_id, "gift_message": line.gift_message}
    return item


def _charge(item: Row, line: Line, base: Amounts, own: Amounts) -> None:
    """Put a charged line's amounts on its item."""
    item["tax_percent"] = money(line.rate)
    for prefix, one in (("base_", base), ("", own)):
        values = {
            "price": one.price,
            "original_price": one.price,
            "tax_amount": one.tax,
            "discount_amount": one.discount,
            "row_total": one.row,
            "price_incl_tax": one.price_incl,
            "row_total_incl_tax": one.row_incl,
            "hidden_tax_amount": one.hidden,
        }
        item.update((prefix + key, money(value)) for key, value in values.items())
    if line.weee:
        _put_weee(item, base, own)


def _put_weee(item: Row, base: Amounts, own: Amounts) -> None:
    for prefix, one in (("base_", base), ("", own)):
        item[f"{prefix}weee_tax_applied_amount"] = money(one.weee)
        item[f"{prefix}weee_tax_applied_row_amount"] = money(one.weee_row)
    item["base_weee_tax_applied_row_amnt"] = money(base.weee_row)
    applied = {
        "title": "FPT",
        "base_amount": money(base.weee),
        "amount": money(own.weee),
        "row_amount": float(own.weee_row),
        "base_row_amount": float(base.weee_row),
        "base_amount_incl_tax": money(base.weee),
        "amount_incl_tax": money(own.weee),
        "row_amount_incl_tax": float(own.weee_row),
        "base_row_amount_incl_tax": float(base.weee_row),
    }
    item["weee_tax_applied"] = serialize([applied])


def _sum_of(amounts: list[tuple[Amounts, Amounts]], qty: Decimal) -> Row:
    """A dynamic bundle repeats what its children sum up to."""
    row: Row = dict.fromkeys(("discount_percent", "discount_amount", "base_discount_amount"))
    for prefix, side in (("base_", 0), ("", 1)):
        ones = [pair[side] for pair in amounts]
        net, gross = sum((one.row for one in ones), ZERO), sum((one.row_incl for one in ones), ZERO)
        row[f"{prefix}price"] = row[f"{prefix}original_price"] = money((net / qty).quantize(CENT))
        row[f"{prefix}row_total"] = money(net)
        row[f"{prefix}price_incl_tax"] = money((gross / qty).quantize(CENT))
        row[f"{prefix}row_total_incl_tax"] = money(gross)
        row[f"{prefix}tax_amount"] = money(sum((one.tax for one in ones), ZERO))
    return row


def _address(spec: OrderSpec, address: Row, kind: str) -> Row:
    row: Row = dict.fromkeys(_ADDRESS)
    row.update((key, value) for key, value in address.items() if key in row)
    row.update(
        parent_id=spec.order_id,
        customer_id=(spec.customer or {}).get("customer_id"),
        customer_address_id=None if spec.guest else address.get("customer_address_id"),
        email=spec.email,
        address_type=kind,
        address_id=spec.order_id * 2 - (kind == "billing"),
    )
    return row


def _payment(spec: OrderSpec, order: Row) -> Row:
    method, details = spec.payment
    row: Row = dict.fromkeys(_PAYMENT)
    row.update(
        {
            "parent_id": spec.order_id,
            "payment_id": spec.order_id,
            "method": method,
            "additional_information": [],
            "amount_ordered": order["grand_total"],
            "base_amount_ordered": order["base_grand_total"],
            "shipping_amount": order["shipping_amount"],
            "base_shipping_amount": order["base_shipping_amount"],
        }
        | details
    )
    return row


def _entry(order: Row, comment: str | None) -> Row:
    return dict.fromkeys(_HISTORY) | {
        "parent_id": order["order_id"],
        "is_customer_notified": 0 if comment else 2,
        "is_visible_on_front": 0,
        "comment": comment,
        "status": "pending",
        "created_at": order["created_at"],
        "entity_name": "order",
        "store_id": order["store_id"],
    }
