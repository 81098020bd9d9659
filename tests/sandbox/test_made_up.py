"""The made-up store: its arithmetic is Magento's, it is the same from the same seed, and quick."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from caller import Caller
from hypothesis import given
from hypothesis import strategies as some

from sandbox import Sandbox, recorded, start
from sandbox.arithmetic import ROW, TOTAL, UNIT, Charge, Rules, calculate
from sandbox.values import Row

NOW = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
README = Path(__file__).parents[2] / "sandbox" / "README.md"


def number(row: Row, key: str) -> Decimal:
    """A column's number."""
    return Decimal(row[key] or 0)


def check_order(order: Row) -> None:
    """What holds for every order of Magento, in both currencies."""
    tops = [item for item in order["items"] if not item["parent_item_id"]]
    for prefix in ("base_", ""):
        hidden = number(order, f"{prefix}hidden_tax_amount") + number(order, f"{prefix}shipping_hidden_tax_amount")
        parts = ("subtotal", "shipping_amount", "tax_amount", "discount_amount")
        assert number(order, f"{prefix}grand_total") == hidden + sum(number(order, prefix + key) for key in parts)
        weee = sum(number(item, f"{prefix}weee_tax_applied_row_amount") for item in tops)
        rows = sum(number(item, f"{prefix}row_total") for item in tops)
        tax = sum(number(item, f"{prefix}tax_amount") for item in tops) + number(order, f"{prefix}shipping_tax_amount")
        assert number(order, f"{prefix}subtotal") - rows in (0, weee)
        assert number(order, f"{prefix}tax_amount") - tax in (0, weee)
        assert number(order, f"{prefix}subtotal") + number(order, f"{prefix}tax_amount") == rows + tax + weee
    assert order["updated_at"] >= order["created_at"]


def check_documents(shop: Sandbox) -> None:
    """What is invoiced and refunded on the orders is what the documents say."""
    for table, key in ((shop.shop.invoices, "total_invoiced"), (shop.shop.creditmemos, "total_refunded")):
        sums: dict[int, Decimal] = {}
        for record in table.rows:
            row = record.full()
            assert row["increment_id"] == record.get("increment_id")
            sums[row["order_id"]] = sums.get(row["order_id"], Decimal(0)) + number(row, "grand_total")
        for order_id, amount in sums.items():
            order = shop.shop.orders.by_id(order_id)
            assert order is not None
            assert number(order.full(), key) == amount, order.get("increment_id")


def test_every_order_and_document_adds_up(default_shop: Sandbox) -> None:
    for record in default_shop.shop.orders.rows:
        check_order(record.full())
    check_documents(default_shop)


def test_orders_of_any_number() -> None:
    with start(bare=True, orders=300, products=200, customers=50, seed=7, now=NOW) as shop:
        rows = [record.full() for record in shop.shop.orders.rows]
        for record, order in zip(shop.shop.orders.rows, rows, strict=True):
            check_order(order)
            assert {key: order[key] for key in record.facts} == record.facts, "what lists say is what the order says"
        check_documents(shop)
        first, last = rows[0]["created_at"], rows[-1]["created_at"]
        assert first >= (NOW - timedelta(days=90)).strftime("%Y-%m-%d") and last < NOW.strftime("%Y-%m-%d %H:%M:%S")
        lines = [sum(not item["parent_item_id"] for item in order["items"]) for order in rows]
        assert 2.7 < sum(lines) / len(lines) < 3.3
        kinds = {item["product_type"] for order in rows for item in order["items"]}
        assert kinds == {"simple", "configurable", "bundle", "grouped", "virtual", "downloadable"}
    with start(bare=True, orders=300, products=200, customers=50, seed=7, now=NOW) as again:
        assert [record.full() for record in again.shop.orders.rows] == rows
    with start(bare=True, orders=300, products=200, customers=50, seed=8, now=NOW) as other:
        assert [record.full() for record in other.shop.orders.rows] != rows


