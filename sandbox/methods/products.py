"""catalog_product, its attributes and their options, and stock items."""

from __future__ import annotations

from .. import pages, recorded
from ..faults import Broken, fault
from ..filters import fields
from ..shop import Shop
from ..tables import Record
from ..values import Native, Row, Value, as_int, as_rows, expand
from .table import method

_NAMES = {"entity_id": "product_id", "attribute_set_id": "set", "type_id": "type"}
TYPES = ("simple", "grouped", "configurable", "virtual", "bundle", "downloadable")
DEFAULT, CLOTHING = 4, 9
_OF_CLOTHING = ((94, "color", "select", 0, "global"), (134, "size", "select", 0, "global"))
_BASE = ("product_id", "sku", "set", "type", "categories", "websites")


def product_list(shop: Shop, filters: Value = None, store: Value = None) -> list[Row]:
    """catalog_product.list"""
    view = shop.store(store, "catalog_product")
    conditions = {_NAMES.get(field, field): value for field, value in fields(filters).items()}
    known = {row[1] for row in recorded.load("attributes")} | {*_BASE, "color", "size"}
    for field in conditions:
        if field in ("category_ids", "website_ids"):
            raise Broken(503, pages.ERROR)
        if field not in known:
            raise fault("unknown")
    rows = shop.products.select(conditions)
    shop.check_size(rows, shop.settings.product_list_limit)
    return [_list_row(shop, record, view["store_id"]) for record in rows]


def _list_row(shop: Shop, record: Record, store_id: int) -> Row:
    number = record.get("product_id")
    translated = shop.product_translations.get((number, store_id), {})
    return {
        "product_id": number,
        "sku": record.get("sku"),
        "name": translated.get("name", record.get("name")),
        "set": record.get("set"),
        "type": record.get("type"),
        "category_ids": record.get("categories"),
        "website_ids": record.get("websites"),
    }


def whole_product(shop: Shop, record: Record, store: Value) -> Row:
    """A product with all its keys, as a store view sees it."""
    view = shop.store(store, "catalog_product")
    row = record.full()
    found = expand(row, recorded.product_keys(row))
    found.update(shop.product_translations.get((row["product_id"], view["store_id"]), {}))
    return found


def product_info(
    shop: Shop, product: Value, store: Value = None, attributes: Value = None, identifier: Value = None
) -> Row:
    """catalog_product.info"""
    view_first = shop.store(store, "catalog_product")
    found = whole_product(shop, shop.product(product, identifier), view_first["store_id"])
    if attributes:
        wanted = set(_BASE) | {code for code in as_rows(attributes) if isinstance(code, str)}
        return {key: value for key, value in found.items() if key in wanted}
    return found


def product_info_v2(
    shop: Shop, product: Value, store: Value = None, attributes: Value = None, identifier: Value = None
) -> Row:
    """catalogProductInfo: custom attributes only where they are asked for, as a list of keys and values."""
    found = whole_product(shop, shop.product(product, identifier), store)
    asked = attributes if isinstance(attributes, dict) else {}
    more = [code for code in as_rows(asked.get("additional_attributes")) if code in found]
    wanted = set(_BASE) | set(as_rows(asked.get("attributes")))
    answer = {key: value for key, value in found.items() if len(wanted) == len(_BASE) or key in wanted}
    if more:
        answer["additional_attributes"] = [{"key": code, "value": found[code]} for code in more]
    return answer


def attribute_set_list(shop: Shop) -> list[Row]:
    """catalog_product_attribute_set.list"""
    return [{"set_id": 9, "name": "Clothing"}, {"set_id": 4, "name": "Default"}]


def attribute_rows(set_id: int) -> list[Row]:
    """The attributes of a set; Clothing has color and size, but no manufacturer."""
    names = ("attribute_id", "code", "type", "required", "scope")
    rows = [dict(zip(names, row, strict=True)) for row in recorded.load("attributes")]
    if set_id == CLOTHING:
        rows = [row for row in rows if row["code"] != "manufacturer"]
        return rows + [dict(zip(names, row, strict=True)) for row in _OF_CLOTHING]
    return rows if set_id == DEFAULT else []


def attribute_list(shop: Shop, set_id: Value) -> list[Row]:
    """catalog_product_attribute.list: nothing for a set that does not exist."""
    rows = attribute_rows(as_int(set_id))
    cast = ("attribute_id", "required") if shop.settings.version.ids_cast else ()
    return [row | {key: Native(row[key]) for key in cast} for row in rows]


def type_list(shop: Shop) -> list[Row]:
    """catalog_product_type.list"""
    return [{"type": kind, "label": f"{kind.capitalize()} Product"} for kind in TYPES]


def attribute_options(shop: Shop, attribute: Value, store: Value = None) -> list[Row]:
    """catalog_product_attribute.options"""
    view = shop.store(store, "catalog_product_attribute")
    codes = {str(row["attribute_id"]): row["code"] for one in (DEFAULT, CLOTHING) for row in attribute_rows(one)}
    code = codes.get(str(attribute), attribute)
    options = recorded.load("options")
    if code not in codes.values() and code not in options:
        raise fault("not_exists", "catalog_product_attribute")
    by_store = options.get(code, {})
    found: list[Row] = by_store.get(view["code"]) or by_store.get("") or []
    return found


def stock_list(shop: Shop, products: Value) -> list[Row]:
    """cataloginventory_stock_item.list: SKUs are looked for first, whatever the type; unknown ones are dropped."""
    found = {}
    for given in as_rows(products):
        record = shop.products.by_natural(given) or shop.products.by_id(as_int(given))
        if record is not None:
            found[record.get("product_id")] = record
    return [{"product_id": number, "sku": found[number].get("sku"), **_stock(shop, number)} for number in sorted(found)]


def _stock(shop: Shop, product_id: int) -> Row:
    return {key: shop.stock[product_id][key] for key in ("qty", "is_in_stock")}


METHODS = [
    method(
        "catalog_product.list",
        product_list,
        "catalogProductList",
        "filters:filters!",
        "storeView",
        result="storeView:catalogProductEntityArray",
    ),
    method(
        "catalog_product.info",
        product_info,
        "catalogProductInfo",
        "productId!",
        "storeView",
        "attributes:catalogProductRequestAttributes",
        "identifierType",
        required=1,
        result="info:catalogProductReturnEntity",
        v2=product_info_v2,
    ),
    method(
        "catalog_product_attribute_set.list",
        attribute_set_list,
        "catalogProductAttributeSetList",
        result="result:catalogProductAttributeSetEntityArray",
    ),
    method(
        "catalog_product_attribute.list",
        attribute_list,
        "catalogProductAttributeList",
        "setId:int!",
        required=1,
        result="result:catalogAttributeEntityArray",
    ),
    method(
        "catalog_product_type.list", type_list, "catalogProductTypeList", result="result:catalogProductTypeEntityArray"
    ),
    method(
        "catalog_product_attribute.options",
        attribute_options,
        "catalogProductAttributeOptions",
        "attributeId!",
        "storeView",
        required=1,
        result="result:catalogAttributeOptionEntityArray",
    ),
    method(
        "cataloginventory_stock_item.list",
        stock_list,
        "catalogInventoryStockItemList",
        "products:ArrayOfString!",
        required=1,
        result="result:catalogInventoryStockItemEntityArray",
        wsi=(("products", "productIds"),),
    ),
]
