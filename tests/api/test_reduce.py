"""A payload without the person: the money stays, the person does not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from magento_api import MagentoError, Payload, connect, parse_order
from magento_api.reduce import without_person
from sandbox import start

PERSONAL = """
    customer_email customer_firstname customer_middlename customer_lastname customer_prefix customer_suffix
    customer_taxvat customer_id remote_ip customer_note gift_message billing_address shipping_address payment
    status_history items lacks
"""


@pytest.fixture(scope="module", params=["xmlrpc", "soap_v2"])
def payloads(request: pytest.FixtureRequest) -> Iterator[list[Payload]]:
    with start(orders=60, products=60, customers=10) as store:
        protocol = str(request.param)
        with connect(store.url, store.user, store.key, protocol=protocol) as shop:
            numbers = [summary.increment_id for summary in shop.order_summaries()]
            yield [found for _number, found in shop.order_payloads(numbers) if not isinstance(found, MagentoError)]


def test_the_money_stays(payloads: list[Payload]) -> None:
    assert len(payloads) > 100
    for payload in payloads:
        whole, reduced = parse_order(payload), parse_order(without_person(payload))
        for field in dataclasses.fields(whole):
            if field.name not in PERSONAL.split():
                assert getattr(reduced, field.name) == getattr(whole, field.name), field.name
        assert len(reduced.items) == len(whole.items)
        for left, right in zip(reduced.items, whole.items, strict=True):
            same = {"options": (), "gift_message": None, "description": None}
            assert dataclasses.replace(left, **same) == dataclasses.replace(right, **same)
        assert reduced.billing_address.country_id == whole.billing_address.country_id
        assert (reduced.payment and reduced.payment.method) == (whole.payment and whole.payment.method)


def test_nothing_of_the_person_stays(payloads: list[Payload]) -> None:
    for payload in payloads:
        order, text = parse_order(payload), json.dumps(without_person(payload), ensure_ascii=False)
        words: list[Any] = [order.customer_email, order.remote_ip, order.customer_note, order.gift_message]
        for place in filter(None, (order.billing_address, order.shipping_address)):
            words += [place.lastname, *place.street, place.telephone, place.email, place.company]
        words += [entry.comment for entry in order.status_history]
        for word in words:
            assert not word or len(word) < 4 or json.dumps(word, ensure_ascii=False)[1:-1] not in text


def test_what_modules_add_goes_too(payloads: list[Payload]) -> None:
    payload = payloads[0] | {"extension_phone": "555", "amount_of": "1", "items": [{"item_id": 1, "engraving": "Ann"}]}
    payload["payment"] = {"method": "ccsave", "cc_owner": "Ann", "additional_information": {"payer_email": "a@b.c"}}
    payload["billing_address"] = {"country_id": "US", "custom_field": "Ann"}
    text = json.dumps(without_person(payload))
    assert "Ann" not in text
    assert "555" not in text
    assert "a@b.c" not in text
    assert "ccsave" in text


def test_what_is_no_order() -> None:
    assert without_person({}) == {}
    assert without_person({"items": "none", "billing_address": []}) == {"billing_address": []}