def test_the_recorded_orders_follow_from_this_arithmetic() -> None:
    """Net shop, and shop with prices including tax: the recorded rows, taxes and totals, to the cent."""
    exact = 0
    for compact in recorded.load("orders"):
        order = recorded.whole_order(compact)
        items = [item for item in order["items"] if not item["parent_item_id"]]
        if any(item["tax_percent"] is None for item in items):
            continue  # a dynamic bundle: its children are charged
        gross = order["store_id"] != 1
        for prefix in ("base_", ""):
            unit, shipped = ("price_incl_tax", "shipping_incl_tax") if gross else ("price", "shipping_amount")
            lines = [
                Charge(*(number(item, key) for key in (prefix + unit, "qty_ordered", "tax_percent"))) for item in items
            ]
            for line, item in zip(lines, items, strict=True):
                line.discount = number(item, f"{prefix}discount_amount")
            base = number(order, "base_shipping_amount")
            rate = (number(order, "base_shipping_tax_amount") / base * 100).quantize(Decimal("0.1")) if base else 0
            totals = calculate(lines, Charge(number(order, prefix + shipped), rate=Decimal(rate)), Rules(gross, TOTAL))
            assert totals.grand == number(order, f"{prefix}grand_total")
            assert abs(totals.tax - number(order, f"{prefix}tax_amount")) <= Decimal("0.01")
            exact += totals.tax == number(order, f"{prefix}tax_amount")
    assert exact >= 128, "all but two conversions of rounded prices"


CENTS = some.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)
CHARGES = some.builds(
    Charge,
    CENTS,
    some.sampled_from([Decimal(1), Decimal(3), Decimal("2.5"), Decimal("0.75")]),
    some.sampled_from([Decimal(0), Decimal("5.5"), Decimal("8.375"), Decimal(19), Decimal(20)]),
    some.integers(0, 2000).map(lambda cents: Decimal(cents) / 100),
    some.sampled_from([Decimal(0), Decimal("1.30")]),
)


@given(some.lists(CHARGES, min_size=1, max_size=8), CHARGES, some.booleans(), some.sampled_from([UNIT, ROW, TOTAL]))
def test_any_order_adds_up(lines: list[Charge], shipping: Charge, gross: bool, algorithm: str) -> None:
    shipping.weee, shipping.qty = Decimal(0), Decimal(1)
    totals = calculate(lines, shipping, Rules(gross, algorithm, weee_in_subtotal=bool(len(lines) % 2)))
    charged = [*totals.lines, totals.shipping]
    assert totals.grand == sum(one.row + one.tax + one.hidden - one.discount + one.weee_row for one in charged)
    if gross:
        assert totals.grand == sum(one.row_incl - one.discount + one.weee_row for one in charged)
    assert totals.grand.quantize(Decimal("0.01")) == totals.grand


def test_sixty_cases_and_the_readme(default_shop: Sandbox) -> None:
    numbers = [
        record.get("increment_id") for record in default_shop.shop.orders.rows if 901 <= record.get("order_id") <= 960
    ]
    assert len(numbers) == 60
    listed = re.findall(r"^\| ([0-9-]+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == numbers


def test_it_starts_at_once() -> None:
    before = time.perf_counter()
    start().stop()
    assert time.perf_counter() - before < 2


def test_a_thousand_orders_are_answered_in_seconds() -> None:
    with start(bare=True, orders=1000, products=300, customers=100) as shop:
        caller = Caller(shop.url).login()
        numbers = [record.get("increment_id") for record in shop.shop.orders.rows]
        before, seen = time.process_time(), 0
        for at in range(0, 1000, 50):
            seen += len(caller.many(*(["sales_order.info", [one]] for one in numbers[at : at + 50])))
        assert seen == 1000 and time.process_time() - before < 20, "reading them here is most of it"


def test_large_stores_start_quickly() -> None:
    before = time.perf_counter()
    with start(bare=True, orders=10_000, products=20_000, customers=2_000) as shop:
        assert len(shop.shop.orders) == 10_000
    assert time.perf_counter() - before < 10


@pytest.mark.parametrize("store", [1, 2, 3, 4])
def test_customers_and_their_addresses(default_shop: Sandbox, store: int) -> None:
    caller = Caller(default_shop.url).login()
    rows = caller("customer.list", {"store_id": store, "customer_id": {"from": 1001}})
    assert rows
    addresses = caller("customer_address.list", rows[0]["customer_id"])
    assert any(one["is_default_billing"] for one in addresses)
    assert caller("customer_address.info", addresses[0]["customer_address_id"])["city"] == addresses[0]["city"]
