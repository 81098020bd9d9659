"""Filling a new store: the recorded one, sixty orders that show every case, and as many more as are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from . import documents, kept, past, recorded
from .generate import bulk, cases
from .generate.build import build
from .generate.catalog import FIRST_ID, Catalog
from .generate.people import People
from .shop import Shop
from .tables import Record
from .values import Row

UK_STORE: Row = {
    "store_id": 4,
    "code": "uk_en",
    "website_id": 3,
    "group_id": 3,
    "name": "UK English",
    "sort_order": 3,
    "is_active": 1,
}
DEFAULT_PRODUCTS, DEFAULT_CUSTOMERS = 300, 40


def fill(shop: Shop) -> None:
    """Put in what the settings ask for."""
    wanted = shop.settings
    for category in recorded.load("categories"):
        shop.categories[category["category_id"]] = category
    if wanted.orders_from:
        kept.kept_store(shop, Path(wanted.orders_from))
        return
    if not wanted.bare:
        past.recorded_store(shop)
    if wanted.recorded_only:
        return
    shop.stores.append(dict(UK_STORE))
    products = Catalog(wanted.seed, DEFAULT_PRODUCTS if wanted.products is None else wanted.products)
    people = People(wanted.seed, DEFAULT_CUSTOMERS if wanted.customers is None else wanted.customers)
    now = shop.moment()
    _catalog(shop, products)
    _people(shop, people)
    if not wanted.bare and wanted.cases:
        showing = Catalog(wanted.seed, max(products.size, DEFAULT_PRODUCTS))
        _cases(shop, showing, People(wanted.seed, max(people.size, DEFAULT_CUSTOMERS)), now)
    if wanted.orders:
        if not products.size:
            raise ValueError("orders need products")
        _orders(shop, bulk.Bulk(wanted.seed, wanted.orders, now, products, people))


def _catalog(shop: Shop, products: Catalog) -> None:
    shop.made_up = range(FIRST_ID, FIRST_ID + products.size)
    for index in range(products.size):
        facts = products.facts(index)
        shop.products.add(Record(facts, partial(products.row, index)))
        shop.stock[facts["product_id"]] = products.stock(index)


def _people(shop: Shop, people: People) -> None:
    for index in range(people.size):
        facts = people.facts(index)
        shop.customers.add(Record(facts, partial(people.row, index)))
        for second in range(2 if index % 3 == 0 else 1):
            key = {
                "customer_address_id": facts["customer_id"] + index + second,
                "customer_id": facts["customer_id"],
            }
            shop.add_address(Record(key, partial(people.address, index, second)))


def _cases(shop: Shop, products: Catalog, people: People, now: datetime) -> None:
    """The sixty, one a day over the last two months, and what happened to them."""
    moments = [bulk.moment(now - timedelta(days=60 - number)) for number in range(60)]
    for case in cases.Cases(products, people, moments).all():
        order = build(case.spec)
        for name in case.steps:
            documents.step(shop, order, name)
        order.update(case.after)
        shop.orders.add(Record(order))


def _orders(shop: Shop, orders: bulk.Bulk) -> None:
    """The many, and their documents, all of them still to be made when they are asked for."""
    for facts in orders.facts():
        shop.counters["order", facts["increment_id"][0]] = int(facts["increment_id"][1:])
        shop.orders.add(Record(facts, partial(orders.order, facts), shop.built))
        for kind in bulk.documents_of(facts["status"]):
            rows = documents.table(shop, kind)
            numbers: Row = {
                f"{kind}_id": rows.next_id(),
                "increment_id": documents.next_number(shop, kind, facts["increment_id"][:1]),
            }
            known = numbers | {"order_id": facts["order_id"], "created_at": facts["updated_at"]}
            rows.add(
                Record(known | {"updated_at": facts["updated_at"]}, partial(orders.document, facts, kind, numbers))
            )
