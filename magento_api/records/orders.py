"""Orders, with their items, addresses, payment and history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an order. ``customer_address_id`` is the address book entry it was taken from, if any."""

    firstname: str
    middlename: str | None
    lastname: str
    prefix: str | None
    suffix: str | None
    company: str | None
    street: tuple[str, ...]
    city: str | None
    postcode: str | None
    region: str | None
    region_id: int | None
    country_id: str | None
    telephone: str | None
    fax: str | None
    email: str | None
    vat_id: str | None
    address_id: int | None
    customer_address_id: int | None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """A line of an order. Amounts are in the order's currency.

    ``parent_item_id`` ties the child of a configurable or bundle to its parent (over SOAP v2 it is derived).
    ``children_carry_amounts``: the children of a bundle with dynamic price repeat the parent's amounts; only items
    without a parent count for the totals. ``options`` are the customer's choices as (label, value) text, out of
    ``product_options``. ``row_total`` is net, before discount; ``discount_amount`` is positive.
    """

    item_id: int
    parent_item_id: int | None
    product_id: int | None
    product_type: str
    sku: str
    name: str
    description: str | None
    is_virtual: bool
    qty_ordered: Decimal
    qty_canceled: Decimal
    qty_invoiced: Decimal
    qty_refunded: Decimal
    qty_shipped: Decimal
    price: Decimal
    price_incl_tax: Decimal | None
    original_price: Decimal | None
    row_total: Decimal
    row_total_incl_tax: Decimal | None
    discount_percent: Decimal
    discount_amount: Decimal
    tax_percent: Decimal
    tax_amount: Decimal
    hidden_tax_amount: Decimal
    weee_row_amount: Decimal
    weight: Decimal | None
    options: tuple[tuple[str, str], ...]
    gift_message: str | None
    shipped_in_parts: bool = False
    invoiced_in_parts: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """How an order is paid. Card data never gets here."""

    method: str
    amount_ordered: Decimal | None
    amount_paid: Decimal | None
    po_number: str | None
    last_transaction_id: str | None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An entry of an order's status history, with the comment written with it."""

    created_at: datetime
    status: str | None
    comment: str | None
    visible_on_front: bool
    customer_notified: bool


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """A row of ``sales_order.list``: enough to decide whether an order is wanted and new. What makes no sense in it is
    empty, None, or the other one of the two times.
    """

    order_id: int
    increment_id: str
    store_id: int | None
    state: str
    status: str
    created_at: datetime
    updated_at: datetime
    grand_total: Decimal | None
    order_currency_code: str
    customer_email: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order with all that it needs to be settled without asking Magento anything more.

    Amounts are in ``order_currency_code`` unless they begin with ``base_``. ``discount_amount`` is negative, as
    Magento has it. ``grand_total = subtotal + shipping_amount + tax_amount + discount_amount + hidden_tax_amount +
    shipping_hidden_tax_amount`` held on every recorded order; what is left over (fixed product tax, adjustments) is
    for the reader to explain. ``lacks`` names what the protocol could not give, or not for certain
    (SOAP v2), e.g. ``"address.vat_id"``, ``"items.hidden_tax_amount"``; empty over XML-RPC and SOAP v1.
    """

    order_id: int
    increment_id: str
    store_id: int | None
    store_name: str | None
    state: str
    status: str
    created_at: datetime
    updated_at: datetime
    order_currency_code: str
    base_currency_code: str
    base_to_order_rate: Decimal
    subtotal: Decimal
    discount_amount: Decimal
    shipping_amount: Decimal
    shipping_tax_amount: Decimal
    shipping_discount_amount: Decimal
    shipping_hidden_tax_amount: Decimal
    shipping_incl_tax: Decimal | None
    tax_amount: Decimal
    hidden_tax_amount: Decimal
    adjustment_positive: Decimal
    adjustment_negative: Decimal
    grand_total: Decimal
    base_grand_total: Decimal
    total_paid: Decimal | None
    total_refunded: Decimal | None
    customer_id: int | None
    customer_is_guest: bool
    customer_email: str | None
    customer_firstname: str | None
    customer_middlename: str | None
    customer_lastname: str | None
    customer_prefix: str | None
    customer_suffix: str | None
    customer_taxvat: str | None
    customer_group_id: int | None
    coupon_code: str | None
    discount_description: str | None
    shipping_method: str | None
    shipping_description: str | None
    is_virtual: bool
    remote_ip: str | None
    customer_note: str | None
    gift_message: str | None
    relation_parent_id: str | None
    billing_address: Address
    shipping_address: Address | None
    items: tuple[OrderItem, ...]
    payment: Payment | None
    status_history: tuple[StatusChange, ...]
    lacks: frozenset[str]
