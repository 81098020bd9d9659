"""Customers and addresses against the sandbox store, over each protocol: nothing is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from magento_api import AlreadyExists, Client, NotFound, PermissionMissing, Refused, connect
from sandbox import Sandbox, start

LOST = ["lost_answer", "http_500_after", "truncated", "cut_connection"]
ANN: dict[str, Any] = {"email": "ann@example.com", "firstname": "Ann", "lastname": "Exämple", "website_id": 1}
HOME: dict[str, Any] = {
    "firstname": "Ann",
    "lastname": "Exämple",
    "street": ["Main Street 1", "Door B"],
    "city": "Austin",
    "region_id": 57,
    "postcode": "73301",
    "country_id": "US",
    "telephone": "1",
    "is_default_billing": True,
    "vat_id": "X",
}


@pytest.fixture
def store(protocol: str, like: str) -> Iterator[Sandbox]:
    with start(wsi=protocol == "soap_v2_wsi", like=like, recorded_only=True) as found:
        yield found


def test_the_life_of_a_customer(shop: Client, store: Sandbox) -> None:
    number = shop.create_customer(ANN | {"group_id": 2, "store_id": 1})
    made = shop.customer(number)
    assert (made.email, made.firstname, made.lastname, made.group_id) == ("ann@example.com", "Ann", "Exämple", 2)
    married, unknown = shop.update_customers([(number, {"lastname": "Married"}), (99999, {"lastname": "X"})])
    assert married == (number, None)
    assert isinstance(unknown[1], NotFound)
    assert shop.customer(number).lastname == "Married"
    assert [one.id for one in shop.customers_by_id([number, 99999])] == [number]
    with pytest.raises(AlreadyExists) as caught:
        shop.create_customer(ANN | {"email": "ANN@example.com"})
    assert caught.value.id == number
    other = shop.create_customer(ANN | {"website_id": 2})
    assert other != number
    ((_number, error),) = shop.update_customers([(other, {"website_id": 1})])
    assert isinstance(error, Refused)
    with pytest.raises(Refused, match="email is required"):
        shop.create_customer({"firstname": "Nobody", "website_id": 1})


def test_the_life_of_an_address(shop: Client) -> None:
    customer = shop.create_customer(ANN)
    number = shop.create_address(customer, HOME, known=[])
    (made,) = shop.customer_addresses(customer)
    assert (made.id, made.is_default_billing, made.is_default_shipping) == (number, True, False)
    assert made.address.street == ("Main Street 1", "Door B")
    assert list(shop.update_addresses([(number, {"city": "Reno", "is_default_shipping": True})])) == [(number, None)]
    (made,) = shop.customer_addresses(customer)
    assert (made.address.city, made.is_default_billing, made.is_default_shipping) == ("Reno", True, True)
    with pytest.raises(Refused, match="Please enter the telephone number"):
        shop.create_address(customer, HOME | {"telephone": None}, known=[number])
    with pytest.raises(NotFound):
        shop.create_address(99999, HOME, known=[])
    shop.delete_address(number)
    shop.delete_address(number)
    assert shop.customer_addresses(customer) == []


@pytest.mark.parametrize("kind", LOST)
def test_lost_answers(shop: Client, store: Sandbox, kind: str) -> None:
    store.misbehave(kind, "customer.create")
    customer = shop.create_customer(ANN)
    assert [one.id for one in shop.customers() if one.email == "ann@example.com"] == [customer]
    store.misbehave(kind, "customer_address.create")
    first = shop.create_address(customer, HOME, known=[])
    store.misbehave(kind, "customer_address.create")
    second = shop.create_address(customer, HOME, known=[first])
    assert sorted(one.id for one in shop.customer_addresses(customer)) == [first, second]
    store.misbehave(kind, "customer_address.delete")
    shop.delete_address(second)
    assert [one.id for one in shop.customer_addresses(customer)] == [first]


def test_address_books_in_batches(shop: Client, store: Sandbox, protocol: str) -> None:
    ids = [one.id for one in shop.customers()]
    store.reset()
    books = dict(shop.address_books([*ids, 99999]))
    assert isinstance(books.pop(99999), NotFound)
    assert {number: len(book) for number, book in books.items() if not isinstance(book, Exception)} == {
        number: len(store.shop.addresses_of(number)) for number in ids
    }
    if not protocol.startswith("soap_v2"):
        assert store.requests.total <= 3, "ten, to learn how fast the shop is, and then fifty at once"


def test_permissions(store: Sandbox, protocol: str) -> None:
    with connect(store.url, "limited", "limited-key", protocol=protocol) as shop:
        with pytest.raises(PermissionMissing, match="Customers"):
            shop.create_customer(ANN)
        with pytest.raises(PermissionMissing, match="Customers"):
            list(shop.address_books([1, 2]))
