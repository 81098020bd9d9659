"""What can be chosen when a store is started."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """An API user; `allow` are patterns of method paths that its role permits, None is a user without a role."""

    name: str
    key: str
    allow: tuple[str, ...] | None = ("*",)
    active: bool = True


DEFAULT_USERS = (
    User("odoo", "sandbox-key"),
    User("inactive", "inactive-key", active=False),
    User("norole", "norole-key", allow=None),
    User("limited", "limited-key", allow=("core_store.*", "core_magento.*", "catalog_*")),
)


@dataclass(frozen=True)
class Settings:
    """How large the store is, what it holds, how it speaks."""

    recorded_only: bool = False
    bare: bool = False
    cases: bool = True
    products: int | None = None
    orders: int | None = None
    customers: int | None = None
    seed: int = 1
    now: datetime | None = None
    string_types: bool = False
    wsi: bool = False
    store_code_in_url: bool = False
    gzip: bool = False
    basic_auth: tuple[str, str] | None = None
    session_timeout: float = 3600.0
    order_list_limit: int = 5000
    product_list_limit: int = 50000
    magento_version: str = "1.9.4.5"
    openmage_version: str | None = "19.4.23"
    base_url: str | None = None
    users: tuple[User, ...] = field(default=DEFAULT_USERS)
