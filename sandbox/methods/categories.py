"""catalog_category: the tree."""

from __future__ import annotations

from .. import recorded
from ..faults import fault
from ..shop import Shop
from ..values import Native, Row, Value, as_int, expand
from .table import method

_LEVEL = ("category_id", "parent_id", "name", "is_active", "position", "level")


Tree = dict[int, list[Row]]


def by_parent(shop: Shop) -> Tree:
    """All categories below their parents, in their order."""
    found: Tree = {}
    for row in sorted(shop.categories.values(), key=lambda row: (row["position"], row["category_id"])):
        found.setdefault(row["parent_id"], []).append(row)
    return found


def children(shop: Shop, parent: int) -> list[Row]:
    """The categories right below one, in their order."""
    return by_parent(shop).get(parent, [])


def category(shop: Shop, given: Value) -> Row:
    """The category with that id."""
    found = shop.categories.get(as_int(given))
    if found is None:
        raise fault("not_exists", "catalog_category")
    return found


def category_tree(shop: Shop, parent: Value = None, store: Value = None) -> Row:
    """catalog_category.tree"""
    view = shop.store(store, "catalog_category")
    if parent is None and view["website_id"]:
        parent = shop.root_categories.get(view["website_id"], 2)
    return _branch(shop, category(shop, 1 if parent is None else parent), view["store_id"], by_parent(shop))


def _branch(shop: Shop, row: Row, store_id: int, tree: Tree) -> Row:
    inner = [_branch(shop, child, store_id, tree) for child in tree.get(row["category_id"], [])]
    return _seen(shop, row, store_id) | {"children": inner}


def _seen(shop: Shop, row: Row, store_id: int) -> Row:
    """A category's row in lists, as a store view sees it."""
    own = shop.category_translations.get((row["category_id"], store_id), {})
    return {key: own.get(key, row[key]) for key in _LEVEL}


def category_level(shop: Shop, website: Value = None, store: Value = None, parent: Value = None) -> list[Row]:
    """catalog_category.level"""
    view = shop.store(store, "catalog_category")
    above = as_int(parent) if parent else 1
    if not parent and website:
        rows = [shop.categories[shop.root_categories[_website(shop, website)]]]
    elif not parent and store:
        rows = children(shop, shop.root_categories.get(view["website_id"], 2))
    else:
        rows = children(shop, above)
    return [_seen(shop, row, view["store_id"]) | {"parent_id": Native(row["parent_id"])} for row in rows]


def _website(shop: Shop, given: Value) -> int:
    for store in shop.stores:
        if given in (store["website_id"], str(store["website_id"]), shop.website_codes[store["website_id"]]):
            return int(store["website_id"])
    raise fault("website_not_exists", "catalog_category")


def category_info(shop: Shop, number: Value, store: Value = None, attributes: Value = None) -> Row:
    """catalog_category.info"""
    view = shop.store(store, "catalog_category")
    row = category(shop, number)
    inner = below(shop, row["category_id"])
    created = str(row.get("created_at", "2026-11-21 00:02:57"))
    found = {
        "include_in_menu": 1,
        "display_mode": "PRODUCTS",
        "is_anchor": 1,
        "url_key": _slug(row["name"]),
        "description": f"About {row['name']}",
        **row,
        **shop.category_translations.get((row["category_id"], view["store_id"]), {}),
        "created_at": created.replace(" ", "T") + "+00:00",
        "updated_at": row.get("updated_at", "2026-11-21 00:02:57"),
        "parent_id": Native(row["parent_id"]),
        "path": _path(shop, row),
        "all_children": ",".join(str(one) for one in [row["category_id"], *inner]),
        "children": ",".join(str(child["category_id"]) for child in children(shop, row["category_id"])),
        "children_count": len(inner),
        "url_path": _url_path(shop, row),
    }
    template = recorded.keys("category")
    if isinstance(attributes, list) and attributes:
        base = ("category_id", "is_active", "position", "level", "parent_id", "all_children", "children")
        template = [key for key in template if key in base or key in attributes]
    return expand(found, template)


def category_info_v2(shop: Shop, number: Value, store: Value = None, attributes: Value = None) -> Row:
    """catalogCategoryInfo: a few keys have a value where v1 has none."""
    found = category_info(shop, number, store)
    return found | {
        "available_sort_by": found["available_sort_by"] or [],
        "default_sort_by": found["default_sort_by"] or "position",
    }


def below(shop: Shop, parent: int) -> list[int]:
    """The ids of all categories below one."""
    tree, found, waiting = by_parent(shop), [], [parent]
    while waiting:
        inner = [row["category_id"] for row in tree.get(waiting.pop(0), [])]
        found += inner
        waiting = inner + waiting
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
