"""The client against the sandbox store: everything over each protocol, and everything that goes wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from test_recorded_answers import differences

from magento_api import (
    Client,
    CredentialsRefused,
    MagentoError,
    NotFound,
    NotUnderstood,
    PermissionMissing,
    TooBig,
    Unreachable,
    connect,
    parse_order,
)
from sandbox import Sandbox, start

LIMIT = 130
Stores = dict[tuple[bool, str], Sandbox]
STORES = [(False, "19.4"), (False, "20.18"), (True, "19.4")]


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """The same store, by whether SOAP v2 speaks its WS-I dialect and by version."""
    now = datetime(2026, 11, 21, 3, tzinfo=timezone.utc)
    size: dict[str, Any] = {
        "now": now,
        "products": 150,
        "orders": 110,
        "customers": 60,
        "seed": 3,
        "order_list_limit": LIMIT,
    }
    found = {(wsi, like): start(wsi=wsi, like=like, **size) for wsi, like in STORES}
    yield found
    for store in found.values():
        store.stop()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.01)


@pytest.fixture
def store(stores: Stores, side: tuple[str, str]) -> Iterator[Sandbox]:
    found = stores[side[0] == "soap_v2_wsi", side[1]]
    found.reset()
    yield found
    found.reset()


@pytest.fixture(scope="session")
def references(stores: Stores) -> Iterator[dict[str, Client]]:
    """The store over XML-RPC, by version."""
    found = {like: connect(store.url, store.user, store.key) for (wsi, like), store in stores.items() if not wsi}
    yield found
    for client in found.values():
        client.close()


@pytest.fixture
def reference(references: dict[str, Client], like: str) -> Client:
    """The store over XML-RPC."""
    return references[like]


@pytest.fixture(scope="session")
def all_orders(references: dict[str, Client]) -> dict[str, dict[str, Any]]:
    """All orders of the store over XML-RPC, by number, by version."""
    return {
        like: dict(client.order_payloads([summary.increment_id for summary in client.order_summaries()]))
        for like, client in references.items()
    }


@pytest.fixture
def reference_orders(all_orders: dict[str, dict[str, Any]], like: str) -> dict[str, Any]:
    """All orders of the store over XML-RPC, by number."""
    return all_orders[like]


METHODS: dict[str, tuple[Callable[[Client], Any], set[str]]] = {
    "info": (lambda c: c.info(), {"openmage_version"}),
    "store_views": (lambda c: c.store_views(), set()),
    "permissions": (lambda c: c.permissions(), set()),
    "order_summaries": (lambda c: list(c.order_summaries()), set()),
    "order_summaries_after": (lambda c: list(c.order_summaries(after_id=60)), set()),
    "customers": (lambda c: list(c.customers()), set()),
    "customer": (lambda c: c.customer(20), set()),
    "customer_addresses": (lambda c: c.customer_addresses(5), {"vat_id"}),
    "customer_groups": (lambda c: c.customer_groups(), set()),
    "product_summaries": (lambda c: list(c.product_summaries()), set()),
    "product_summaries_skus": (lambda c: list(c.product_summaries(skus=["SMP-0001", "5", "1001", "NOPE"])), set()),
    "products": (lambda c: [product for _id, product in c.products(range(1, 121), store=3)], {"attributes"}),
    "stock_items": (lambda c: list(c.stock_items(["SMP-0001", "5", "1001", "NOPE", "7"])), set()),
    "category_tree": (lambda c: c.category_tree(), set()),
    "category_tree_store": (lambda c: c.category_tree(2, store=3), set()),
    "root_categories": (lambda c: c.root_categories(), set()),
    "attribute_sets": (lambda c: c.attribute_sets(), set()),
    "attribute_options": (lambda c: c.attribute_options("tax_class_id"), set()),
    "attribute_options_store": (lambda c: c.attribute_options("manufacturer", store=3), set()),
    "countries": (lambda c: c.countries(), set()),
    "regions": (lambda c: c.regions("US"), set()),
    "regions_none": (lambda c: c.regions("AD"), set()),
}


def without(value: Any, fields: set[str]) -> Any:
    """Records as plain data, some fields left out; errors as their text."""
    if isinstance(value, list | tuple):
        return [without(item, fields) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in fields]
        return {name: without(getattr(value, name), fields) for name in names}
    return str(value) if isinstance(value, MagentoError) else value


@pytest.mark.parametrize("method", METHODS)
def test_methods(shop: Client, protocol: str, reference: Client, method: str) -> None:
    read, lacking = METHODS[method]
    expected = read(reference)
    assert expected or method == "regions_none"
    fields = lacking if protocol.startswith("soap_v2") else set()
    assert without(read(shop), fields) == without(expected, fields)


def test_orders(shop: Client, protocol: str, reference_orders: dict[str, Any]) -> None:
    numbers, expected = list(reference_orders), reference_orders
    assert len(numbers) >= 200
    before = shop.requests
    found = list(shop.order_payloads(numbers))
    assert [number for number, _payload in found] == numbers
    if protocol in ("xmlrpc", "soap_v1"):
        assert shop.requests - before <= len(numbers) / 50 + 2
    for number, payload in found:
        assert isinstance(payload, dict), payload
        order, other = parse_order(payload), parse_order(expected[number])
        if protocol in ("xmlrpc", "soap_v1"):
            assert order == other
        else:
            assert differences(other, order) <= order.lacks


def test_no_such_order(shop: Client) -> None:
    found = list(shop.order_payloads(["100000001", "nope", "100000003"]))
    assert [type(payload) for _number, payload in found] == [dict, NotFound, dict]
    assert "Requested order not exists" in str(found[1][1])


def test_nothing_new_costs_one_request(shop: Client, reference: Client) -> None:
    latest = max(summary.updated_at for summary in reference.order_summaries())
    before = shop.requests
    assert list(shop.order_summaries(updated_from=latest + timedelta(seconds=1))) == []
    assert shop.requests - before == 1
    assert list(shop.order_payloads([])) == []
    assert shop.requests - before == 1


def test_updated_from(shop: Client, reference: Client) -> None:
    times = sorted(summary.updated_at for summary in reference.order_summaries())
    middle = times[len(times) // 2]
    expected = [summary for summary in reference.order_summaries() if summary.updated_at >= middle]
    assert list(shop.order_summaries(updated_from=middle)) == expected


def test_the_session_is_ended(store: Sandbox, protocol: str) -> None:
    with connect(store.url, store.user, store.key, protocol=protocol) as client:
        client.store_views()
    assert store.requests.by_method["endSession"] == 1
    assert store.requests.total == client.requests


def test_an_expired_session_is_renewed_once(shop: Client, store: Sandbox, protocol: str) -> None:
    store.misbehave("expire_session")
    assert shop.store_views()
    assert store.requests.by_method["login"] == 2
    store.misbehave("expire_session", times=None)
    with pytest.raises(Unreachable, match="ended the session"):
        shop.store_views()
    assert store.requests.by_method["login"] == 3


def test_an_expired_session_in_the_middle_of_orders(shop: Client, store: Sandbox, reference: Client) -> None:
    numbers = [summary.increment_id for summary in reference.order_summaries()][:70]
    store.misbehave("expire_session", "sales_order.info", after=1)
    found = list(shop.order_payloads(numbers))
    assert [number for number, _payload in found] == numbers
    assert all(isinstance(payload, dict) for _number, payload in found)


@pytest.mark.parametrize("kind", ["http_502", "http_503", "maintenance", "error_page", "drop_before", "cut_connection"])
def test_what_passes_is_waited_out(shop: Client, store: Sandbox, kind: str) -> None:
    store.misbehave(kind, times=2)
    assert shop.store_views()
    store.misbehave(kind, times=None)
    with pytest.raises(Unreachable) as caught:
        shop.store_views()
    assert caught.value.retryable
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("http_500", TooBig),
        ("http_500_after", TooBig),
        ("php_fatal", NotUnderstood),
        ("maintenance_200", NotUnderstood),
        ("truncated", NotUnderstood),
    ],
)
def test_what_does_not_pass_is_said(shop: Client, store: Sandbox, kind: str, error: type[MagentoError]) -> None:
    store.misbehave(kind, times=None)
    with pytest.raises(error) as caught:
        shop.store_views()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert store.key not in text


@pytest.mark.parametrize("kind", ["bom", "php_warning"])
def test_php_prints_before_the_xml(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    store.misbehave(kind, times=None)
    if protocol == "xmlrpc":
        assert shop.store_views()
    else:
        with pytest.raises(NotUnderstood, match="PHP printed something"):
            shop.store_views()


def test_latency(store: Sandbox, protocol: str) -> None:
    with connect(store.url, store.user, store.key, protocol=protocol, timeout=(5, 0.3)) as client:
        store.misbehave("latency", seconds=0.8, times=None)
        with pytest.raises(Unreachable, match=r"did not answer within 0\.3 seconds"):
            client.store_views()
        store.reset()


def test_a_huge_answer(store: Sandbox, protocol: str) -> None:
    with connect(store.url, store.user, store.key, protocol=protocol, max_answer_bytes=2 * 2**20) as client:
        store.misbehave("huge_answer", size=20_000_000, times=None)
        with pytest.raises(TooBig, match="larger than 2 MB"):
            client.store_views()
        store.reset()


def test_a_list_that_is_too_long(shop: Client, store: Sandbox, reference: Client) -> None:
    """More orders than the server can answer at once: a poll for all falls back to windows."""
    expected = list(reference.order_summaries())
    assert len(expected) > LIMIT
    first = min(summary.updated_at for summary in expected)
    before = shop.requests
    assert list(shop.order_summaries(updated_from=first)) == expected
    assert shop.requests - before < 20


def test_an_order_that_kills_the_server(shop: Client, store: Sandbox, protocol: str, reference: Client) -> None:
    """One payload that no store should send among seventy; and a server that dies on one batch."""
    numbers = [summary.increment_id for summary in reference.order_summaries()][:70]
    store.set_payload(numbers[10], {"increment_id": numbers[10], "items": "nonsense"})
    try:
        found = dict(shop.order_payloads(numbers))
        assert list(found) == numbers
        with pytest.raises(NotUnderstood):
            parse_order(found[numbers[10]])  # type: ignore[arg-type]
    finally:
        store.set_payload(numbers[10], None)
    store.misbehave("http_500", "sales_order.info", times=2)
    found = dict(shop.order_payloads(numbers))
    assert list(found) == numbers
    assert all(isinstance(payload, dict) for payload in found.values())


def test_a_server_that_dies_on_every_order(shop: Client, store: Sandbox, reference: Client) -> None:
    numbers = [summary.increment_id for summary in reference.order_summaries()][:200]
    store.misbehave("http_500", "sales_order.info", times=None)
    with pytest.raises(TooBig):
        list(shop.order_payloads(numbers))
    assert store.requests.total < 60


def test_wrong_credentials(store: Sandbox, protocol: str) -> None:
    for user, key in (("odoo", "wrong"), ("nobody", "x" * 10), ("inactive", "inactive-key"), ("norole", "norole-key")):
        with pytest.raises(CredentialsRefused) as caught:
            connect(store.url, user, key, protocol=protocol)
        assert key not in str(caught.value)


def test_a_limited_role(store: Sandbox, protocol: str) -> None:
    with connect(store.url, "limited", "limited-key", protocol=protocol) as client:
        allowed = {permission.method for permission in client.permissions() if permission.allowed}
        assert "store.list" in allowed
        assert "catalog_product.info" in allowed
        assert "sales_order.list" not in allowed
        assert "customer.info" not in allowed
        with pytest.raises(PermissionMissing, match="Sales > Order > Retrieve orders info"):
            list(client.order_summaries())
        with pytest.raises(PermissionMissing, match="Sales > Order > Retrieve orders info"):
            list(client.order_payloads(["100000001", "100000002"]))


def test_permissions_cost_few_requests(shop: Client, protocol: str) -> None:
    before = shop.requests
    assert all(permission.allowed for permission in shop.permissions())
    assert shop.requests - before <= (20 if protocol == "soap_v2_wsi" else 1)


def test_detection(stores: Stores) -> None:
    store = stores[False, "19.4"]
    for path in (
        "",
        "/index.php",
        "/index.php/admin",
        "/api/xmlrpc/",
        "/index.php/api/v2_soap/?wsdl=1",
        "/api.php?type=soap",
    ):
        with connect(store.url + path, store.user, store.key) as client:
            assert client.protocol == "xmlrpc"
            assert client.url == store.url
            assert client.requests == 1
            assert client.server_time is not None


def test_detection_without_xmlrpc(stores: Stores) -> None:
    for (wsi, _like), store in stores.items():
        store.misbehave("php_fatal", protocol="xmlrpc", times=None)
        with connect(store.url, store.user, store.key) as client:
            assert client.protocol == "soap_v1"
        store.misbehave("php_fatal", protocol="soapv1", times=None)
        with connect(store.url, store.user, store.key) as client:
            assert client.protocol == ("soap_v2_wsi" if wsi else "soap_v2")
            assert client.store_views()
        store.reset()


def test_either_dialect_is_found(stores: Stores) -> None:
    for (wsi, _like), store in stores.items():
        for named in ("soap_v2", "soap_v2_wsi"):
            with connect(store.url, store.user, store.key, protocol=named) as client:
                assert client.protocol == ("soap_v2_wsi" if wsi else "soap_v2")
