"""catalog_category: what changes the tree, and which products are in it."""

from __future__ import annotations

from ..faults import Fault, fault
from ..shop import Shop
from ..tables import Record
from ..values import Native, Row, Value, as_int
from .categories import below, category, children
from .stored import stored
from .table import method

# what a new category must say, in the order in which Magento asks for it
_REQUIRED = ("name", "is_active", "include_in_menu", "available_sort_by", "default_sort_by")
_NUMBERS = ("is_active", "include_in_menu", "is_anchor", "position", "landing_page")
_FIXED = ("path", "level", "category_id", "parent_id", "children_count", "created_at")


def _values(data: Value) -> Row:
    """What of the data is stored."""
    given = data if isinstance(data, dict) else {}
    found = {name: stored(value) for name, value in given.items() if value is not None and name not in _FIXED}
    return {name: as_int(value) if name in _NUMBERS else value for name, value in found.items()}


def create(shop: Shop, parent: Value, data: Value, store: Value = None) -> str:
    """catalog_category.create"""
    view = shop.store(store, "catalog_category")
    above = category(shop, parent)
    values = _values(data)
    for name in _REQUIRED:
        if values.get(name) in (None, ""):
            raise fault("data_invalid", "catalog_category", f'Attribute "{name}" is required.')
    number = max(shop.categories) + 1
    siblings = [row["position"] for row in children(shop, above["category_id"])]
    fixed = {"category_id": number, "parent_id": above["category_id"], "level": above["level"] + 1}
    row: Row = {"description": None, "position": max(siblings, default=0) + 1, **values, **fixed}
    row |= {"created_at": shop.now(), "updated_at": shop.now()}
    shop.categories[number] = row
    if view["store_id"]:
        shop.category_translations[number, view["store_id"]] = values
    return str(number)


def update(shop: Shop, number: Value, data: Value, store: Value = None) -> bool:
    """catalog_category.update: a path in it does not move the category."""
    row = category(shop, number)
    view = shop.store(store, "catalog_category")
    values = _values(data)
    if values.get("name") == "":
        raise fault("data_invalid", "catalog_category", 'Attribute "name" is required.')
    if view["store_id"]:
        everywhere = {name: values.pop(name) for name in ("position",) if name in values}
        shop.category_translations.setdefault((row["category_id"], view["store_id"]), {}).update(values)
        values = everywhere
    row.update(values, updated_at=shop.now())
    return True


def move(shop: Shop, number: Value, parent: Value, after: Value = None) -> bool:
    """catalog_category.move: behind a sibling, or to the end."""
    row, above = category(shop, number), category(shop, parent)
    if above["category_id"] in (row["category_id"], *below(shop, row["category_id"])):
        raise fault(
            "not_moved",
            "catalog_category",
            "Operation do not allow to move a parent category to any of children category",
        )
    rest = [one for one in children(shop, above["category_id"]) if one is not row]
    known = [one["category_id"] for one in rest]
    place = known.index(as_int(after)) + 1 if as_int(after) in known else 0 if after in (0, "0") else len(rest)
    rest.insert(place, row)
    row.update(parent_id=above["category_id"], updated_at=shop.now())
    for position, one in enumerate(rest, 1):
        one["position"] = position
    _level(shop, row, above["level"] + 1)
    return True


def _level(shop: Shop, row: Row, level: int) -> None:
    row["level"] = level
    for child in children(shop, row["category_id"]):
        _level(shop, child, level + 1)


def delete(shop: Shop, number: Value) -> bool:
    """catalog_category.delete: with all below it; the products stay."""
    row = category(shop, number)
    if row["level"] == 0 or row["category_id"] in shop.root_categories.values():
        raise fault("not_deleted", "catalog_category", "Cannot remove a root category.")
    gone = {row["category_id"], *below(shop, row["category_id"])}
    for one in gone:
        del shop.categories[one]
    for record in shop.products.rows:
        if gone.intersection(record.get("categories")):
            _place(record, [one for one in record.get("categories") if one not in gone])
    return True


def _place(record: Record, numbers: list[int]) -> None:
    record.edit().update(categories=numbers, category_ids=list(numbers))


def assigned(shop: Shop, number: Value, store: Value = None) -> list[Row]:
    """catalog_category.assignedProducts: those of the category itself."""
    wanted = category(shop, number)["category_id"]
    shop.store(store, "catalog_category")
    rows = [record for record in shop.products.rows if wanted in record.get("categories")]
    return [
        {
            "product_id": record.get("product_id"),
            "type": record.get("type"),
            "set": record.get("set"),
            "sku": record.get("sku"),
            "position": shop.positions.get((wanted, record.get("product_id")), 1),
        }
        for record in rows
    ]


def _product(shop: Shop, given: Value, identifier: Value) -> Record:
    try:
        return shop.product(given, identifier)
    except Fault:
        raise fault("not_exists", "catalog_category", "Product not exists.") from None


def assign(shop: Shop, number: Value, product: Value, position: Value = None, identifier: Value = None) -> bool:
    """catalog_category.assignProduct and updateProduct; the product's updated_at stays."""
    wanted = category(shop, number)["category_id"]
    record = _product(shop, product, identifier)
    if wanted not in record.get("categories"):
        _place(record, sorted([*record.get("categories"), wanted]))
    shop.positions[wanted, record.get("product_id")] = as_int(position)
    return True


def remove(shop: Shop, number: Value, product: Value, identifier: Value = None) -> bool:
    """catalog_category.removeProduct"""
    wanted = category(shop, number)["category_id"]
    record = _product(shop, product, identifier)
    if wanted not in record.get("categories"):
        raise fault("product_not_assigned", "catalog_category")
    _place(record, [one for one in record.get("categories") if one != wanted])
    return True


def create_v2(shop: Shop, parent: Value, data: Value, store: Value = None) -> int:
    """catalogCategoryCreate"""
    return Native(create(shop, parent, data, store))


_PRODUCT = ("categoryId:int!", "product!", "position", "identifierType")
METHODS = [
    method(
        "catalog_category.create",
        create,
        "catalogCategoryCreate",
        *("parentId:int!", "categoryData:catalogCategoryEntityCreate!", "storeView"),
        required=2,
        result="attribute_id:int",
        v2=create_v2,
    ),
    method(
        "catalog_category.update",
        update,
        "catalogCategoryUpdate",
        *("categoryId:int!", "categoryData:catalogCategoryEntityCreate!", "storeView"),
        required=2,
        result="id:boolean",
    ),
    method(
        "catalog_category.move",
        move,
        "catalogCategoryMove",
        *("categoryId:int!", "parentId:int!", "afterId"),
        required=2,
        result="id:boolean",
    ),
    method("catalog_category.delete", delete, "catalogCategoryDelete", "categoryId:int!", required=1),
    method(
        "catalog_category.assignedProducts",
        assigned,
        "catalogCategoryAssignedProducts",
        "categoryId:int!",
        required=1,
        result="result:catalogAssignedProductArray",
    ),
    method(
        "catalog_category.assignProduct",
        assign,
        "catalogCategoryAssignProduct",
        *_PRODUCT,
        required=2,
        wsi=(("product", "productId"),),
    ),
    method(
        "catalog_category.updateProduct",
        assign,
        "catalogCategoryUpdateProduct",
        *_PRODUCT,
        required=2,
        wsi=(("product", "productId"),),
    ),
    method(
        "catalog_category.removeProduct",
        remove,
        "catalogCategoryRemoveProduct",
        *(part for part in _PRODUCT if part != "position"),
        required=2,
        wsi=(("product", "productId"),),
    ),
]
