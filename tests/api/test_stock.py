"""Sending stock to the sandbox store: how many requests it takes, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from magento_api import Client, MagentoError, NotFound, PermissionMissing, Refused, StockUpdate, Unreachable, connect
from sandbox import Sandbox, User, start

MULTI = "cataloginventory_stock_item.multiUpdate"
SINGLE = "cataloginventory_stock_item.update"


@pytest.fixture
def store(protocol: str, like: str) -> Iterator[Sandbox]:
    users = (User("odoo", "sandbox-key"), User("reader", "reader-key", allow=("catalog_*", "*.list")))
    with start(wsi=protocol == "soap_v2_wsi", like=like, products=600, customers=5, cases=False, users=users) as found:
        yield found


def updates(store: Sandbox, count: int) -> list[StockUpdate]:
    """New quantities for made-up products."""
    rows = [record for record in store.shop.products.rows if record.get("product_id") > 1000]
    rows = (rows * (count // len(rows) + 1))[:count]
    return [
        StockUpdate(record.get("product_id"), record.get("sku"), Decimal(place) + Decimal("0.5"), place % 2 == 0)
        for place, record in enumerate(rows)
    ]


def quantity(store: Sandbox, number: int) -> tuple[Decimal, bool]:
    row = store.shop.stock[number]
    return Decimal(row["qty"]), bool(row["is_in_stock"])


def check(store: Sandbox, sent: list[StockUpdate]) -> None:
    for item in {item.product_id: item for item in sent}.values():
        assert quantity(store, item.product_id) == (item.qty, item.is_in_stock)


def test_five_thousand_quantities(store: Sandbox, protocol: str) -> None:
    sent = updates(store, 5000)
    saved = {record.get("product_id"): record.get("updated_at") for record in store.shop.products.rows}
    with connect(store.url, store.user, store.key, protocol=protocol) as shop:
        assert list(shop.send_stock(iter(sent))) == [(item, None) for item in sent]
    check(store, sent)
    assert store.requests.total == shop.requests <= 5000 / 100 + 10
    assert store.requests.calls[SINGLE] == 0
    assert saved == {record.get("product_id"): record.get("updated_at") for record in store.shop.products.rows}
    assert store.requests.by_method["endSession"] == (1 if protocol.startswith("soap_v2") else 2)


@pytest.mark.parametrize("kind", ["http_500", "http_503", "maintenance", "php_fatal", "drop_before"])
def test_without_soap_v2(store: Sandbox, protocol: str, kind: str) -> None:
    if protocol.startswith("soap_v2"):
        pytest.skip("it is what the client speaks")
    count = 5000 if (protocol, kind) == ("xmlrpc", "http_500") else 250
    sent = updates(store, count)
    store.misbehave(kind, protocol="soapv2", times=None)
    with connect(store.url, store.user, store.key, protocol=protocol) as shop:
        assert list(shop.send_stock(sent)) == [(item, None) for item in sent]
    check(store, sent)
    assert store.requests.total <= count / 25 + 10


def test_a_soap_v2_without_the_method(shop: Client, store: Sandbox, protocol: str) -> None:
    sent = updates(store, 150)
    store.misbehave("fault", "catalogInventoryStockItemMultiUpdate", times=None, code=3, message="Invalid api path.")
    assert list(shop.send_stock(sent)) == [(item, None) for item in sent]
    check(store, sent)
    assert store.requests.calls[MULTI] == 1, "remembered"


def test_all_skus_are_numbers(store: Sandbox, protocol: str) -> None:
    """Each is also the id of another product: only those that are looked up before get to the right one."""
    rows = [record for record in store.shop.products.rows if record.get("product_id") > 1000]
    skus = [str(row.get("product_id")) for row in rows]
    for row, sku in zip(rows, [*skus[1:], skus[0]], strict=True):
        store.shop.products.remove(row)
        row.edit()["sku"] = sku
        store.shop.products.add(row)
    store.shop.products.rows.sort(key=lambda row: row.get("product_id"))
    count = 5000 if protocol == "xmlrpc" else 500
    sent = updates(store, count)
    with connect(store.url, store.user, store.key, protocol=protocol) as shop:
        assert list(shop.send_stock(sent)) == [(item, None) for item in sent]
    check(store, sent)
    assert store.requests.total <= count / 100 + 10


def test_what_is_also_an_id(shop: Client, store: Sandbox) -> None:
    """Product 2 has the SKU 5; product 5 another one; 12-OLD was renamed; 7000 is gone."""
    before = {number: quantity(store, number) for number in (2, 5, 12)}
    two = StockUpdate(2, "5", Decimal(21), True)
    five = StockUpdate(5, "AB/12-3.4_X+Z", Decimal(51), True)
    renamed = StockUpdate(25, "12-OLD", Decimal(251), True)
    gone = StockUpdate(7000, "12-GONE", Decimal(1), True)
    found = dict(shop.send_stock([two, five, renamed, gone]))
    assert [type(found[item]) for item in (two, five, renamed, gone)] == [type(None)] * 3 + [NotFound]
    assert "7000 (SKU 12-GONE)" in str(found[gone])
    check(store, [two, five, renamed])
    assert quantity(store, 12) == before[12]


@pytest.mark.parametrize("places", [[0], [99], [50, 51, 149], list(range(0, 300, 7))])
def test_products_that_are_gone(shop: Client, store: Sandbox, protocol: str, places: list[int]) -> None:
    """They stop a multiUpdate with those before them saved: all others arrive, with two more requests a batch."""
    sent = updates(store, 300)
    for place in places:
        sent[place] = StockUpdate(90_000 + place, f"GONE-{place}", Decimal(1), True)
    store.reset()
    found = list(shop.send_stock(sent))
    assert [item for item, _error in found] == sent
    wrong = {place: error for place, (_item, error) in enumerate(found) if error}
    assert sorted(wrong) == places
    assert all(isinstance(error, NotFound) and f"GONE-{place}" in str(error) for place, error in wrong.items())
    check(store, [item for place, item in enumerate(sent) if place not in places])
    assert store.requests.total <= 3 * 3 + 2


def test_one_renamed_in_magento(shop: Client, store: Sandbox) -> None:
    sent = updates(store, 120)
    record = store.shop.products.by_id(sent[40].product_id)
    assert record is not None
    store.shop.products.remove(record)
    record.edit()["sku"] = "RENAMED"
    store.shop.products.add(record)
    assert [error for _item, error in shop.send_stock(sent) if error] == []
    check(store, sent)


def test_a_sku_that_another_product_has_now(shop: Client, store: Sandbox) -> None:
    """The quantity is of the product, not of who has its SKU."""
    sent = updates(store, 2)
    old, new = (store.shop.products.by_id(item.product_id) for item in sent)
    assert old is not None and new is not None
    for record, sku in ((new, "ASIDE"), (old, sent[1].sku), (new, sent[0].sku)):
        store.shop.products.remove(record)
        record.edit()["sku"] = sku
        store.shop.products.add(record)
    assert [error for _item, error in shop.send_stock(sent) if error] == []
    check(store, sent)


@pytest.mark.parametrize(
    "kind", ["lost_answer", "http_500", "http_500_after", "http_502", "truncated", "expire_session"]
)
def test_trouble_on_the_way(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    sent = updates(store, 500)
    store.misbehave(kind, MULTI, after=2, times=1 if kind == "expire_session" else 2)
    assert list(shop.send_stock(sent)) == [(item, None) for item in sent]
    check(store, sent)
    assert store.requests.calls[SINGLE] == 0
    assert store.requests.total <= 5 + 13


def test_the_shop_goes_away(shop: Client, store: Sandbox) -> None:
    """What came before is reported; what comes then is an error of the connection."""
    sent = updates(store, 500)
    store.misbehave("http_503", MULTI, after=2, times=None)
    found = []
    with pytest.raises(Unreachable):
        for item, error in shop.send_stock(sent):
            found.append((item, error))
    assert found == [(item, None) for item in sent[:200]]


def test_without_permission(store: Sandbox, protocol: str) -> None:
    with (
        connect(store.url, "reader", "reader-key", protocol=protocol) as client,
        pytest.raises(PermissionMissing, match="Catalog Inventory > Update"),
    ):
        list(client.send_stock(updates(store, 5)))


def test_one_that_is_refused(shop: Client, store: Sandbox) -> None:
    """Sent alone then, so that the others are not held up."""
    sent = updates(store, 130)
    store.misbehave("fault", MULTI, code=102, message="Product inventory not updated.", protocol="soap*2")
    store.misbehave("fault", MULTI, code=102, message="Product inventory not updated.", protocol="soapwsi")
    assert list(shop.send_stock(sent)) == [(item, None) for item in sent]
    check(store, sent)


def test_more_than_a_quantity(shop: Client, store: Sandbox) -> None:
    sent = [
        StockUpdate(25, "SMP-0001", Decimal("-3"), False, backorders=2, manage_stock=True),
        StockUpdate(26, "SMP-0002", Decimal("0"), True),
        StockUpdate(27, "SMP-0003", Decimal("NaN"), True),
    ]
    outcome: list[Any] = [error for _item, error in shop.send_stock(sent)]
    assert outcome[:2] == [None, None]
    assert isinstance(outcome[2], Refused)
    check(store, sent[:2])
    row = store.shop.stock[25]
    assert (row["backorders"], row["use_config_backorders"], row["manage_stock"]) == (2, 0, 1)
    assert "backorders" not in store.shop.stock[26]


def test_nothing_to_send(shop: Client) -> None:
    before = shop.requests
    assert list(shop.send_stock([])) == []
    assert shop.requests == before


def test_errors_are_one_sentence(shop: Client, store: Sandbox) -> None:
    ((_item, error),) = shop.send_stock([StockUpdate(7000, "12-GONE", Decimal(1), True)])
    assert isinstance(error, MagentoError)
    assert str(error).endswith(".")
