"""One odd row of a list stops nothing: it is read as far as it makes sense, or its error stands in its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from recorded_server import RecordedServer, recorded

from magento_api import BadRow, Client, MagentoError, OrderSummary, connect
from magento_api.records import Customer, ProductSummary
from sandbox.xmlrpc_wire import write_answer

ORDER = {
    "order_id": "7",
    "increment_id": "100000007",
    "store_id": "1",
    "state": "new",
    "status": "pending",
    "created_at": "2026-01-02 03:04:05",
    "updated_at": "2026-01-02 03:04:05",
    "grand_total": "12.5000",
    "order_currency_code": "EUR",
    "customer_email": "a@example.com",
}
CUSTOMER = {"customer_id": "7", "email": "a@example.com", "website_id": "1", "group_id": "1", "firstname": "Ann"}
PRODUCT = {"product_id": "7", "sku": "A", "name": "A", "set": "4", "type": "simple", "website_ids": ["1"]}
INVOICE = {"invoice_id": "7", "increment_id": "200000007", "order_id": "3", "state": "2", "grand_total": "12.5000"}
ODD: list[Any] = [
    None,
    "text",
    "12,50",
    "NaN",
    math.inf,
    "1e13",
    10**20,
    -5,
    [],
    {},
    ["a"],
    {"a": "b"},
    True,
    "0000-00-00",
]


@contextmanager
def shop(rows: list[Any]) -> Iterator[Client]:
    """A client of a shop whose lists all have these rows, with ids up to a thousand."""

    def answer(method: str, _arguments: list[str]) -> tuple[int, bytes]:
        return 200, recorded("login~ok.xmlrpc") if method == "login" else write_answer(rows).encode()

    with RecordedServer(answer) as server, connect(server.url, "odoo", "key", protocol="xmlrpc") as client:
        yield client


def orders(client: Client) -> list[Any]:
    return list(client.order_summaries(updated_from=client.server_time))


def customers(client: Client) -> list[Any]:
    return list(client.customers(updated_from=client.server_time))


def products(client: Client) -> list[Any]:
    return list(client.product_summaries(updated_from=client.server_time))


LISTS: list[tuple[Callable[[Client], list[Any]], dict[str, Any], str, type]] = [
    (orders, ORDER, "order_id", OrderSummary),
    (customers, CUSTOMER, "customer_id", Customer),
    (products, PRODUCT, "product_id", ProductSummary),
]


@pytest.mark.parametrize(("read", "row", "field", "kind"), LISTS)
def test_what_only_informs_may_be_odd(
    read: Callable[[Client], list[Any]], row: dict[str, Any], field: str, kind: type
) -> None:
    must = {field, "increment_id"}
    odd = [{**row, key: value} for key in sorted(row.keys() - must) for value in ODD]
    numbered = [one | {field: str(number)} for number, one in enumerate(odd, 7)]
    with shop(numbered) as client:
        found = read(client)
    assert [one for one in found if not isinstance(one, kind)] == []
    assert len(found) == len(numbered)


def test_what_an_odd_order_still_tells() -> None:
    with shop([{**ORDER, "store_id": "text", "grand_total": "12,50", "status": ["a"], "updated_at": "soon"}]) as client:
        (found,) = orders(client)
    assert (found.increment_id, found.store_id, found.grand_total, found.status) == ("100000007", None, None, "")
    assert found.updated_at == found.created_at


@pytest.mark.parametrize("value", [None, " ", [], ["a"], {"a": "b"}, True, 10**20])
def test_a_row_without_number_is_named(value: Any) -> None:
    good = [{**ORDER, "order_id": str(number), "increment_id": f"1{number}"} for number in (7, 9)]
    with shop([good[0], {**ORDER, "order_id": "8", "increment_id": value}, "no struct", good[1]]) as client:
        first, odd, last, nothing = orders(client)
    assert (first.order_id, odd.id, odd.number, last.order_id) == (7, 8, None, 9)
    assert "sales_order.list, order_id 8: increment_id" in str(odd)
    assert isinstance(nothing, BadRow)
    assert "'no struct', a struct was expected" in str(nothing)


@pytest.mark.parametrize("value", [None, "text", -5, [], 0, 10**20])
def test_a_row_without_id_is_named_by_its_number(value: Any) -> None:
    with shop([{**ORDER, "order_id": value}, {**ORDER, "order_id": "9"}]) as client:
        good, odd = orders(client)
    assert (good.order_id, odd.id, odd.number) == (9, None, "100000007")
    assert "order_id" in str(odd)


def test_rows_without_id_end_a_walk() -> None:
    with shop(["no struct"]) as client:
        found = list(client.order_summaries())
    assert found
    assert all(isinstance(row, BadRow) for row in found)


def test_an_odd_document_is_one_order_s() -> None:
    rows = [
        {**INVOICE, "order_id": "1"},
        {**INVOICE, "increment_id": None, "order_id": "2"},
        {**INVOICE, "order_id": 9},
    ]
    with shop(rows) as client:
        found = client.documents_of("invoice", [1, 2, 3])
    assert [row.increment_id for row in _all(found[1])] == ["200000007"]
    assert isinstance(found[2], MagentoError)
    assert found[3] == []
    with shop([INVOICE, {**INVOICE, "order_id": ["a"]}]) as client:
        found = client.documents_of("invoice", [3, 4])
    assert all(isinstance(one, BadRow) for one in found.values()), "whose it is nobody knows"


def test_odd_stock_is_left_out() -> None:
    rows = [
        {"product_id": "1", "sku": "A", "qty": "1.5", "is_in_stock": "1"},
        {"product_id": "2", "sku": "B", "qty": "x"},
    ]
    with shop(rows) as client:
        assert [item.qty for item in client.stock_items(["A", "B"])] == [Decimal("1.5")]


def _all(answer: Any) -> list[Any]:
    assert isinstance(answer, list)
    return answer
