"""Customers, their addresses and groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .orders import Address


@dataclass(frozen=True, slots=True)
class Customer:
    """A registered customer. Of the secrets that Magento sends along (password hash, tokens) none gets here."""

    id: int
    email: str
    website_id: int
    store_id: int | None
    group_id: int
    firstname: str | None
    middlename: str | None
    lastname: str | None
    prefix: str | None
    suffix: str | None
    taxvat: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerAddress:
    """An entry of a customer's address book."""

    id: int
    address: Address
    is_default_billing: bool
    is_default_shipping: bool


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """A row of ``customer_group.list``."""

    id: int
    code: str
