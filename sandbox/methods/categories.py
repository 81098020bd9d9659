"""catalog_category: the tree."""

from __future__ import annotations

from .. import recorded
from ..faults import fault
from ..shop import Shop
from ..values import Native, Row, Value, as_int, expand
from .table import method

ROOT_OF_WEBSITE = {1: 2, 2: 3, 3: 2}
_LEVEL = ("category_id", "parent_id", "name", "is_active", "position", "level")


def _children(shop: Shop, parent: int) -> list[Row]:
    rows = [row for row in shop.categories.values() if row["parent_id"] == parent]
    return sorted(rows, key=lambda row: row["position"])


def _category(shop: Shop, given: Value) -> Row:
    found = shop.categories.get(as_int(given))
    if found is None:
        raise fault("not_exists", "catalog_category")
    return found


def category_tree(shop: Shop, parent: Value = None, store: Value = None) -> Row:
    """catalog_category.tree"""
    view = shop.store(store, "catalog_category")
    if parent is None and view["website_id"]:
        parent = ROOT_OF_WEBSITE.get(view["website_id"], 2)
    return _branch(shop, _category(shop, 1 if parent is None else parent))


def _branch(shop: Shop, category: Row) -> Row:
    children = _children(shop, category["category_id"])
    return {key: category[key] for key in _LEVEL} | {"children": [_branch(shop, child) for child in children]}


def category_level(shop: Shop, website: Value = None, store: Value = None, category: Value = None) -> list[Row]:
    """catalog_category.level"""
    parents = [as_int(category)] if category else [1]
    if not category and website:
        return [_level_row(shop.categories[ROOT_OF_WEBSITE[_website(shop, website)]])]
    if not category and store:
        view = shop.store(store, "catalog_category")
        parents = [ROOT_OF_WEBSITE.get(view["website_id"], 2)]
    return [_level_row(child) for parent in parents for child in _children(shop, parent)]


def _website(shop: Shop, given: Value) -> int:
    for store in shop.stores:
        if given in (store["website_id"], str(store["website_id"]), shop.website_codes[store["website_id"]]):
            return int(store["website_id"])
    raise fault("website_not_exists", "catalog_category")


def _level_row(category: Row) -> Row:
    return {key: category[key] for key in _LEVEL} | {"parent_id": Native(category["parent_id"])}


def category_info(shop: Shop, category: Value, store: Value = None, attributes: Value = None) -> Row:
    """catalog_category.info"""
    shop.store(store, "catalog_category")
    row = _category(shop, category)
    below = _below(shop, row["category_id"])
    found = {
        "include_in_menu": 1,
        "display_mode": "PRODUCTS",
        "is_anchor": 1,
        **row,
        "created_at": "2026-11-21T00:02:57+00:00",
        "updated_at": row.get("updated_at", "2026-11-21 00:02:57"),
        "parent_id": Native(row["parent_id"]),
        "description": row.get("description", f"About {row['name']}"),
        "path": _path(shop, row),
        "all_children": ",".join(str(number) for number in [row["category_id"], *below]),
        "children": ",".join(str(child["category_id"]) for child in _children(shop, row["category_id"])),
        "children_count": len(below),
        "url_key": _slug(row["name"]),
        "url_path": _url_path(shop, row),
    }
    template = recorded.keys("category")
    if isinstance(attributes, list) and attributes:
        base = ("category_id", "is_active", "position", "level", "parent_id", "all_children", "children")
        template = [key for key in template if key in base or key in attributes]
    return expand(found, template)


def category_info_v2(shop: Shop, category: Value, store: Value = None, attributes: Value = None) -> Row:
    """catalogCategoryInfo: a few keys have a value where v1 has none."""
    return category_info(shop, category, store) | {"available_sort_by": [], "default_sort_by": "position"}


def _below(shop: Shop, category: int) -> list[int]:
    found: list[int] = []
    for child in _children(shop, category):
        found += [child["category_id"], *_below(shop, child["category_id"])]
    return found


def _above(shop: Shop, row: Row) -> list[Row]:
    """The category and those above it, from the top."""
    parent = shop.categories.get(row["parent_id"])
    return [*(_above(shop, parent) if parent else []), row]


def _path(shop: Shop, row: Row) -> str:
    return "/".join(str(one["category_id"]) for one in _above(shop, row))


def _slug(name: str) -> str:
    words = "".join(char.lower() if char.isalnum() else " " for char in name).split()
    return "-".join(words)


def _url_path(shop: Shop, row: Row) -> str | None:
    names = [_slug(one["name"]) for one in _above(shop, row) if one["level"] > 1]
    return "/".join(names) + ".html" if names else None


METHODS = [
    method(
        "catalog_category.tree",
        category_tree,
        "catalogCategoryTree",
        "parentId!",
        "storeView",
        result="tree:catalogCategoryTree",
    ),
    method(
        "catalog_category.level",
        category_level,
        "catalogCategoryLevel",
        "website",
        "storeView",
        "parentCategory",
        result="tree:ArrayOfCatalogCategoryEntitiesNoChildren",
        wsi=(("parentCategory", "categoryId"),),
    ),
    method(
        "catalog_category.info",
        category_info,
        "catalogCategoryInfo",
        "categoryId:int!",
        "storeView",
        "attributes:ArrayOfString",
        required=1,
        result="info:catalogCategoryInfo",
        v2=category_info_v2,
    ),
]
