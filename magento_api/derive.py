"""What SOAP v2 leaves out of an order and its totals determine.

``salesOrderInfo`` of SOAP v2 carries no ``parent_item_id``, shipping tax or hidden tax, and no coupon; the client
adds the order-level keys from the same order's row of ``salesOrderList``, which has them. Here the rest is derived,
and what cannot be had is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
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
_CENT = Decimal("0.01")
_HALF_CENT = Decimal("0.005")


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
    lacks = set(_NEVER)
    tied = _tie(items, lacks)
    with_row = any(order.has(mark) for mark in _MARKS)
    if not with_row:
        lacks.update(name for name in _OF_LIST if not order.has(name))
    if any(item.product_type in ("bundle", "configurable") for item in tied) and not _adds_up(order, tied):
        lacks.add("items.parent_item_id")
    shipping_tax = order.amount("shipping_tax_amount")
    if shipping_tax is None:
        shipping_tax = _shipping_tax(order, tied)
    hidden = order.amount("hidden_tax_amount")
    is_told = hidden is not None
    if hidden is None:
        hidden = _left_over(order)
        if hidden:
            lacks |= {"hidden_tax_amount", "shipping_hidden_tax_amount"}
    tied = _with_tax(order, tied, lacks)
    tied = _with_hidden_tax(tied, hidden, lacks, is_told)
    return Derived(tied, shipping_tax, hidden, frozenset(lacks))


def _is_v2(order: Fields) -> bool:
    """Whether no item has the key ``parent_item_id``, which XML-RPC and SOAP v1 always send, be it null."""
    rows = [row for row in order.structs("items") if isinstance(row, dict)]
    if rows:
        return not any("parent_item_id" in row for row in rows)
    return not order.has("coupon_code")


def _tie(items: Items, lacks: set[str]) -> tuple[OrderItem, ...]:
    """Items with ``parent_item_id``: Magento saves, and sends, the children of an item right behind it."""
    tied: list[OrderItem] = []
    while len(tied) < len(items):
        at = len(tied)
        parent, options = items[at]
        children = 0
        if parent.product_type == "configurable":
            children = _child_of_configurable(items, at, options)
        elif parent.product_type == "bundle":
            children = _children_of_bundle(items, at, options, lacks)
        tied.append(parent)
        tied += [replace(item, parent_item_id=parent.item_id) for item, _options in items[at + 1 : at + 1 + children]]
    return tuple(tied)


def _child_of_configurable(items: Items, at: int, options: dict[str, Any]) -> int:
    """1 if the next item is the variant: it has the SKU that the options of the parent name, and no amount."""
    child = items[at + 1][0] if at + 1 < len(items) else None
    names = (options.get("simple_sku"), items[at][0].sku)
    return int(child is not None and child.sku in names and not child.row_total)


def _children_of_bundle(items: Items, at: int, options: dict[str, Any], lacks: set[str]) -> int:
    """How many of the next items are parts of the bundle: they say so in their options.

    Where they do not (old orders, modules), those that make its amount are taken, and that is named as not certain.
    """
    following = items[at + 1 :]
    marked = 0
    while marked < len(following) and "bundle_selection_attributes" in following[marked][1]:
        marked += 1
    if marked:
        return marked
    lacks.add("items.parent_item_id")
    bundle, total, count = items[at][0], ZERO, 0
    fixed = options.get("product_calculations") == 1
    for item, _options in following:
        if (fixed and item.row_total) or (not fixed and total >= bundle.row_total) or item.product_type == "bundle":
            break
        total, count = total + item.row_total, count + 1
    return count if fixed or abs(total - bundle.row_total) < _HALF_CENT else 0


def _top(items: Sequence[OrderItem]) -> list[OrderItem]:
    return [item for item in items if item.parent_item_id is None]


def _adds_up(order: Fields, items: Sequence[OrderItem]) -> bool:
    """Whether the rows without parent make the subtotal, as they do in every order of Magento."""
    return abs(sum((item.row_total for item in _top(items)), ZERO) - order.number("subtotal")) < _HALF_CENT


def _shipping_tax(order: Fields, items: Sequence[OrderItem]) -> Decimal:
    """The order's tax that no item carries."""
    return order.number("tax_amount") - sum((item.tax_amount for item in _top(items)), ZERO)


