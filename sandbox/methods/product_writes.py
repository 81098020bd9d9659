"""catalog_product and stock items: what changes them. Much that is wrong is taken without a word, as Magento does."""

from __future__ import annotations

from typing import Any

from ..faults import Fault, fault
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value, as_int, as_rows
from .products import CLOTHING, DEFAULT, TYPES
from .stored import decimal, stored
from .table import method

_DECIMALS = ("price", "special_price", "cost", "weight", "msrp")
# options of these are numbers: anything else that is given, a label too, becomes 0
_OPTIONS = ("manufacturer", "color", "size", "status", "visibility", "tax_class_id", "is_fragile")
_FIXED = ("product_id", "entity_id", "set", "type", "type_id", "created_at", "updated_at")
_IDS = {"categories": "category_ids", "category_ids": "category_ids", "websites": "websites", "website_ids": "websites"}


def _given(data: Value) -> Row:
    """The data by attribute; in SOAP v2 custom ones stand apart. What is no struct is ignored."""
    given: dict[str, Any] = dict(data) if isinstance(data, dict) else {}
    more = given.pop("additional_attributes", None)
    for kind in ("single_data", "multi_data"):
        for pair in as_rows(more.get(kind) if isinstance(more, dict) else None):
            given[pair["key"]] = pair.get("value")
    return given


def _changes(data: Value) -> Row:
    """What of the data is stored, by attribute; None changes nothing."""
    found: Row = {}
    for name, value in _given(data).items():
        if value is None or name == "stock_data" or name in _FIXED:
            continue
        if name in _IDS:
            numbers = [as_int(one) for one in as_rows(value)]
            found[_IDS[name]] = numbers
            if _IDS[name] == "category_ids":
                found["categories"] = numbers
        else:
            found[name] = _stored(name, value)
    return found


def _stored(name: str, value: Value) -> Value:
    if value == "":
        return None
    if name in _DECIMALS:
        return decimal(value)
    if name in _OPTIONS:
        return as_int(value)
    return ",".join(str(one) for one in value) if isinstance(value, list) else stored(value)


def _set_stock(shop: Shop, product_id: int, data: Value) -> None:
    stock = shop.stock.setdefault(product_id, {"qty": "0.0000", "is_in_stock": 1})
    if not isinstance(data, dict):
        return
    if data.get("qty") not in (None, ""):
        stock["qty"] = decimal(data["qty"])
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
    if record.get("product_id") in shop.broken_products:
        raise Fault(1, shop.broken_products[record.get("product_id")])
    if changes.get("sku"):
        _check_sku(shop, changes["sku"], record)
    row = record.edit()
    if view["store_id"]:
        own = shop.product_translations.setdefault((row["product_id"], view["store_id"]), {})
        own.update({name: value for name, value in changes.items() if name not in ("category_ids", "websites")})
    else:
        row.update(changes)
        shop.products.rename(record)
    row["updated_at"] = shop.now()
    if isinstance(data, dict) and data.get("stock_data"):
        _set_stock(shop, row["product_id"], data["stock_data"])
    return True


def _check_sku(shop: Shop, sku: Value, own: Record | None = None) -> None:
    """All that Magento checks of a product that is saved."""
    if len(str(sku)) > 64:
        raise Fault(1, "SKU length should be 64 characters maximum")
    if shop.products.by_natural(sku) not in (None, own):
        raise Fault(1, 'The value of attribute "SKU" must be unique')


def product_create(shop: Shop, kind: Value, set_id: Value, sku: Value, data: Value, store: Value = None) -> str:
    """catalog_product.create"""
    if not kind or not set_id or not sku:
        raise fault("data_invalid", "catalog_product")
    if kind not in TYPES:
        raise fault("product_type_not_exists", "catalog_product")
    if as_int(set_id) not in (DEFAULT, CLOTHING):
        raise fault("product_attribute_set_not_exists", "catalog_product")
    _check_sku(shop, sku)
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


def product_multi_update(
    shop: Shop, products: Value, data: Value, store: Value = None, identifier: Value = None
) -> bool:
    """catalogProductMultiUpdate: goes on after a product that fails, and says so at the end."""
    given, changes = as_rows(products), as_rows(data)
    if len(given) != len(changes):
        raise fault("multi_update_not_match", "catalog_product")
    failed = []
    for product, change in zip(given, changes, strict=True):
        try:
            product_update(shop, product, change, store, identifier)
        except Fault as problem:
            failed.append(f"Product ID {as_int(product)}:\n {problem.message}")
    if failed:
        raise fault("partially_updated", "catalog_product", "\n".join(failed))
    return True


def product_delete(shop: Shop, product: Value, identifier: Value = None) -> bool:
    """catalog_product.delete"""
    record = shop.product(product, identifier)
    shop.products.remove(record)
    shop.stock.pop(record.get("product_id"), None)
    return True


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
        "catalog_product.multiUpdate",
        product_multi_update,
        "catalogProductMultiUpdate",
        *("productIds:ArrayOfString!", "productData:catalogProductCreateEntityArray!", "store", "identifierType"),
        v2_only=True,
    ),
    method(
        "catalog_product.delete",
        product_delete,
        "catalogProductDelete",
        *("product!", "identifierType"),
        required=1,
        result="result:int",
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
