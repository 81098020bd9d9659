"""What becomes of customers and their addresses when somebody edits them, by the API or the control panel."""

from __future__ import annotations

from .shop import Shop
from .tables import Record
from .values import Row

_DEFAULTS = {"is_default_billing": "default_billing", "is_default_shipping": "default_shipping"}


def edit_customer(shop: Shop, customer_id: int | None, changes: Row) -> Row:
    """Change a customer, or make one; answers it."""
    record = shop.customers.by_id(customer_id) if customer_id else None
    if customer_id and record is None:
        raise LookupError(f"no customer {customer_id}")
    moment = shop.now()
    if record is None:
        number = max(shop.customers.next_id(), shop.last_customer + 1)
        shop.last_customer = number
        record = Record(
            {
                "customer_id": number,
                "created_at": moment,
                "updated_at": moment,
                "store_id": 0,
                "website_id": 0,
                "created_in": "Admin",
                "email": None,
                "group_id": 1,
                "disable_auto_group_change": 0,
            }
        )
        record.facts.update(changes)
        shop.customers.add(record)
        return record.full()
    row = record.edit()
    row.update({"updated_at": moment} | changes)
    return row


def edit_address(shop: Shop, customer_id: int, address_id: int | None, changes: Row) -> Row:
    """Change an address of a customer, or make one; answers it. The customer's updated_at stays."""
    owner = shop.customers.by_id(customer_id)
    if owner is None:
        raise LookupError(f"no customer {customer_id}")
    changes = dict(changes)
    defaults = {_DEFAULTS[key]: changes.pop(key) for key in _DEFAULTS if key in changes}
    record = shop.addresses.by_id(address_id) if address_id else None
    moment = shop.now()
    if record is None:
        number = max(shop.addresses.next_id(), shop.last_address + 1)
        shop.last_address = number
        facts = {"customer_address_id": number, "customer_id": customer_id, "created_at": moment}
        record = Record({**facts, "updated_at": moment, **changes})
        shop.add_address(record)
    else:
        record.edit().update({"updated_at": moment} | changes)
    for key, wanted in defaults.items():
        if wanted:
            owner.edit()[key] = record.get("customer_address_id")
    return record.full()


def delete_address(shop: Shop, record: Record) -> None:
    """Delete an address; a customer whose default it was has none."""
    owner = shop.customers.by_id(record.get("customer_id"))
    number = record.get("customer_address_id")
    shop.remove_address(record)
    for key in _DEFAULTS.values():
        if owner is not None and owner.get(key) == number:
            owner.edit()[key] = None
