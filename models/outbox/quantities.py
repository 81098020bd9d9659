"""What a delivery or an invoice comes to in Magento's terms: quantities of the items that Magento counts.

Of a configurable Magento counts the parent. Of a bundle it counts the parent or its parts, as the bundle is set up:
shipped together or separately, with a price of its own or that of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from ...magento_api.records import OrderItem

ZERO = Decimal(0)
Quantities = Mapping[int, Decimal]


def document_quantities(
    items: Sequence[OrderItem], before: Quantities, now: Quantities, kind: str, lines: Collection[int]
) -> dict[int, Decimal]:
    """What Magento has to be told of, by item id; empty where that is nothing.

    A bundle that is shipped together counts once all of its parts have left, with the delivery that completes it. More
    than was ordered is never told.

    :param before: quantities by item id in earlier documents
    :param now: those in this one
    :param kind: ``shipment`` or ``invoice``
    :param lines: the items that have a line in Odoo which can be in such a document
    """
    everything = {key: before.get(key, ZERO) + now.get(key, ZERO) for key in {*before, *now}}
    told = _counted(items, before, kind, lines)
    whole = _counted(items, everything, kind, lines)
    left = {key: quantity - told.get(key, ZERO) for key, quantity in whole.items()}
    return {key: quantity for key, quantity in left.items() if quantity > 0}


def open_quantities(items: Sequence[OrderItem], kind: str) -> dict[int, Decimal]:
    """How much Magento still lets be shipped, or invoiced, of the items that it counts."""
    found = {}
    for item in items:
        if kind == "shipment":
            left = item.qty_ordered - item.qty_shipped - item.qty_refunded - item.qty_canceled
        else:
            left = item.qty_ordered - item.qty_invoiced - item.qty_canceled
        found[item.item_id] = max(left, ZERO)
    return found


def _counted(items: Sequence[OrderItem], given: Quantities, kind: str, lines: Collection[int]) -> dict[int, Decimal]:
    """Quantities of the items that Magento counts, at most what was ordered."""
    children: dict[int, list[OrderItem]] = defaultdict(list)
    for item in items:
        if item.parent_item_id and not (kind == "shipment" and item.is_virtual):
            children[item.parent_item_id].append(item)
    found = {}
    for item in items:
        if item.parent_item_id or (kind == "shipment" and item.is_virtual):
            continue
        parts = children[item.item_id]
        if parts and (item.shipped_in_parts if kind == "shipment" else item.invoiced_in_parts):
            found.update((part.item_id, min(given.get(part.item_id, ZERO), part.qty_ordered)) for part in parts)
            continue
        parts = [part for part in parts if part.item_id in lines]
        if parts and (kind == "shipment" or item.item_id not in lines):
            quantity = min(_sets(item, part, given) for part in parts)
        else:
            quantity = given.get(item.item_id, ZERO)
        found[item.item_id] = min(quantity, item.qty_ordered)
    return found


def _sets(bundle: OrderItem, part: OrderItem, given: Quantities) -> Decimal:
    """For how many whole bundles the quantity of a part is enough."""
    if not part.qty_ordered:
        return bundle.qty_ordered
    sets = given.get(part.item_id, ZERO) * bundle.qty_ordered / part.qty_ordered
    return sets.quantize(Decimal(1), ROUND_FLOOR)
