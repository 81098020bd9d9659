"""catalog_product and stock items: what changes them. Much that is wrong is taken without a word, as Magento does."""

from __future__ import annotations

from typing import Any

from ..faults import Fault, fault
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value, amount, as_int, as_rows
from .table import method

TYPES = ("simple", "grouped", "configurable", "virtual", "bundle", "downloadable")
SETS = (4, 9)
_DECIMALS = ("price", "special_price", "cost", "weight", "msrp")
_IDS = {"categories": "category_ids", "category_ids": "category_ids", "websites": "websites", "website_ids": "websites"}


def _decimal(value: Value) -> str:
    """A price as Magento reads it: a comma is a point, what is no number is nothing."""
    text = str(value).replace(",", ".")
    try:
        return amount(text)
    except ValueError:
        return "0.0000"


def _changes(data: Value) -> Row:
    """What of the data is stored, by attribute; None changes nothing, and what is no struct is ignored."""
    found: Row = {}
    given: dict[str, Any] = dict(data) if isinstance(data, dict) else {}
    more = given.pop("additional_attributes", None)
    for pair in as_rows(more.get("single_data") if isinstance(more, dict) else None):
        given[pair["key"]] = pair.get("value")
    for name, value in given.items():
        if value is None or name == "stock_data":
            continue
        if name in _IDS:
            numbers = [as_int(one) for one in as_rows(value)]
            found[_IDS[name]] = numbers
            if _IDS[name] == "category_ids":
                found["categories"] = numbers
        else:
            found[name] = _decimal(value) if name in _DECIMALS and value != "" else value
    return found


def _set_stock(shop: Shop, product_id: int, data: Value) -> None:
    stock = shop.stock.setdefault(product_id, {"qty": "0.0000", "is_in_stock": 1})
    if not isinstance(data, dict):
        return
    if data.get("qty") not in (None, ""):
        stock["qty"] = _decimal(data["qty"])
        if float(stock["qty"]) <= 0:
            stock["is_in_stock"] = 0
    if data.get("is_in_stock") is not None:
        stock["is_in_stock"] = as_int(data["is_in_stock"])
    stock.update({key: value for key, value in data.items() if key not in stock and value is not None})


def product_update(shop: Shop, product: Value, data: Value, store: Value = None, identifier: Value = None) -> bool:
    """catalog_product.update"""
    record = shop.product(product, identifier)
    view = shop.store(store, "catalog_product")
    changes = _changes(data)
    row = record.edit()
    if view["store_id"]:
        own = shop.product_translations.setdefault((row["product_id"], view["store_id"]), {})
        own.update({name: value for name, value in changes.items() if name not in ("category_ids", "websites")})
    else:
        row.update(changes)
    row["updated_at"] = shop.now()
    if isinstance(data, dict) and data.get("stock_data"):
        _set_stock(shop, row["product_id"], data["stock_data"])
    return True


def product_create(shop: Shop, kind: Value, set_id: Value, sku: Value, data: Value, store: Value = None) -> str:
    """catalog_product.create"""
    if not kind or not set_id or not sku:
        raise fault("data_invalid", "catalog_product")
    if kind not in TYPES:
        raise fault("product_type_not_exists", "catalog_product")
    if as_int(set_id) not in SETS:
        raise fault("product_attribute_set_not_exists", "catalog_product")
    if shop.products.by_natural(sku) is not None:
        raise Fault(1, 'The value of attribute "SKU" must be unique')
    shop.store(store, "catalog_product")
    number = shop.products.next_id()
    row: Row = {
        "product_id": number,
        "sku": str(sku),
        "set": as_int(set_id),
        "type": kind,
        "type_id": kind,
        "categories": [],
        "category_ids": [],
        "websites": [],
        "group_price": [],
        "tier_price": [],
        "created_at": shop.now().replace(" ", "T") + "+00:00",
        "updated_at": shop.now(),
        "required_options": 0,
        "has_options": 0,
        "options_container": "container1",
    }
    shop.products.add(Record(row | _changes(data)))
    _set_stock(shop, number, data.get("stock_data") if isinstance(data, dict) else None)
    return str(number)


def stock_update(shop: Shop, product: Value, data: Value) -> bool:
    """cataloginventory_stock_item.update: the SKU is looked for first; in v1 this saves the whole product."""
    row = _stocked(shop, product).edit()
    row["updated_at"] = shop.now()
    _set_stock(shop, row["product_id"], data)
    return True


def stock_update_v2(shop: Shop, product: Value, data: Value) -> bool:
    """catalogInventoryStockItemUpdate: saves the stock only."""
    _set_stock(shop, _stocked(shop, product).get("product_id"), data)
    return True


def stock_multi_update(shop: Shop, products: Value, data: Value) -> bool:
    """catalogInventoryStockItemMultiUpdate: stops at the first unknown product, with those before it saved."""
    given, changes = as_rows(products), as_rows(data)
    if len(given) != len(changes):
        raise fault("multi_update_not_match", "cataloginventory_stock_item")
    for product, change in zip(given, changes, strict=True):
        stock_update_v2(shop, product, change)
    return True


def _stocked(shop: Shop, given: Value) -> Record:
    found = shop.products.by_natural(given) or shop.products.by_id(as_int(given))
    if found is None:
        raise fault("not_exists", "cataloginventory_stock_item")
    return found


METHODS = [
    method(
        "catalog_product.create",
        product_create,
        "catalogProductCreate",
        *("type!", "set!", "sku!", "productData:catalogProductCreateEntity!", "storeView"),
        required=4,
        result="result:int",
    ),
    method(
        "catalog_product.update",
        product_update,
        "catalogProductUpdate",
        *("product!", "productData:catalogProductCreateEntity!", "storeView", "identifierType"),
        required=2,
        wsi=(("product", "productId"),),
    ),
    method(
        "cataloginventory_stock_item.update",
        stock_update,
        "catalogInventoryStockItemUpdate",
        *("product!", "data:catalogInventoryStockItemUpdateEntity!"),
        required=2,
        result="result:int",
        wsi=(("product", "productId"),),
        v2=stock_update_v2,
    ),
    method(
        "cataloginventory_stock_item.multiUpdate",
        stock_multi_update,
        "catalogInventoryStockItemMultiUpdate",
        *("productIds:ArrayOfString!", "productData:catalogInventoryStockItemUpdateEntityArray!"),
        v2_only=True,
    ),
]
