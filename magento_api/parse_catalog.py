"""Answers about categories, attributes and pictures as records; products are in :mod:`parse`."""

from __future__ import annotations

from typing import Any

from .clean import clean
from .errors import NotUnderstood
from .read import Fields
from .records import Attribute, CategoryDetails, CategoryProduct, ProductImage, ProductType


def category_details(answer: Any, number: int) -> CategoryDetails:
    """``catalog_category.info``; the path and the children come as text, with slashes and commas."""
    row = Fields(answer, f"category {number}: ")
    path = Fields({"path": (row.text("path") or "").replace("/", ",")}, row.where)
    return CategoryDetails(
        id=row.required_id("category_id"),
        parent_id=row.id("parent_id"),
        name=row.text("name") or "",
        is_active=row.flag("is_active"),
        include_in_menu=row.flag("include_in_menu"),
        is_anchor=row.flag("is_anchor"),
        position=row.integer("position") or 0,
        level=row.integer("level") or 0,
        path=path.ids("path"),
        children=row.ids("children"),
        url_key=row.text("url_key"),
        description=row.text("description"),
        available_sort_by=_texts(row, "available_sort_by"),
        default_sort_by=row.text("default_sort_by"),
        created_at=row.moment("created_at"),
        updated_at=row.moment("updated_at"),
        attributes=clean(row.data),
    )


def category_product(row: Fields) -> CategoryProduct:
    """A row of ``catalog_category.assignedProducts``."""
    return CategoryProduct(
        id=row.required_id("product_id"),
        sku=row.text("sku") or "",
        type=row.text("type") or "simple",
        attribute_set_id=row.integer("set") or 0,
        position=row.integer("position") or 0,
    )


def attribute(row: Fields) -> Attribute:
    """A row of ``catalog_product_attribute.list``."""
    return Attribute(
        id=row.required_id("attribute_id"),
        code=row.required_text("code"),
        frontend_input=row.text("type"),
        required=row.flag("required"),
        scope=row.text("scope") or "global",
    )


def product_type(row: Fields) -> ProductType:
    """A row of ``catalog_product_type.list``."""
    code = row.required_text("type")
    return ProductType(code, row.text("label") or code)


def image(row: Fields) -> ProductImage:
    """A row of ``catalog_product_attribute_media.list``."""
    return ProductImage(
        file=row.required_text("file"),
        url=row.text("url") or "",
        label=(row.text("label") or "").strip(),
        position=row.integer("position") or 0,
        excluded=row.flag("exclude"),
        types=_texts(row, "types"),
    )


def _texts(row: Fields, key: str) -> tuple[str, ...]:
    """A list of texts, or a text with commas."""
    value = row.data.get(key)
    items = value.split(",") if isinstance(value, str) else row.structs(key)
    if not all(isinstance(item, str) for item in items):
        raise NotUnderstood(f"{row.where}{key} is not a list of texts")
    return tuple(item.strip() for item in items if item.strip())
