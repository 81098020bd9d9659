"""The list of orders, read with the orders that the caller wants, in one go over several windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from magento_api import BadRow, Client, OrderSummary, Unreachable, connect
from sandbox import Sandbox, start

ORDERS = 620  # more than one window
Rows = list[OrderSummary | BadRow]


@pytest.fixture(scope="module")
def running_store() -> Iterator[Sandbox]:
    with start(bare=True, orders=ORDERS, products=10, customers=10) as store:
        yield store


@pytest.fixture
def store(running_store: Sandbox) -> Sandbox:
    running_store.reset()
    return running_store


@pytest.fixture
def client(store: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.01)
    with connect(store.url, store.user, store.key, protocol="xmlrpc") as client:
        yield client


def those(wanted: Callable[[str], bool]) -> Callable[[Rows], set[str]]:
    """Chooses by the number of the order."""
    return lambda rows: {row.increment_id for row in rows if isinstance(row, OrderSummary) and wanted(row.increment_id)}


def test_every_row_comes_once_in_order_with_what_is_wanted(client: Client, store: Sandbox) -> None:
    found = list(client.orders(those(lambda number: int(number) % 3 == 0)))
    assert [row for row, _answer in found] == list(client.order_summaries())
    assert len(found) == ORDERS
    for row, answer in found:
        assert isinstance(row, OrderSummary)
        wanted = int(row.increment_id) % 3 == 0
        assert (answer["increment_id"] if isinstance(answer, dict) else answer) == (
            row.increment_id if wanted else None
        )
    assert store.requests.calls["sales_order.info"] == sum(answer is not None for _row, answer in found)


def test_nothing_wanted_is_nothing_asked(client: Client, store: Sandbox) -> None:
    assert {answer for _row, answer in client.orders(lambda rows: set())} == {None}
    assert not store.requests.calls["sales_order.info"]


def test_reading_goes_on_into_the_next_window_while_the_caller_works(client: Client, store: Sandbox) -> None:
    reader = client.orders(those(lambda number: True))
    taken = [reader.take(1) for _number in range(510)]
    end = time.monotonic() + 10
    while store.requests.calls["sales_order.info"] < 560 and time.monotonic() < end:
        time.sleep(0.05)
    assert store.requests.calls["sales_order.info"] >= 560, "the part of the list that ends at row 550 is no end"
    assert len(taken) + len(list(reader)) == ORDERS


def test_a_list_that_breaks_off_loses_nothing_of_what_it_told(client: Client, store: Sandbox) -> None:
    told = [row.order_id for row in client.order_summaries() if row.order_id <= 500]
    store.misbehave("http_503", "sales_order.list", times=None, after=1)
    reader = client.orders(those(lambda number: True))
    found = []
    with pytest.raises(Unreachable):
        while True:
            found += reader.take(100)
    assert [row.order_id for row, _answer in found] == told
    assert all(isinstance(answer, dict) for _row, answer in found)
