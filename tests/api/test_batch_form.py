"""Many calls in one request of XML-RPC: an array up to OpenMage 20.10, a struct since 20.12, found by trying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from recorded_server import RecordedServer, recorded

from magento_api import Client, NotFound, connect
from magento_api.records import NewDocument, OrderKey
from sandbox import Sandbox, start

ARRAY, STRUCT = "20.18/multiCall~array.xmlrpc", "20.18/multiCall~struct"
LINES = [{"sku": "SMP-0001", "qty": 2}]


@pytest.fixture
def like() -> str:
    return "20.18"


@pytest.fixture
def store(like: str) -> Iterator[Sandbox]:
    with start(like=like, recorded_only=True) as found:
        yield found


@pytest.fixture
def shop(store: Sandbox) -> Iterator[Client]:
    with connect(store.url, store.user, store.key, protocol="xmlrpc") as client:
        yield client


def numbers(shop: Client, count: int) -> list[str]:
    return [summary.increment_id for summary in shop.order_summaries()][:count]


@pytest.mark.parametrize(
    ("like", "form", "requests"), [("19.4", "array", 1), ("1.9", "array", 1), ("20.18", "struct", 2)]
)
def test_connect_finds_it(store: Sandbox, like: str, form: str, requests: int) -> None:
    with connect(store.url, store.user, store.key) as client:
        before = client.requests
        assert client.try_batch()
        assert (client.batch_form, client.requests - before) == (form, requests)
    with connect(store.url, store.user, store.key, batch_form=form) as client:
        before = client.requests
        assert client.try_batch()
        assert (client.batch_form, client.requests - before) == (form, 1)


def test_one_request_is_wasted_in_all(shop: Client) -> None:
    before = shop.requests
    assert len(shop.shipment_numbers(range(1, 251))) == 250
    assert shop.requests - before == 1 + 3
    assert shop.batch_form == "struct"


def test_what_an_update_has_changed_is_found(store: Sandbox) -> None:
    """The shop was updated, or set back, after Connect."""
    with connect(store.url, store.user, store.key, batch_form="array") as client:
        assert all(isinstance(payload, dict) for _number, payload in client.order_payloads(numbers(client, 3)))
    with (
        start(like="19.4", recorded_only=True) as old,
        connect(old.url, old.user, old.key, batch_form="struct") as client,
    ):
        assert all(isinstance(payload, dict) for _number, payload in client.order_payloads(numbers(client, 3)))
        assert client.batch_form == "array"


def test_writes_are_done_once(shop: Client, store: Sandbox) -> None:
    rows = [store.place_order(lines=LINES) for _number in range(3)]
    keys = [OrderKey(row["order_id"], row["increment_id"]) for row in rows]
    made = [answer for _new, answer in shop.create_shipments(NewDocument(key, known=()) for key in keys)]
    assert all(isinstance(answer, str) for answer in made), made
    assert [len(shop.shipments(key.order_id)) for key in keys] == [1, 1, 1]
    assert store.requests.by_method["multiCall"] == 2, "one of them refused"


def recorded_shop(answers: dict[str, str]) -> RecordedServer:
    """A shop that answers multiCall by the form that it is asked in, all else as an OpenMage 20.18."""

    def answer(method: str, arguments: list[str]) -> tuple[int, bytes]:
        if method == "multiCall":
            return 200, recorded(answers["struct" if "0" in arguments else "array"])
        names = {"login": "login~ok.xmlrpc", "endSession": "login~ok.xmlrpc"}
        return 200, recorded(names.get(method, "20.18/core_magento.info.xmlrpc"))

    return RecordedServer(answer)


def test_as_recorded() -> None:
    with (
        recorded_shop({"array": ARRAY, "struct": f"{STRUCT}.xmlrpc"}) as server,
        connect(server.url, "u", "k") as client,
    ):
        payloads: list[Any] = [
            payload for _n, payload in client.order_payloads(["100000001", "200000001", "100000002"])
        ]
        assert [payload["increment_id"] for payload in payloads] == ["100000001", "200000001", "100000002"]
    with (
        recorded_shop({"array": ARRAY, "struct": f"{STRUCT}_with_fault.xmlrpc"}) as server,
        connect(server.url, "u", "k") as client,
    ):
        (_nosuch, error), (_number, payload) = client.order_payloads(["nosuch", "100000001"])
        assert isinstance(error, NotFound)
        assert isinstance(payload, dict)


def test_the_order_of_more_than_ten(shop: Client) -> None:
    wanted = numbers(shop, 14)[::-1]
    found = list(shop.order_payloads(wanted))
    assert [payload["increment_id"] for _number, payload in found if isinstance(payload, dict)] == wanted


def test_a_shop_that_takes_neither() -> None:
    with recorded_shop({"array": ARRAY, "struct": ARRAY}) as server, connect(server.url, "u", "k") as client:
        assert not client.try_batch()
        assert client.batch_form == "none"
        list(client.order_payloads(["1", "2", "3"]))
        assert [method for method, _arguments in server.requests].count("multiCall") == 2, "that is known now"
    with recorded_shop({"array": ARRAY, "struct": ARRAY}) as server, connect(server.url, "u", "k") as client:
        found = list(client.order_payloads(["1", "2", "3"]))
        assert all(isinstance(payload, dict) for _number, payload in found)
        assert len(server.requests) == 1 + 2 + 3
    with recorded_shop({"array": ARRAY, "struct": ARRAY}) as server, connect(server.url, "u", "k") as client:
        news = [NewDocument(OrderKey(number, str(number)), known=()) for number in (1, 2)]
        answers = [answer for _new, answer in client.create_shipments(news)]
        assert ["a number was expected" in str(answer) for answer in answers] == [True, True], (
            "one does not stop the other"
        )
        methods = [method for method, _arguments in server.requests]
        assert methods.count("sales_order_shipment.create") >= 2


def test_a_fault_of_one_call_is_not_taken_for_it(shop: Client, store: Sandbox) -> None:
    """623 is what a bare argument is refused with, too."""
    shop.try_batch()
    before = store.requests.by_method["multiCall"]
    (_number, error), *_others = shop.order_payloads(["nope", *numbers(shop, 2)])
    assert isinstance(error, NotFound)
    assert shop.batch_form == "struct"
    assert store.requests.by_method["multiCall"] == before + 1
