"""The filters of lists, and their traps."""

from __future__ import annotations

from typing import Any

import pytest
from caller import Caller
from hypothesis import given
from hypothesis import strategies as some

from sandbox import Sandbox, start
from sandbox.filters import condition, from_soap_v2, select
from sandbox.tables import Record


def numbers(caller: Caller, filters: Any) -> list[int]:
    """The ids of the orders that pass."""
    return [row["order_id"] for row in caller("sales_order.list", filters)]


@pytest.fixture(scope="module")
def orders(recorded_shop: Sandbox) -> Caller:
    return Caller(recorded_shop.url).login()


def test_operators(orders: Caller) -> None:
    everything = numbers(orders, {})
    assert len(everything) == 71 and everything == sorted(everything)
    assert numbers(orders, {"status": "holded"}) == numbers(orders, {"status": {"eq": "holded"}}) != []
    assert len(numbers(orders, {"status": {"neq": "holded"}})) == 71 - len(numbers(orders, {"status": "holded"}))
    assert numbers(orders, {"order_id": {"gt": 1, "lteq": 3}}) == everything[1:], "the second one is ignored"
    assert numbers(orders, {"order_id": {"from": "4", "to": 9}}) == [one for one in everything if 4 <= one <= 9]
    assert numbers(orders, {"order_id": {"gteq": 120}}) == [one for one in everything if one >= 120]
    assert numbers(orders, {"increment_id": {"like": "2000000%"}}) == numbers(
        orders, {"increment_id": {"from": "2", "to": "3"}}
    )
    assert numbers(orders, {"coupon_code": {"notnull": True}}) == numbers(orders, {"coupon_code": {"neq": ""}})
    assert len(numbers(orders, {"coupon_code": {"null": True}})) == 59
    assert numbers(orders, {"status": {"in": ["holded", "canceled"]}}) == numbers(
        orders, {"status": ["holded", "canceled"]}
    )
    assert len(numbers(orders, {"status": {"nin": ["holded", "canceled"]}})) == 68
    assert numbers(orders, {"grand_total": {"gt": "3000"}}) and numbers(orders, {"status": "HOLDED"})


def test_traps(orders: Caller) -> None:
    assert numbers(orders, {"status": {"in": "holded,canceled"}}) == []
    assert len(numbers(orders, {"status": {"nin": "holded,canceled"}})) == 71
    assert numbers(orders, {"order_id": {"moreq": 4}}) == [4]
    assert numbers(orders, {"increment_id": {"zzz": "1"}}) == []
    assert len(numbers(orders, "a text")) == 71
    assert len(orders("sales_order.list")) == 71


def test_dates(orders: Caller) -> None:
    after = numbers(orders, {"created_at": {"from": "2026-10-30 14:37:21"}})
    assert after == numbers(orders, {"created_at": {"from": "2026-10-30T14:37:21Z"}}) and after[0] == 99
    assert 99 not in numbers(orders, {"created_at": {"to": "2026-10-30"}})
    assert numbers(orders, {"updated_at": {"gt": "2030-01-01 00:00:00"}}) == []


def test_unknown_fields(orders: Caller) -> None:
    assert orders.fault("sales_order.list", {"nosuch": 1})[1].startswith("SQLSTATE[42S22]: Column not found: 1054")
    assert orders.fault("customer.list", {"nosuch": 1}) == (101, "Invalid attribute name: nosuch")
    assert orders.fault("catalog_product.list", {"nosuch": 1}) == (0, "Unknown Error")
    assert orders.fault("sales_order_shipment.list", {"order_increment_id": "1"})[0] == 1


def test_products_and_customers(orders: Caller) -> None:
    assert [row["sku"] for row in orders("catalog_product.list", {"sku": ["5", "1001"]})] == ["1001", "5"]
    assert all(row["type"] == "bundle" for row in orders("catalog_product.list", {"type_id": "bundle"}))
    assert len(orders("catalog_product.list", {"price": {"gt": "1"}, "status": 1})) > 200
    assert [row["customer_id"] for row in orders("customer.list", {"customer_id": {"from": 3, "to": 5}})] == [3, 4, 5]


def test_a_list_that_is_too_long_dies() -> None:
    with start(recorded_only=True, order_list_limit=10) as shop:
        caller = Caller(shop.url).login()
        with pytest.raises(Exception, match="500"):
            caller("sales_order.list", {})
        assert len(caller("sales_order.list", {"order_id": {"to": 9}})) > 3


def test_soap_v2_filters() -> None:
    given_filters = {
        "filter": [{"key": "status", "value": "pending"}],
        "complex_filter": [
            {"key": "order_id", "value": {"key": "from", "value": "4"}},
            {"key": "order_id", "value": {"key": "to", "value": "9"}},
            {"key": "store_id", "value": {"key": "in", "value": "1,2"}},
        ],
    }
    assert from_soap_v2(given_filters) == {
        "order_id": {"from": "4", "to": "9"},
        "store_id": {"in": ["1", "2"]},
        "status": "pending",
    }
    assert from_soap_v2(None) == {}


@given(some.lists(some.integers(1, 60), unique=True), some.integers(0, 61), some.integers(0, 61))
def test_windows_are_cut_as_they_would_be_filtered(ids: list[int], low: int, high: int) -> None:
    rows = [Record({"order_id": number}) for number in sorted(ids)]
    test = condition({"from": str(low), "to": str(high)})
    wanted = [row for row in rows if test(row.get("order_id"))]
    assert select(rows, {"order_id": {"from": str(low), "to": str(high)}}, "order_id") == wanted
