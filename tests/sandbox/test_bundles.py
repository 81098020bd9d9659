"""Made-up bundles say what was chosen, as recorded ones do."""

from __future__ import annotations

import re
from typing import Any

from sandbox import Sandbox

KEYS = re.compile(r's:\d+:"(bundle_options|bundle_selection_attributes|product_calculations|shipment_type)"')


def bundles(shop: Sandbox) -> list[dict[str, Any]]:
    """The items of all orders with bundles in them."""
    orders = [record.full() for record in shop.shop.orders.rows]
    return [item for order in orders for item in order["items"]]


def marks(items: list[dict[str, Any]], wanted: bool) -> set[tuple[str, ...]]:
    """Which keys bundles (or their parts) have among their options."""
    parents = {item["item_id"] for item in items if item["product_type"] == "bundle"}
    chosen = [item for item in items if (item["item_id"] in parents if wanted else item["parent_item_id"] in parents)]
    return {tuple(KEYS.findall(item["product_options"])) for item in chosen}


def test_bundles(default_shop: Sandbox, recorded_shop: Sandbox) -> None:
    made_up, recorded = bundles(default_shop), bundles(recorded_shop)
    assert marks(recorded, True) == marks(made_up, True) != set()
    assert marks(recorded, False) == marks(made_up, False) == {("bundle_selection_attributes",)}
