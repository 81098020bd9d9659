"""Reading an order: whatever JSON it is, an Order or one sentence."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_server import names, recorded

from magento_api import NotUnderstood, parse_order
from magento_api.clean import clean
from magento_api.masking import Secrets
from magento_api.soap import read_answer
from magento_api.xmlrpc import decode


class Wire:
    """As much of a transport as reading needs."""

    secrets = Secrets()


def payload(name: str = "sales_order.info~eur", protocol: str = "xmlrpc") -> dict[str, Any]:
    read = decode if protocol == "xmlrpc" else read_answer
    found: dict[str, Any] = clean(read(recorded(f"{name}.{protocol}"), "sales_order.info", Wire()))  # type: ignore[arg-type]
    return found


ORDERS = [
    payload(name.removesuffix(".xmlrpc")) for name in names(r"sales_order\.info~(bundle_dyn|config|virtual)\.xmlrpc")
]
ORDERS.append(payload("sales_order.info~bundle_dyn", "soapv2"))

numbers = (
    st.integers()
    | st.floats()
    | st.sampled_from(["12.3400", "-1", "1e400", "NaN", "Infinity", "-0", "1e-99", "١٢", "abc"])
)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | st.text()
    | st.sampled_from(["", "[]", "0000-00-00 00:00:00", "\ud800", "\x00"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def read(value: Any) -> None:
    """An order, or a sentence."""
    try:
        order = parse_order(value)
    except NotUnderstood as error:
        text = str(error)
        assert text.endswith(".")
        assert len(text) < 600
        assert "\n" not in text
        return
    for number in (order.grand_total, order.subtotal, order.base_to_order_rate):
        assert number.is_finite()
    assert all(item.qty_ordered >= 0 for item in order.items)
    repr(order).encode()


DISCOUNTS = ((1, "1e12"), (2, "-999999999999.999999"))


@given(anything)
def test_any_json(value: Any) -> None:
    read(value)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_an_order_with_anything_anywhere(data: st.DataObject) -> None:
    """Real orders in which some values are replaced or dropped."""
    order = copy.deepcopy(data.draw(st.sampled_from(ORDERS)))
    for _ in range(data.draw(st.integers(1, 4))):
        place: Any = order
        while True:
            keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
                place = place[key]
                continue
            if data.draw(st.booleans()):
                place[key] = data.draw(anything)
            else:
                del place[key]
            break
    read(order)


@given(st.dictionaries(st.sampled_from(sorted(payload())), anything))
def test_a_made_up_order(value: dict[str, Any]) -> None:
    read(value)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("grand_total",), None, "order 300000005: grand_total is empty, a number was expected"),
        (("grand_total",), "NaN", "grand_total is 'NaN', a number was expected"),
        (("grand_total",), "1e13", "grand_total is '1e13', a possible amount was expected"),
        (("grand_total",), 10**13, "grand_total is 10000000000000, a possible amount was expected"),
        (("order_currency_code",), "Euro", "order_currency_code is 'Euro', a currency code"),
        (("items",), None, "items is empty, a list was expected"),
        (("items", 0), "x", "item 1: is 'x', a struct was expected"),
        (("items", 0, "qty_ordered"), "abc", "qty_ordered is 'abc', a number was expected"),
        (
            ("items", 0, "qty_ordered"),
            "-1.0000",
            "qty_ordered is '-1.0000', a quantity that is not negative was expected",
        ),
        (("items", 0, "qty_ordered"), "1e-20", "qty_ordered is '1e-20', a quantity with at most four decimals was"),
        (("items", 0, "tax_percent"), "-100", "tax_percent is '-100', a tax rate from 0 to 1000 % was expected"),
        (("items", 0, "tax_percent"), "999999999999.99999", "a tax rate from 0 to 1000 % was expected"),
        (("items", 0, "item_id"), 0, "item_id is 0, an identifier was expected"),
        (("items", 0, "row_total"), [1], "row_total is a list of 1, a number was expected"),
        (("created_at",), "yesterday", "created_at is 'yesterday', a date and time was expected"),
        (("billing_address",), [], "billing_address is a list of 0, an address was expected"),
        (("billing_address", "city"), {"a": 1}, "billing address: city is a struct of 1 keys, a text was expected"),
    ],
)
def test_sentences(path: tuple[Any, ...], value: Any, sentence: str) -> None:
    order = payload()
    place: Any = order
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(NotUnderstood) as caught:
        parse_order(order)
    assert sentence in str(caught.value)
    if path[0] == "items" and len(path) == 3:
        assert f"order 300000005, item 1 (SKU {order['items'][0]['sku']}): " in str(caught.value)


@pytest.mark.parametrize(
    "key", ["increment_id", "order_id", "created_at", "grand_total", "subtotal", "items", "billing_address"]
)
def test_what_must_be_there(key: str) -> None:
    order = payload()
    del order[key]
    with pytest.raises(NotUnderstood, match=f"{key} is missing"):
        parse_order(order)


def test_values() -> None:
    order = parse_order(payload("sales_order.info"))
    assert order.increment_id == "100000001"
    assert order.created_at == datetime(2026, 8, 22, 22, 50, 48, tzinfo=timezone.utc)
    assert order.grand_total == Decimal("2018.61")
    assert order.billing_address.street == ("2 Main Street",)
    assert order.shipping_address is not None
    assert order.shipping_address.city == "東京"
    assert order.payment is not None
    assert order.payment.method == "banktransfer"
    assert parse_order(payload("sales_order.info~virtual")).shipping_address is None


def test_hidden_tax_over_soap_v2_is_shared_out() -> None:
    """Each piece's tax is rounded: 19.16 and 4.55 with tax are not what the rows come to, and only the sum is told."""
    order = payload("sales_order.info~eur", "soapv2")
    rows = [
        ("3.0000", "7.7200", "23.1600", "7.7200", "3.1800"),
        ("2.0000", "11.5600", "23.1200", "7.7000", "3.1700"),
        ("7.0000", "0.2700", "1.8700", "0.6300", "0.2700"),
    ]
    keys = ("qty_ordered", "price", "row_total", "discount_amount", "tax_amount")
    item = order["items"][0] | {"product_type": "simple", "tax_percent": "19.0000"}
    order |= {
        "items": [item | dict(zip(keys, row, strict=True)) for row in rows],
        "hidden_tax_amount": "2.5400",
        "subtotal_incl_tax": "57.3100",
    }
    read_order = parse_order(order)
    assert [entry.hidden_tax_amount for entry in read_order.items] == [
        Decimal(text) for text in ("1.22", "1.22", "0.10")
    ]
    assert "items.hidden_tax_amount" in read_order.lacks


