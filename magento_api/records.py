"""Typed records of what Magento answers: the one vocabulary above the wire.

Money, rates and quantities are ``Decimal``; times are aware datetimes in UTC; what Magento leaves out is ``None``;
identifiers that Magento numbers are ``int``, those it writes (increment id, SKU, codes) are ``str``. Currency codes
are ISO 4217. ``Payload`` is one answer of Magento as plain JSON values: it is what the order inbox stores, and what
:func:`parse_order.parse_order` reads, today or after an upgrade.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MagentoInfo:
    """Answer of ``core_magento.info``; ``openmage_version`` is None on a stock Magento."""

    edition: str
    version: str
    openmage_version: str | None


@dataclass(frozen=True, slots=True)
class StoreView:
    """One row of ``store.list``. Websites and stores (groups) are only known by the ids in here."""

    id: int
    code: str
    website_id: int
    group_id: int
    name: str
    sort_order: int
    active: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """A method of the API that the connector uses, and whether this API user may call it.

    ``role_resource`` is the tick box of the API role in Magento's admin (System > Web Services > SOAP/XML-RPC - Roles),
    e.g. ``Sales > Order > Retrieve orders info``.
    """

    method: str
    allowed: bool
    role_resource: str


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
    """A row of ``sales_order.list``: enough to decide whether an order is wanted and new."""

    order_id: int
    increment_id: str
    store_id: int | None
    state: str
    status: str
    created_at: datetime
    updated_at: datetime
    grand_total: Decimal
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


@dataclass(frozen=True, slots=True)
class Customer:
    """A registered customer. Of the secrets that Magento sends along (password hash, tokens) none gets here."""

    id: int
    email: str
    website_id: int
    store_id: int | None
    group_id: int
    firstname: str | None
    middlename: str | None
    lastname: str | None
    prefix: str | None
    suffix: str | None
    taxvat: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerAddress:
    """An entry of a customer's address book."""

    id: int
    address: Address
    is_default_billing: bool
    is_default_shipping: bool


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """A row of ``customer_group.list``."""

    id: int
    code: str


@dataclass(frozen=True, slots=True)
class ProductSummary:
    """A row of ``catalog_product.list``."""

    id: int
    sku: str
    name: str | None
    attribute_set_id: int
    type: str
    category_ids: tuple[int, ...]
    website_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product as ``catalog_product.info`` answers it for a store view; ``attributes`` holds every attribute that
    came.
    """

    id: int
    sku: str
    name: str | None
    attribute_set_id: int
    type: str
    category_ids: tuple[int, ...]
    website_ids: tuple[int, ...]
    price: Decimal | None
    weight: Decimal | None
    status: int | None
    visibility: int | None
    tax_class_id: int | None
    description: str | None
    short_description: str | None
    created_at: datetime | None
    updated_at: datetime | None
    attributes: Payload


@dataclass(frozen=True, slots=True)
class StockItem:
    """A row of ``cataloginventory_stock_item.list``."""

    product_id: int
    sku: str
    qty: Decimal
    is_in_stock: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree, with its children."""

    id: int
    parent_id: int | None
    name: str
    is_active: bool
    position: int
    level: int
    children: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """A row of ``catalog_product_attribute_set.list``."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """An option of an attribute; ``value`` is None for the empty first one."""

    value: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Country:
    """A row of ``directory_country.list``."""

    id: str
    iso2_code: str
    iso3_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Region:
    """A row of ``directory_region.list``."""

    id: int
    code: str
    name: str
