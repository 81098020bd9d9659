"""Customers and their addresses, written. Magento checks little of customers, and of addresses what a form asks for."""

from __future__ import annotations

from .. import people
from ..faults import fault
from ..shop import Shop
from ..tables import Record
from ..values import Native, Row, Value, as_int
from .stored import stored
from .table import method

_FIXED = ("customer_id", "customer_address_id", "created_at", "updated_at", "password", "created_in")
_NUMBERS = ("website_id", "store_id", "group_id", "region_id", "gender")
# what an address must have, and what Magento says where it is missing
_WANTED = {
    "firstname": "Please enter the first name.",
    "lastname": "Please enter the last name.",
    "street": "Please enter the street.",
    "city": "Please enter the city.",
    "telephone": "Please enter the telephone number.",
    "postcode": "Please enter the zip/postal code.",
    "country_id": "Please enter the country.",
}
_DEFAULTS = ("is_default_billing", "is_default_shipping")


def _values(data: Value) -> Row:
    """What of the data is stored; an empty text clears."""
    given = data if isinstance(data, dict) else {}
    found = {key: stored(value) for key, value in given.items() if value is not None and key not in _FIXED}
    found = {key: as_int(value) if key in _NUMBERS else value for key, value in found.items()}
    return {key: None if value == "" else value for key, value in found.items()}


def _check_email(shop: Shop, email: Value, website: Value, mine: Record | None) -> None:
    if not email:
        raise fault("data_invalid", "customer", "Customer email is required")
    for record in shop.customers.rows:
        same = str(record.get("email")).casefold() == str(email).casefold()
        if record is not mine and same and record.get("website_id") == website:
            raise fault("data_invalid", "customer", "This customer email already exists")


def create(shop: Shop, data: Value) -> str:
    """customer.create"""
    values = _values(data)
    _check_email(shop, values.get("email"), values.get("website_id", 0), None)
    return str(people.edit_customer(shop, None, values)["customer_id"])


def _customer(shop: Shop, given: Value) -> Record:
    found = shop.customers.by_id(as_int(given))
    if found is None:
        raise fault("not_exists", "customer")
    return found


def update(shop: Shop, customer: Value, data: Value) -> bool:
    """customer.update"""
    record = _customer(shop, customer)
    values = _values(data)
    website = values.get("website_id", record.get("website_id"))
    _check_email(shop, values.get("email", record.get("email")), website, record)
    people.edit_customer(shop, record.get("customer_id"), values)
    return True


def delete(shop: Shop, customer: Value) -> bool:
    """customer.delete: the addresses go too."""
    record = _customer(shop, customer)
    for address in list(shop.addresses_of(record.get("customer_id"))):
        shop.remove_address(address)
    shop.customers.remove(record)
    return True


def _address_values(data: Value) -> Row:
    values = _values(data)
    if isinstance(values.get("street"), list):
        values["street"] = "\n".join(str(line) for line in values["street"]) or None
    return values | {key: values[key] in (True, 1, "1", "true") for key in _DEFAULTS if key in values}


def _check_address(row: Row) -> None:
    missing = [text for key, text in _WANTED.items() if not row.get(key)]
    if missing:
        raise fault("data_invalid", "customer_address", "\n".join(missing))


def create_address(shop: Shop, customer: Value, data: Value) -> str:
    """customer_address.create"""
    owner = shop.customers.by_id(as_int(customer))
    if owner is None:
        raise fault("customer_not_exists", "customer_address")
    values = _address_values(data)
    _check_address(values)
    return str(people.edit_address(shop, owner.get("customer_id"), None, values)["customer_address_id"])


def _address(shop: Shop, given: Value) -> Record:
    found = shop.addresses.by_id(as_int(given))
    if found is None:
        raise fault("not_exists", "customer_address")
    return found


def update_address(shop: Shop, address: Value, data: Value) -> bool:
    """customer_address.update"""
    record = _address(shop, address)
    values = _address_values(data)
    _check_address(record.full() | values)
    people.edit_address(shop, record.get("customer_id"), record.get("customer_address_id"), values)
    return True


def delete_address(shop: Shop, address: Value) -> bool:
    """customer_address.delete"""
    people.delete_address(shop, _address(shop, address))
    return True


def create_v2(shop: Shop, data: Value) -> int:
    """customerCustomerCreate"""
    return Native(create(shop, data))


def create_address_v2(shop: Shop, customer: Value, data: Value) -> int:
    """customerAddressCreate"""
    return Native(create_address(shop, customer, data))


_CUSTOMER = "customerData:customerCustomerEntityToCreate!"
_ADDRESS = "addressData:customerAddressEntityCreate!"
METHODS = [
    method(
        "customer.create", create, "customerCustomerCreate", _CUSTOMER, required=1, result="result:int", v2=create_v2
    ),
    method("customer.update", update, "customerCustomerUpdate", "customerId:int!", _CUSTOMER, required=2),
    method("customer.delete", delete, "customerCustomerDelete", "customerId:int!", required=1),
    method(
        "customer_address.create",
        create_address,
        "customerAddressCreate",
        "customerId:int!",
        _ADDRESS,
        required=2,
        result="result:int",
        v2=create_address_v2,
    ),
    method(
        "customer_address.update",
        update_address,
        "customerAddressUpdate",
        "addressId:int!",
        _ADDRESS,
        required=2,
        result="info:boolean",
    ),
    method(
        "customer_address.delete",
        delete_address,
        "customerAddressDelete",
        "addressId:int!",
        required=1,
        result="info:boolean",
    ),
]
