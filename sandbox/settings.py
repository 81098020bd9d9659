"""What can be chosen when a store is started."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike

from .versions import VERSIONS, Version


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

    like: str = "19.4"
    latency: float = 0.0  # milliseconds that each call takes, also each of those in a multiCall
    orders_from: str | PathLike[str] | None = None  # a folder of orders kept as JSON, and nothing else
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
    base_url: str | None = None
    users: tuple[User, ...] = field(default=DEFAULT_USERS)

    @property
    def version(self) -> Version:
        """The version whose part the store takes; ValueError when it is not known."""
        if self.like not in VERSIONS:
            raise ValueError(f"unknown version {self.like!r}: one of {', '.join(VERSIONS)}")
        return VERSIONS[self.like]

    @property
    def strings(self) -> bool:
        """Whether a database's numbers are answered as strings."""
        return self.string_types or self.version.string_types
