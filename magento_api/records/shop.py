"""The shop itself: version, store views, permissions, countries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MagentoInfo:
    """Answer of ``core_magento.info``; ``openmage_version`` is None on a stock Magento."""

    edition: str
    version: str
    openmage_version: str | None


@dataclass(frozen=True, slots=True)
class StoreView:
    """One row of ``store.list``. Websites and stores (groups) are only known by the ids in here."""

    id: int
    code: str
    website_id: int
    group_id: int
    name: str
    sort_order: int
    active: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """A method of the API that the connector uses, and whether this API user may call it.

    ``role_resource`` is the tick box of the API role in Magento's admin (System > Web Services > SOAP/XML-RPC - Roles),
    e.g. ``Sales > Order > Retrieve orders info``. ``is_write``: it was asked for beside what reading needs.
    """

    method: str
    allowed: bool
    role_resource: str
    is_write: bool = False


@dataclass(frozen=True, slots=True)
class Country:
    """A row of ``directory_country.list``."""

    id: str
    iso2_code: str
    iso3_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Region:
    """A row of ``directory_region.list``."""

    id: int
    code: str
    name: str
