"""An order's payload as an :class:`Order`: one reading for all protocols, today or from the inbox after an upgrade."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from .derive import Derived, derive
from .errors import NotUnderstood
from .options import choices, read_options
from .read import ADVICE, Fields, shown
from .records import Address, Order, OrderItem, Payload, Payment, StatusChange

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_MOST_ITEMS = 20_000


def parse_order(payload: Payload) -> Order:
    """Read an answer of ``sales_order.info``.

    Amounts are in the order's currency, times in UTC. Over SOAP v2 what the totals determine is derived (see
    :mod:`derive`), and ``lacks`` names what cannot be had.

    :raises NotUnderstood: a key is missing, has a wrong type or an impossible value; nothing else is ever raised.
    """
    if not isinstance(payload, dict):
        raise NotUnderstood(f"An order is {shown(payload)}, a struct was expected")
    number = payload.get("increment_id")
    name = (
        shown(number).strip("'") if isinstance(number, str | int) and not isinstance(number, bool) else "without number"
    )
    order = Fields(payload, f"order {name}: ")
    order.required_text("increment_id")
    items = _items(order, f"order {name}, ")
    try:
        derived = derive(order, items)
    except ArithmeticError:
        raise NotUnderstood(f"{order.where}its amounts are out of all proportion to each other", ADVICE) from None
    return _order(order, derived, f"order {name}, ")


def _order(order: Fields, derived: Derived, where: str) -> Order:
    created = order.required_moment("created_at")
    guest = order.flag("customer_is_guest")
    return Order(
        order_id=order.required_id("order_id"),
        increment_id=order.required_text("increment_id"),
        store_id=order.integer("store_id"),
        store_name=order.text("store_name"),
        state=order.text("state") or "",
        status=order.text("status") or "",
        created_at=created,
        updated_at=order.moment("updated_at") or created,
        order_currency_code=_currency(order, "order_currency_code"),
        base_currency_code=_currency(order, "base_currency_code"),
        base_to_order_rate=order.number("base_to_order_rate", Decimal(1)),
        subtotal=order.required_number("subtotal"),
        discount_amount=order.number("discount_amount"),
        shipping_amount=order.number("shipping_amount"),
        shipping_tax_amount=derived.shipping_tax_amount,
        shipping_discount_amount=order.number("shipping_discount_amount"),
        shipping_hidden_tax_amount=order.number("shipping_hidden_tax_amount"),
        shipping_incl_tax=order.amount("shipping_incl_tax"),
        tax_amount=order.number("tax_amount"),
        hidden_tax_amount=derived.hidden_tax_amount,
        adjustment_positive=order.number("adjustment_positive"),
        adjustment_negative=order.number("adjustment_negative"),
        grand_total=order.required_number("grand_total"),
        base_grand_total=order.required_number("base_grand_total"),
        total_paid=order.amount("total_paid"),
        total_refunded=order.amount("total_refunded"),
        customer_id=order.id("customer_id"),
        customer_is_guest=guest,
        customer_email=order.text("customer_email"),
        customer_firstname=order.text("customer_firstname"),
        customer_middlename=order.text("customer_middlename"),
        customer_lastname=order.text("customer_lastname"),
        customer_prefix=order.text("customer_prefix"),
        customer_suffix=order.text("customer_suffix"),
        customer_taxvat=order.text("customer_taxvat"),
        customer_group_id=order.integer("customer_group_id"),
        coupon_code=order.text("coupon_code"),
        discount_description=order.text("discount_description"),
        shipping_method=order.text("shipping_method"),
        shipping_description=order.text("shipping_description"),
        is_virtual=order.flag("is_virtual"),
        remote_ip=order.text("remote_ip"),
        customer_note=order.text("customer_note"),
        gift_message=order.text("gift_message"),
        relation_parent_id=order.text("relation_parent_id"),
        billing_address=_billing(order, where),
        shipping_address=_address(order.struct("shipping_address"), f"{where}shipping address: "),
        items=derived.items,
        payment=_payment(order, where),
        status_history=_history(order, where),
        lacks=derived.lacks,
    )


def _currency(order: Fields, key: str) -> str:
    code = order.required_text(key)
    if not _CURRENCY.fullmatch(code):
        raise order.wrong(key, "a currency code of three letters")
    return code


def _billing(order: Fields, where: str) -> Address:
    address = _address(order.struct("billing_address"), f"{where}billing address: ")
    if address is None:
        raise order.wrong("billing_address", "an address")
    return address


def _address(value: Any, where: str) -> Address | None:
    """An address, or None: a virtual order has an empty array, over SOAP v2 an empty element or struct, for it."""
    if value is None:
        return None
    return parse_address(Fields(value, where))


def parse_address(fields: Fields) -> Address:
    """An address of an order or of a customer's address book."""
    return Address(
        firstname=fields.text("firstname") or "",
        middlename=fields.text("middlename"),
        lastname=fields.text("lastname") or "",
        prefix=fields.text("prefix"),
        suffix=fields.text("suffix"),
        company=fields.text("company"),
        street=_street(fields),
        city=fields.text("city"),
        postcode=fields.text("postcode"),
        region=fields.text("region"),
        region_id=fields.id("region_id"),
        country_id=fields.text("country_id"),
        telephone=fields.text("telephone"),
        fax=fields.text("fax"),
        email=fields.text("email"),
        vat_id=fields.text("vat_id"),
        address_id=fields.id("address_id"),
        customer_address_id=fields.id("customer_address_id"),
    )