def _left_over(order: Fields) -> Decimal:
    """What the total has beyond its parts: hidden tax, of items and shipping together."""
    parts = ("subtotal", "shipping_amount", "tax_amount", "discount_amount", "shipping_hidden_tax_amount")
    return order.number("grand_total") - sum((order.number(part) for part in parts), ZERO)


def _with_tax(order: Fields, items: tuple[OrderItem, ...], lacks: set[str]) -> tuple[OrderItem, ...]:
    """Items with ``row_total_incl_tax`` and ``price_incl_tax``, if these make the order's ``subtotal_incl_tax``.

    A row without discount includes its own tax; one with a discount the tax that was due before it, which Magento
    computes from the price of one piece or from the row, as the shop is set up. Held on all recorded orders.
    """
    total = order.amount("subtotal_incl_tax")
    if total is None and not any(item.discount_amount and item.tax_percent for item in items):
        total = sum((item.row_total + item.tax_amount for item in _top(items)), ZERO)
    untaxed = [isinstance(row, dict) and row.get("tax_amount") is None for row in order.structs("items")]
    for by_piece in (True, False):
        rows = [_row_with_tax(item, by_piece) for item in items]
        tops = sum((row for row, item in zip(rows, items, strict=True) if item.parent_item_id is None), ZERO)
        if total is not None and abs(tops - total) < _HALF_CENT:
            if any(item.qty_ordered != 1 and item.tax_percent for item in items):
                # A cent of the price of one piece cannot be checked by any total.
                lacks.add("items.price_incl_tax")
            if _guessed(items) > 1 or any(item.weee_row_amount for item in items):
                lacks.add("items.row_total_incl_tax")
            return tuple(
                item if without or not item.qty_ordered else _include(item, row)
                for item, row, without in zip(items, rows, untaxed, strict=True)
            )
    lacks |= {"items.price_incl_tax", "items.row_total_incl_tax"}
    return items


def _guessed(items: Sequence[OrderItem]) -> int:
    """Rows whose tax before discount is computed: among several, a cent may be on another one; the total is right."""
    return sum(1 for item in _top(items) if item.discount_amount and item.tax_percent)


def _row_with_tax(item: OrderItem, by_piece: bool) -> Decimal:
    if not item.discount_amount:
        return item.row_total + item.tax_amount
    gross = item.row_total * (1 + item.tax_percent / 100)
    if by_piece and item.qty_ordered:
        return _cents(_cents(gross / item.qty_ordered) * item.qty_ordered)
    return _cents(gross)


def _include(item: OrderItem, row: Decimal) -> OrderItem:
    return replace(item, row_total_incl_tax=row, price_incl_tax=_cents(row / item.qty_ordered))


def _with_hidden_tax(
    items: tuple[OrderItem, ...], hidden: Decimal, lacks: set[str], is_told: bool
) -> tuple[OrderItem, ...]:
    """Items with their hidden tax: what is between a discounted row with tax and without, beside the tax itself.

    Where that does not make the order's, it is shared out, if the order's is Magento's own: what a total has beyond
    its parts might be something else.
    """
    if not hidden:
        return items
    found = tuple(
        replace(item, hidden_tax_amount=item.row_total_incl_tax - item.row_total - item.tax_amount)
        if item.row_total_incl_tax is not None and item.discount_amount
        else item
        for item in items
    )
    if abs(sum((item.hidden_tax_amount for item in _top(found)), ZERO) - hidden) < _HALF_CENT:
        if _guessed(items) > 1:
            lacks.add("items.hidden_tax_amount")
        return found
    lacks.add("items.hidden_tax_amount")
    return _share_hidden_tax(items, hidden) if is_told else items


def _share_hidden_tax(items: tuple[OrderItem, ...], hidden: Decimal) -> tuple[OrderItem, ...]:
    """Items with their share of the order's hidden tax, by the tax that a discount on prices with tax has in it.

    Magento rounds it by piece, row or order, and takes FPT into account or not: a cent may be on another item.
    """
    shares = {
        place: item.discount_amount * item.tax_percent / (100 + item.tax_percent)
        for place, item in enumerate(items)
        if item.discount_amount and item.tax_percent
    }
    found, share_left, left = list(items), sum(shares.values(), ZERO), hidden
    for place, share in shares.items():
        amount = _cents(left * share / share_left) if share_left else ZERO
        found[place] = replace(found[place], hidden_tax_amount=amount)
        share_left, left = share_left - share, left - amount
    return tuple(found)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
