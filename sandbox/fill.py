"""Filling a new store."""

from __future__ import annotations

from functools import partial

from . import recorded
from .shop import Shop
from .tables import Record


def fill(shop: Shop) -> None:
    """Put in what the settings ask for."""
    recorded_store(shop)


def recorded_store(shop: Shop) -> None:
    """The recorded store."""
    for order in recorded.load("orders"):
        shop.orders.add(Record(order, partial(recorded.whole_order, order)))
    known_stock = recorded.load("stock")
    for product in recorded.load("products"):
        shop.products.add(Record(product))
        sellable = product["type"] in ("simple", "virtual", "downloadable")
        quantity = (product["product_id"] * 37) % 300 + 1 if sellable else 0
        known = known_stock.get(product["sku"], {"qty": f"{quantity}.0000", "is_in_stock": 1})
        shop.stock[product["product_id"]] = known
    for key, row in recorded.load("translations").items():
        product_id, _, store_id = key.partition("@")
        shop.product_translations[int(product_id), int(store_id)] = row
    for category in recorded.load("categories"):
        shop.categories[category["category_id"]] = category
    for customer in recorded.load("customers"):
        shop.customers.add(Record(customer))
    for address in recorded.load("addresses"):
        shop.add_address(Record(address))
