"""What SOAP v2 leaves out of an order and its totals determine.

``salesOrderInfo`` of SOAP v2 carries no ``parent_item_id``, shipping tax or hidden tax, and no coupon; the client
adds the order-level keys from the same order's row of ``salesOrderList``, which has them. Here the rest is derived,
and what cannot be had is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from .read import ZERO, Fields
from .records import OrderItem

Items = Sequence[tuple[OrderItem, dict[str, Any]]]

# In no answer of SOAP v2, by the names of the records; null and "not carried" look the same there, so this list
# decides.
_NEVER = (
    "address.customer_address_id",
    "address.email",
    "address.prefix",
    "address.suffix",
    "address.vat_id",
    "items.description",
    "items.price_incl_tax",
    "items.row_total_incl_tax",
    "payment.amount_paid",
    "payment.last_transaction_id",
    "status_history.visible_on_front",
)
# Only in the order's row of the list.
_OF_LIST = (
    "adjustment_negative",
    "adjustment_positive",
    "coupon_code",
    "customer_middlename",
    "customer_note",
    "customer_prefix",
    "customer_suffix",
    "customer_taxvat",
    "discount_description",
    "relation_parent_id",
    "shipping_discount_amount",
    "shipping_incl_tax",
)
# Of these the list's row always has a value, so that they tell whether it was added.
_MARKS = ("shipping_tax_amount", "hidden_tax_amount", "subtotal_incl_tax")
_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Derived:
    """The items with their parents, the two taxes, and what is lacking."""

    items: tuple[OrderItem, ...]
    shipping_tax_amount: Decimal
    hidden_tax_amount: Decimal
    lacks: frozenset[str]


def derive(order: Fields, items: Items) -> Derived:
    """Complete an order. One that came over XML-RPC or SOAP v1 is given back as it is."""
    plain = tuple(item for item, _options in items)
    if not _is_v2(order):
        return Derived(plain, order.number("shipping_tax_amount"), order.number("hidden_tax_amount"), frozenset())
    tied = _tie(items)
    lacks = set(_NEVER)
    with_row = any(order.has(mark) for mark in _MARKS)
    if not with_row:
        lacks.update(name for name in _OF_LIST if not order.has(name))
    if any(item.product_type in ("bundle", "configurable") for item in tied) and not _adds_up(order, tied):
        lacks.add("items.parent_item_id")
    shipping_tax = order.amount("shipping_tax_amount")
    if shipping_tax is None:
        shipping_tax = _shipping_tax(order, tied)
    hidden = order.amount("hidden_tax_amount")
    rest = _left_over(order)
    if hidden is None:
        hidden = rest
        if rest:
            lacks |= {"hidden_tax_amount", "shipping_hidden_tax_amount"}
    tied = _hidden_of_items(tied, hidden, lacks)
    return Derived(tied, shipping_tax, hidden, frozenset(lacks))


def _is_v2(order: Fields) -> bool:
    """Whether no item has the key ``parent_item_id``, which XML-RPC and SOAP v1 always send, be it null."""
    rows = [row for row in order.structs("items") if isinstance(row, dict)]
    if rows:
        return not any("parent_item_id" in row for row in rows)
    return not order.has("coupon_code")


def _tie(items: Items) -> tuple[OrderItem, ...]:
    """Items with ``parent_item_id``: Magento saves, and sends, the children of an item right behind it.

    The child of a configurable has the SKU that its parent's options name; children of a bundle say so in theirs.
    """
    tied: list[OrderItem] = []
    bundle: OrderItem | None = None
    configurable: tuple[OrderItem, Any] | None = None
    for item, options in items:
        parent: OrderItem | None = None
        if item.product_type == "bundle":
            bundle, configurable = item, None
        elif item.product_type == "configurable":
            bundle, configurable = None, (item, options.get("simple_sku"))
        elif configurable and item.sku in (configurable[1], configurable[0].sku) and not item.row_total:
            parent, configurable = configurable[0], None
        elif bundle and "bundle_selection_attributes" in options:
            parent = bundle
        else:
            bundle = configurable = None
        tied.append(replace(item, parent_item_id=parent.item_id) if parent else item)
    return tuple(tied)


def _top(items: Sequence[OrderItem]) -> list[OrderItem]:
    return [item for item in items if item.parent_item_id is None]


def _adds_up(order: Fields, items: Sequence[OrderItem]) -> bool:
    """Whether the rows without parent make the subtotal, as they do in every order of Magento."""
    return abs(sum((item.row_total for item in _top(items)), ZERO) - order.number("subtotal")) < _CENT


def _shipping_tax(order: Fields, items: Sequence[OrderItem]) -> Decimal:
    """The order's tax that no item carries."""
    return order.number("tax_amount") - sum((item.tax_amount for item in _top(items)), ZERO)


def _left_over(order: Fields) -> Decimal:
    """What the total has beyond its parts: hidden tax, of items and shipping together."""
    parts = ("subtotal", "shipping_amount", "tax_amount", "discount_amount", "shipping_hidden_tax_amount")
    return order.number("grand_total") - sum((order.number(part) for part in parts), ZERO)


def _hidden_of_items(items: tuple[OrderItem, ...], hidden: Decimal, lacks: set[str]) -> tuple[OrderItem, ...]:
    """Where one item alone can have it, hidden tax is that item's; among several it is not known."""
    if not hidden:
        return items
    candidates = [item for item in _top(items) if item.discount_amount and item.tax_percent]
    if len(candidates) != 1:
        lacks.add("items.hidden_tax_amount")
        return items
    return tuple(replace(item, hidden_tax_amount=hidden) if item is candidates[0] else item for item in items)
