"""Each method gives the same records over each protocol, from what a real store answered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from recorded_server import SUFFIX, RecordedServer, joined, names, recorded, status_of

from magento_api import Client, MagentoError, NotFound, connect, parse_order
from magento_api.soap_v2_operations import OPERATIONS

PROTOCOLS = ["xmlrpc", "soap_v1", "soap_v2"]
ORDERS = {  # increment id -> the recorded answer
    name.removesuffix(".xmlrpc"): name for name in names(r"sales_order\.info(~.*)?\.xmlrpc") if "notfound" not in name
}
METHODS = {operation.name: method for method, operation in OPERATIONS.items()}


@contextmanager
def shop(protocol: str, variants: dict[str, str] | None = None, folder: str = "") -> Iterator[tuple[Client, Any]]:
    """A client of a server that answers every call of a method with its recorded answer, in the variant asked for."""
    suffix = SUFFIX[protocol]
    chosen = {"login": "login" if suffix == "soapwsi" else "login~ok", **(variants or {})}

    def one(method: str) -> tuple[int, bytes]:
        name = f"{chosen.get(method, method)}.{suffix}"
        where = "" if method in ("login", "endSession") or suffix == "soapwsi" else folder
        if method == "endSession" and suffix == "soapwsi":
            return 200, recorded("login.soapwsi")
        return status_of(name), recorded(name, where)

    def answer(operation: str, arguments: list[str]) -> tuple[int, bytes]:
        if operation == "multiCall":
            methods = [text for text in arguments if text in METHODS.values()]
            return 200, joined(protocol, [one(method)[1] for method in methods])
        return one(METHODS.get(operation, operation))

    with RecordedServer(answer) as server, connect(server.url, "odoo", "odoo-key", protocol=protocol) as client:
        yield client, server


def read(method: Callable[[Client], Any], protocol: str, variants: dict[str, str], folder: str = "") -> Any:
    with shop(protocol, variants, folder) as (client, _server):
        found = method(client)
        return list(found) if isinstance(found, Iterator) else found


# A method, the recorded variants that answer it, and the fields that SOAP v2 does not carry.
CASES: dict[str, tuple[Callable[[Client], Any], dict[str, str], set[str]]] = {
    "info": (lambda c: c.info(), {}, {"openmage_version"}),
    "store_views": (lambda c: c.store_views(), {}, set()),
    "order_summaries": (lambda c: c.order_summaries(), {"sales_order.list": "sales_order.list~from_to"}, set()),
    "order_summaries_status": (lambda c: c.order_summaries(), {"sales_order.list": "sales_order.list~status"}, set()),
    "order_summaries_none": (lambda c: c.order_summaries(), {"sales_order.list": "sales_order.list~empty"}, set()),
    "customers": (lambda c: c.customers(), {"customer.list": "customer.list~all"}, set()),
    "customer": (lambda c: c.customer(20), {}, set()),
    "customer_addresses": (lambda c: c.customer_addresses(5), {}, {"vat_id"}),
    "customer_groups": (lambda c: c.customer_groups(), {}, set()),
    "product_summaries": (lambda c: c.product_summaries(), {}, set()),
    "products": (lambda c: c.products([25]), {}, {"attributes"}),
    "products_bundle": (
        lambda c: c.products([25]),
        {"catalog_product.info": "catalog_product.info~bundle"},
        {"attributes"},
    ),
    "products_configurable": (
        lambda c: c.products([25]),
        {"catalog_product.info": "catalog_product.info~configurable"},
        {"attributes"},
    ),
    "products_ctrl": (
        lambda c: c.products([25]),
        {"catalog_product.info": "catalog_product.info~ctrl"},
        {"attributes"},
    ),
    "products_html": (
        lambda c: c.products([25]),
        {"catalog_product.info": "catalog_product.info~html"},
        {"attributes"},
    ),
    "stock_items": (lambda c: c.stock_items(["SMP-0001", "SMP-0002", "OOS-1", "DECQTY-1", "TSHIRT"]), {}, set()),
    "category_tree": (lambda c: c.category_tree(), {}, set()),
    "category_tree_root": (
        lambda c: c.category_tree(2),
        {"catalog_category.tree": "catalog_category.tree~parent2"},
        set(),
    ),
    "root_categories": (lambda c: c.root_categories(), {}, set()),
    "attribute_sets": (lambda c: c.attribute_sets(), {}, set()),
    "attribute_options": (lambda c: c.attribute_options("manufacturer"), {}, set()),
    "attribute_options_tax": (
        lambda c: c.attribute_options("tax_class_id"),
        {"catalog_product_attribute.options": "catalog_product_attribute.options~tax_class_id"},
        set(),
    ),
    "countries": (lambda c: c.countries(), {}, set()),
    "regions": (lambda c: c.regions("US"), {}, set()),
    "regions_none": (lambda c: c.regions("AD"), {"directory_region.list": "directory_region.list~none"}, set()),
}
SAME_WITH_STRINGS = set(CASES) - {
    "info", "regions_none", "countries", "attribute_options", "root_categories", "customers", "category_tree_root",
}  # fmt: skip


def without(value: Any, fields: set[str]) -> Any:
    """Records as plain data, some fields left out."""
    if isinstance(value, list | tuple):
        return [without(item, fields) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: without(getattr(value, field.name), fields)
            for field in dataclasses.fields(value)
            if field.name not in fields
        }
    return value


@pytest.mark.parametrize("case", CASES)
def test_equal_over_all_protocols(case: str) -> None:
    method, variants, lacking = CASES[case]
    expected = read(method, "xmlrpc", variants)
    assert expected or case.endswith("_none")
    assert not any(isinstance(item, MagentoError) for item in expected) if isinstance(expected, list) else True
    assert read(method, "soap_v1", variants) == expected
    assert without(read(method, "soap_v2", variants), lacking) == without(expected, lacking)


@pytest.mark.parametrize("case", sorted(SAME_WITH_STRINGS))
def test_equal_with_numbers_as_strings(case: str) -> None:
    method, variants, lacking = CASES[case]
    if case in ("products", "products_bundle", "products_configurable", "products_ctrl", "products_html"):
        lacking = {"attributes"}  # those stay as they come
    for protocol in PROTOCOLS:
        plain, strings = (read(method, protocol, variants, folder) for folder in ("", "stringtypes"))
        assert without(strings, lacking) == without(plain, lacking)


def order(name: str, protocol: str, folder: str = "") -> Any:
    """One order through the client; over SOAP v2 with its row of the list where one is recorded."""
    variants = {"sales_order.info": name, "sales_order.list": "sales_order.list~from_to"}
    with shop(protocol, variants, folder) as (client, _server):
        ((_number, payload),) = client.order_payloads(["1"])
    assert not isinstance(payload, MagentoError), payload
    return parse_order(payload)


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_orders_are_equal_over_xmlrpc_and_soap_v1(name: str) -> None:
    expected = order(name, "xmlrpc")
    assert not expected.lacks
    parts = expected.subtotal + expected.shipping_amount + expected.tax_amount + expected.discount_amount
    assert parts + expected.hidden_tax_amount + expected.shipping_hidden_tax_amount == expected.grand_total
    assert order(name, "soap_v1") == expected
    assert order(name, "xmlrpc", "stringtypes") == expected
    assert order(name, "soap_v1", "stringtypes") == expected


def differences(expected: Any, found: Any, prefix: str = "") -> set[str]:
    """The names of the fields in which two records differ, as ``lacks`` names them."""
    names_of: set[str] = set()
    for field in dataclasses.fields(expected):
        one, other = getattr(expected, field.name), getattr(found, field.name)
        if one == other or field.name == "lacks":
            continue
        part = "address" if field.name.endswith("address") else field.name
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            for item, twin in zip(one, other, strict=True):
                names_of |= differences(item, twin, f"{part}.") if dataclasses.is_dataclass(item) else {part}
        elif dataclasses.is_dataclass(one) and dataclasses.is_dataclass(other):
            names_of |= differences(one, other, f"{part}.")
        else:
            names_of.add(prefix + field.name)
    return names_of


@pytest.mark.parametrize("name", sorted(ORDERS))
@pytest.mark.parametrize("folder", ["", "stringtypes"])
def test_over_soap_v2_an_order_differs_only_in_what_it_lacks(name: str, folder: str) -> None:
    expected, found = order(name, "xmlrpc"), order(name, "soap_v2", folder)
    assert differences(expected, found) <= found.lacks
    assert "items.parent_item_id" not in found.lacks
    assert found.shipping_tax_amount == expected.shipping_tax_amount
    assert {item.item_id: item.parent_item_id for item in found.items} == {
        item.item_id: item.parent_item_id for item in expected.items
    }


def test_over_soap_v2_the_row_of_the_list_fills_in() -> None:
    """An order of the recorded list gets its coupon, shipping tax and the like from there."""
    with shop("soap_v2", {"sales_order.list": "sales_order.list~from_to"}) as (client, _server):
        summaries = list(client.order_summaries())
    number = next(summary.increment_id for summary in summaries if summary.increment_id == "100000067")
    body = recorded("sales_order.info.soapv2").replace(b">100000001<", f">{number}<".encode())

    def answer(operation: str, _arguments: list[str]) -> tuple[int, bytes]:
        answers = {
            "salesOrderInfo": body,
            "salesOrderList": recorded("sales_order.list~from_to.soapv2"),
            "login": recorded("login~ok.soapv2"),
        }
        return 200, answers.get(operation, recorded("endSession.soapv2"))

    with RecordedServer(answer) as server, connect(server.url, "u", "the key", protocol="soap_v2") as client:
        ((_number, payload),) = client.order_payloads([number])
        assert client.requests == 3
    assert isinstance(payload, dict)
    found = parse_order(payload)
    assert found.coupon_code == "FIXED5"
    assert "coupon_code" not in found.lacks


def test_ws_i() -> None:
    """What is recorded of the other dialect of SOAP v2, from another filling of the same store."""
    with shop("soap_v2_wsi") as (client, server):
        assert client.protocol == "soap_v2_wsi"
        assert client.store_views() == read(lambda c: c.store_views(), "soap_v2", {})
        assert next(client.order_summaries()).increment_id == "100000001"
        assert [item.sku for item in client.stock_items(["SMP-0001"])] == ["SMP-0001"]
        assert next(client.products([25]))[1].sku == "SMP-0001"  # type: ignore[union-attr]
        assert len(list(client.product_summaries())) > 0
        ((_number, payload),) = client.order_payloads(["100000001"])
        assert isinstance(payload, dict)
        assert parse_order(payload).increment_id == "100000001"
        assert ("catalogProductInfo", ["25", "id"]) in server.requests
    with shop("soap_v2_wsi", {"sales_order.info": "sales_order.info~notfound"}) as (client, _server):
        assert isinstance(next(client.order_payloads(["1"]))[1], NotFound)


def test_secrets_do_not_get_into_a_payload() -> None:
    for protocol in PROTOCOLS:
        with shop(protocol) as (client, _server):
            ((_number, payload),) = client.order_payloads(["100000001"])
        text = repr(payload)
        for word in ("protect_code", "cc_", "password", "rp_token", "echeck"):
            assert word not in text


def test_a_multicall_of_everything() -> None:
    """50 orders in one request, after ten that tell how fast the shop is; the answer of the real store has faults and
    rows mixed.
    """
    for protocol in ("xmlrpc", "soap_v1"):
        with shop(protocol) as (client, server):
            found = list(client.order_payloads([str(number) for number in range(120)]))
            assert [number for number, _payload in found] == [str(number) for number in range(120)]
            assert [method for method, _arguments in server.requests] == [
                "login",
                "multiCall",
                "multiCall",
                "multiCall",
                "multiCall",
            ]
