"""Stores, the version, countries and regions."""

from __future__ import annotations

from .. import recorded
from ..faults import fault
from ..shop import Shop
from ..values import Native, Row, Value
from .table import method

_IDS = ("store_id", "website_id", "group_id")


def magento_info(shop: Shop) -> Row:
    """core_magento.info"""
    info: Row = {"magento_edition": "Community", "magento_version": "1.9.4.5"}
    openmage = shop.settings.version.openmage
    return info | {"openmage_version": openmage} if openmage else info


def store_list(shop: Shop) -> list[Row]:
    """store.list"""
    return [_store_row(shop, row) for row in shop.stores]


def store_info(shop: Shop, store: Value = None) -> Row:
    """store.info"""
    found = shop.store(store, "core_store")
    if not found["store_id"]:
        raise fault("store_not_exists", "core_store")
    return _store_row(shop, found)


def _store_row(shop: Shop, row: Row) -> Row:
    cast = _IDS if shop.settings.version.ids_cast else ()
    return row | {key: Native(row[key]) for key in cast}


def country_list(shop: Shop) -> list[Row]:
    """directory_country.list"""
    rows = recorded.load("countries")
    return [{"country_id": code, "iso2_code": code, "iso3_code": iso3, "name": name} for code, iso3, name in rows]


def region_list(shop: Shop, country: Value) -> list[Row]:
    """directory_region.list"""
    if country not in {row[0] for row in recorded.load("countries")}:
        raise fault("country_not_exists", "directory_region")
    rows = recorded.load("regions").get(country, [])
    return [{"region_id": number, "code": code, "name": name} for number, code, name in rows]


METHODS = [
    method("core_magento.info", magento_info, "magentoInfo", result="info:magentoInfoEntity"),
    method("core_store.list", store_list, "storeList", result="stores:storeEntityArray"),
    method("core_store.info", store_info, "storeInfo", "storeId!", result="info:storeEntity"),
    method(
        "directory_country.list",
        country_list,
        "directoryCountryList",
        result="countries:directoryCountryEntityArray",
    ),
    method(
        "directory_region.list",
        region_list,
        "directoryRegionList",
        "country!",
        required=1,
        result="countries:directoryRegionEntityArray",
    ),
]