def _street(fields: Fields) -> tuple[str, ...]:
    """Its lines: one text with line breaks, or a list of texts."""
    value = fields.data.get("street")
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        text = Fields({"street": "\n".join(value)}, fields.where).text("street")
    else:
        text = fields.text("street")
    return tuple(line.strip() for line in (text or "").split("\n") if line.strip())


def _items(order: Fields, where: str) -> list[tuple[OrderItem, dict[str, Any]]]:
    """The items with their decoded ``product_options``."""
    values = order.structs("items", required=True)
    if len(values) > _MOST_ITEMS:
        raise NotUnderstood(f"{order.where}it has {len(values)} items, at most {_MOST_ITEMS} are read")
    found = []
    for number, value in enumerate(values, 1):
        sku = value.get("sku") if isinstance(value, dict) else None
        name = (
            f" (SKU {shown(sku)[1:-1] if isinstance(sku, str) else shown(sku)})" if isinstance(sku, str | int) else ""
        )
        found.append(_item(Fields(value, f"{where}item {number}{name}: ")))
    return found


def _item(item: Fields) -> tuple[OrderItem, dict[str, Any]]:
    options = read_options(item.data.get("product_options"))
    sku = item.text("sku") or ""
    return OrderItem(
        item_id=item.required_id("item_id"),
        parent_item_id=item.id("parent_item_id"),
        product_id=item.id("product_id"),
        product_type=item.text("product_type") or "simple",
        sku=sku,
        name=item.text("name") or sku,
        description=item.text("description"),
        is_virtual=item.flag("is_virtual"),
        qty_ordered=item.quantity("qty_ordered", required=True),
        qty_canceled=item.quantity("qty_canceled"),
        qty_invoiced=item.quantity("qty_invoiced"),
        qty_refunded=item.quantity("qty_refunded"),
        qty_shipped=item.quantity("qty_shipped"),
        price=item.number("price"),
        price_incl_tax=item.amount("price_incl_tax"),
        original_price=item.amount("original_price"),
        row_total=item.required_number("row_total"),
        row_total_incl_tax=item.amount("row_total_incl_tax"),
        discount_percent=item.number("discount_percent"),
        discount_amount=item.number("discount_amount"),
        tax_percent=item.rate("tax_percent"),
        tax_amount=item.number("tax_amount"),
        hidden_tax_amount=item.number("hidden_tax_amount"),
        weee_row_amount=item.number("weee_tax_applied_row_amount"),
        weight=item.amount("weight"),
        options=choices(options),
        gift_message=item.text("gift_message"),
        shipped_in_parts=options.get("shipment_type") == 1,
        invoiced_in_parts=options.get("product_calculations") == 0,
    ), options


def _payment(order: Fields, where: str) -> Payment | None:
    value = order.struct("payment")
    if value is None:
        return None
    payment = Fields(value, f"{where}payment: ")
    return Payment(
        method=payment.text("method") or "",
        amount_ordered=payment.amount("amount_ordered"),
        amount_paid=payment.amount("amount_paid"),
        po_number=payment.text("po_number"),
        last_transaction_id=payment.text("last_trans_id"),
    )


def _history(order: Fields, where: str) -> tuple[StatusChange, ...]:
    found = []
    for number, value in enumerate(order.structs("status_history"), 1):
        entry = Fields(value, f"{where}comment {number}: ")
        found.append(
            StatusChange(
                created_at=entry.moment("created_at") or order.required_moment("created_at"),
                status=entry.text("status"),
                comment=entry.text("comment"),
                visible_on_front=entry.flag("is_visible_on_front"),
                customer_notified=entry.flag("is_customer_notified"),
            )
        )
    return tuple(found)
