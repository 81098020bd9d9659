"""Customers, their addresses and their groups."""

from __future__ import annotations

from .. import recorded
from ..faults import Fault, fault
from ..filters import fields
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value, as_int, as_rows, expand
from .table import method


def iso(moment: str) -> str:
    """A point in time as single records have their created_at."""
    return moment.replace(" ", "T") + "+00:00" if " " in moment else moment


def customer_list(shop: Shop, filters: Value) -> list[Row]:
    """customer.list"""
    conditions = {{"entity_id": "customer_id"}.get(field, field): value for field, value in fields(filters).items()}
    known = recorded.keys("customer")
    for field in conditions:
        if field not in known:
            raise Fault(101, f"Invalid attribute name: {field}")
    return [record.full() for record in shop.customers.select(conditions)]


def _customer(shop: Shop, given: Value, name: str = "not_exists", resource: str = "customer") -> Record:
    found = shop.customers.by_id(as_int(given))
    if found is None:
        raise fault(name, resource)
    return found


def customer_info(shop: Shop, customer: Value, attributes: Value = None) -> Row:
    """customer.info"""
    row = _customer(shop, customer).full()
    wanted = {"customer_id", *as_rows(attributes)} if attributes else set(recorded.keys("customer"))
    found = expand(row, [key for key in recorded.keys("customer") if key in wanted])
    if "created_at" in found:
        found["created_at"] = iso(found["created_at"])
    return found


def group_list(shop: Shop) -> list[Row]:
    """customer_group.list"""
    return [{"customer_group_id": number, "customer_group_code": code} for number, code in sorted(shop.groups.items())]


def _defaults(shop: Shop, row: Row) -> Row:
    owner = shop.customers.by_id(row["customer_id"])
    return {
        f"is_default_{kind}": owner is not None and owner.get(f"default_{kind}") == row["customer_address_id"]
        for kind in ("billing", "shipping")
    }


def address_list(shop: Shop, customer: Value) -> list[Row]:
    """customer_address.list"""
    owner = _customer(shop, customer, "customer_not_exists", "customer_address")
    rows = [record.full() for record in shop.addresses_of(owner.get("customer_id"))]
    return [
        {key: row[key] for key in recorded.keys("customer_address") if row.get(key) is not None} | _defaults(shop, row)
        for row in reversed(rows)
    ]


def address_info(shop: Shop, address: Value) -> Row:
    """customer_address.info"""
    found = shop.addresses.by_id(as_int(address))
    if found is None:
        raise fault("not_exists", "customer_address")
    row = found.full()
    answer = expand(row, recorded.keys("customer_address"))
    return answer | {"created_at": iso(row["created_at"])} | _defaults(shop, row)


METHODS = [
    method(
        "customer.list",
        customer_list,
        "customerCustomerList",
        "filters:filters!",
        required=1,
        result="storeView:customerCustomerEntityArray",
    ),
    method(
        "customer.info",
        customer_info,
        "customerCustomerInfo",
        "customerId:int!",
        "attributes:ArrayOfString",
        required=1,
        result="customerInfo:customerCustomerEntity",
    ),
    method("customer_group.list", group_list, "customerGroupList", result="result:customerGroupEntityArray"),
    method(
        "customer_address.list",
        address_list,
        "customerAddressList",
        "customerId:int!",
        required=1,
        result="result:customerAddressEntityArray",
    ),
    method(
        "customer_address.info",
        address_info,
        "customerAddressInfo",
        "addressId:int!",
        required=1,
        result="info:customerAddressEntityItem",
    ),
]
