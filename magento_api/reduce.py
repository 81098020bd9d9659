"""An order's payload without the person: what it is worth, and nothing of whose it is."""

from __future__ import annotations

import re
from typing import Any

from .options import read_options
from .records import Payload

# What is kept is named, not what goes: modules of a shop add keys of their own.
_AMOUNT = re.compile(
    r"(?:base_|store_)?(?:to_\w+_rate|subtotal\w*|grand_total|total_\w+|adjustment\w*|tax_\w+|discount_(?!desc)\w+|shipping_\w*"
    r"(?:amount|amnt|incl_tax|invoiced|refunded|canceled)|hidden_tax_\w+|row_\w+|price\w*|original_price|qty_\w+|weee_\w+"
    r"|amount_\w+|cost)|weight|row_weight|total_item_count|free_shipping|no_discount"
)
_ORDER_FIELDS = """
    increment_id order_id store_id store_name state status created_at updated_at base_currency_code order_currency_code
    store_currency_code global_currency_code shipping_method shipping_description coupon_code discount_description
    is_virtual customer_is_guest customer_group_id original_increment_id edit_increment relation_parent_id
    relation_parent_real_id relation_child_id relation_child_real_id applied_rule_ids
"""
_ITEM_FIELDS = """
    item_id parent_item_id order_id store_id product_id product_type sku name is_virtual is_qty_decimal created_at
    updated_at is_nominal
"""
_OPTION_FIELDS = """
    shipment_type product_calculations simple_sku simple_name attributes_info bundle_options bundle_selection_attributes
"""
_ORDER, _ITEM, _OPTIONS = (frozenset(text.split()) for text in (_ORDER_FIELDS, _ITEM_FIELDS, _OPTION_FIELDS))
_PLACE = frozenset({"address_type", "country_id", "region_id", "region"})
_HISTORY = frozenset({"created_at", "status", "entity_name", "is_visible_on_front", "is_customer_notified"})


def without_person(payload: Payload) -> Payload:
    """A copy of an order's payload without names, addresses, numbers and words of a person; its amounts and items, its
    countries and its states stay, so that :func:`parse_order.parse_order` reads the same money out of it.
    """
    found = _kept(payload, _ORDER)
    for key in ("billing_address", "shipping_address"):
        if key in payload:
            place = payload[key]
            found[key] = _some(place, _PLACE) if isinstance(place, dict) and place else []
    if isinstance(payload.get("items"), list):
        found["items"] = [_item(item) for item in payload["items"] if isinstance(item, dict)]
    if isinstance(payload.get("payment"), dict):
        found["payment"] = _kept(payload["payment"], frozenset({"method"}))
    if isinstance(payload.get("status_history"), list):
        found["status_history"] = [
            _some(entry, _HISTORY) for entry in payload["status_history"] if isinstance(entry, dict)
        ]
    return found


def _item(item: dict[str, Any]) -> dict[str, Any]:
    found = _kept(item, _ITEM)
    options = _some(read_options(item.get("product_options")), _OPTIONS)
    return found | ({"product_options": options} if options else {})


def _kept(values: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The fields that are named, and the amounts."""
    return {
        key: value
        for key, value in values.items()
        if not isinstance(value, dict | list) and (key in names or _AMOUNT.fullmatch(key))
    }


def _some(values: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key in names}