def test_a_payload_survives_json() -> None:
    """As the inbox stores it."""
    for order in ORDERS:
        assert parse_order(json.loads(json.dumps(order))) == parse_order(order)


def test_large_texts_and_many_lines() -> None:
    order = payload()
    order["items"] = [{**order["items"][0], "item_id": number, "name": "x" * 1000} for number in range(1, 10_001)]
    order["customer_firstname"] = "y" * 100_000
    found = parse_order(order)
    assert len(found.items) == 10_000
    assert found.customer_firstname == "y" * 100_000


def test_clean() -> None:
    dirty = {
        "cc_number": "4111", "cc_last4": "1111", "protect_code": "x", "name": "a\x0bb&#11;c\r\nd\re",
        "list": [{"rp_token": 1}], "product_options": "s:1:\"\x0b\";", "coupon_code": "KEEP", "access_token": "t",
    }  # fmt: skip
    assert clean(dirty) == {
        "name": "abc\nd\ne", "list": [{}], "product_options": "s:1:\"\x0b\";", "coupon_code": "KEEP",
    }  # fmt: skip


def test_amounts_out_of_all_proportion() -> None:
    """Over SOAP v2 the hidden tax is shared out by discounts: here they make next to nothing together."""
    order = copy.deepcopy(payload())
    amounts = {"tax_percent": "10", "row_total": "0", "tax_amount": "0"}
    items = [order["items"][0] | amounts | {"item_id": at, "discount_amount": discount} for at, discount in DISCOUNTS]
    for item in items:
        for key in ("parent_item_id", "row_total_incl_tax", "price_incl_tax", "hidden_tax_amount"):
            item.pop(key, None)
    order |= {"items": items, "hidden_tax_amount": "1e12", "subtotal_incl_tax": "7"}
    with pytest.raises(NotUnderstood, match="out of all proportion"):
        parse_order(order)
