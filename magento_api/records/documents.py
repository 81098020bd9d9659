"""Invoices, shipments and credit memos of orders, and what makes new ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An order by both of its numbers: Magento's own id, and the number that people see."""

    order_id: int
    increment_id: str


@dataclass(frozen=True, slots=True)
class InvoiceSummary:
    """A row of ``sales_order_invoice.list``. ``state``: 1 open, 2 paid, 3 cancelled."""

    invoice_id: int
    increment_id: str
    order_id: int
    state: int | None
    created_at: datetime | None
    grand_total: Decimal
    order_currency_code: str


@dataclass(frozen=True, slots=True)
class CreditMemoSummary:
    """A row of ``sales_order_creditmemo.list``. ``state``: 1 open, 2 refunded, 3 cancelled."""

    creditmemo_id: int
    increment_id: str
    order_id: int
    state: int | None
    created_at: datetime | None
    updated_at: datetime | None
    grand_total: Decimal
    order_currency_code: str


@dataclass(frozen=True, slots=True)
class ShipmentSummary:
    """A row of ``sales_order_shipment.list``, which says neither its order nor its own id."""

    increment_id: str
    created_at: datetime | None
    total_qty: Decimal | None


@dataclass(frozen=True, slots=True)
class DocumentItem:
    """A line of an invoice or credit memo, in the order's currency; ``order_item_id`` is the order's line.

    ``row_total`` is net, before discount. Over SOAP v2 an invoice's line lacks what is None here.
    """

    item_id: int | None
    order_item_id: int | None
    product_id: int | None
    sku: str
    name: str
    qty: Decimal
    price: Decimal
    row_total: Decimal
    row_total_incl_tax: Decimal | None
    tax_amount: Decimal
    hidden_tax_amount: Decimal | None
    discount_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class DocumentComment:
    """A comment on an invoice, shipment or credit memo."""

    created_at: datetime | None
    comment: str
    customer_notified: bool


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice. Amounts are in ``order_currency_code``; ``discount_amount`` is negative, as Magento has it."""

    invoice_id: int
    increment_id: str
    order_id: int
    order_increment_id: str | None
    store_id: int | None
    state: int | None
    created_at: datetime | None
    updated_at: datetime | None
    order_currency_code: str
    subtotal: Decimal
    discount_amount: Decimal
    shipping_amount: Decimal
    shipping_tax_amount: Decimal | None
    tax_amount: Decimal
    hidden_tax_amount: Decimal | None
    shipping_hidden_tax_amount: Decimal | None
    grand_total: Decimal
    base_grand_total: Decimal
    items: tuple[DocumentItem, ...]
    comments: tuple[DocumentComment, ...]


@dataclass(frozen=True, slots=True)
class CreditMemo:
    """A credit memo. Amounts are positive and in ``order_currency_code``; ``discount_amount`` is negative.

    ``grand_total = subtotal + shipping + tax + hidden taxes + discount + adjustment_positive - adjustment_negative``.
    """

    creditmemo_id: int
    increment_id: str
    order_id: int
    order_increment_id: str | None
    store_id: int | None
    state: int | None
    created_at: datetime | None
    updated_at: datetime | None
    order_currency_code: str
    subtotal: Decimal
    discount_amount: Decimal
    shipping_amount: Decimal
    shipping_tax_amount: Decimal | None
    tax_amount: Decimal
    hidden_tax_amount: Decimal | None
    shipping_hidden_tax_amount: Decimal | None
    adjustment_positive: Decimal
    adjustment_negative: Decimal
    grand_total: Decimal
    base_grand_total: Decimal
    items: tuple[DocumentItem, ...]
    comments: tuple[DocumentComment, ...]


@dataclass(frozen=True, slots=True)
class ShipmentItem:
    """A line of a shipment."""

    item_id: int | None
    order_item_id: int | None
    product_id: int | None
    sku: str
    name: str
    qty: Decimal


@dataclass(frozen=True, slots=True)
class Track:
    """A tracking number of a shipment."""

    track_id: int
    carrier_code: str
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """A shipment; of its order it knows the id only."""

    shipment_id: int
    increment_id: str
    order_id: int
    store_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    total_qty: Decimal
    items: tuple[ShipmentItem, ...]
    tracks: tuple[Track, ...]
    comments: tuple[DocumentComment, ...]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """An invoice or shipment to be made.

    ``quantities`` by the order's item id; None takes all that is left. ``notify`` mails it to the customer, with the
    comment. ``known`` are the numbers of the documents of that kind which the order has already: when the answer gets
    lost, ours is the one that is not among them. They are read when None.
    """

    order: OrderKey
    quantities: Mapping[int, Decimal] | None = None
    comment: str | None = None
    notify: bool = False
    known: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class NewTrack:
    """A tracking number to be added to a shipment; ``carrier_code`` is one of :meth:`Client.carriers`."""

    shipment_increment_id: str
    carrier_code: str
    title: str
    number: str
