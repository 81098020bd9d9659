"""The catalog: products, stock, categories, attributes, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProductSummary:
    """A row of ``catalog_product.list``."""

    id: int
    sku: str
    name: str | None
    attribute_set_id: int
    type: str
    category_ids: tuple[int, ...]
    website_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product as ``catalog_product.info`` answers it for a store view; ``attributes`` holds every attribute that
    came.
    """

    id: int
    sku: str
    name: str | None
    attribute_set_id: int
    type: str
    category_ids: tuple[int, ...]
    website_ids: tuple[int, ...]
    price: Decimal | None
    weight: Decimal | None
    status: int | None
    visibility: int | None
    tax_class_id: int | None
    description: str | None
    short_description: str | None
    created_at: datetime | None
    updated_at: datetime | None
    attributes: Payload


@dataclass(frozen=True, slots=True)
class StockItem:
    """A row of ``cataloginventory_stock_item.list``."""

    product_id: int
    sku: str
    qty: Decimal
    is_in_stock: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree, with its children."""

    id: int
    parent_id: int | None
    name: str
    is_active: bool
    position: int
    level: int
    children: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """A row of ``catalog_product_attribute_set.list``."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """An option of an attribute; ``value`` is None for the empty first one."""

    value: str | None
    label: str


@dataclass(frozen=True, slots=True)
class CategoryDetails:
    """A category as ``catalog_category.info`` answers it for a store view.

    ``path`` has the ids from Magento's root of all down to the category itself, ``children`` those right below.
    ``attributes`` holds everything that came. Over SOAP v2 ``default_sort_by`` is ``position`` where there is none.
    """

    id: int
    parent_id: int | None
    name: str
    is_active: bool
    include_in_menu: bool
    is_anchor: bool
    position: int
    level: int
    path: tuple[int, ...]
    children: tuple[int, ...]
    url_key: str | None
    description: str | None
    available_sort_by: tuple[str, ...]
    default_sort_by: str | None
    created_at: datetime | None
    updated_at: datetime | None
    attributes: Payload


@dataclass(frozen=True, slots=True)
class CategoryProduct:
    """A row of ``catalog_category.assignedProducts``: a product that is in the category itself."""

    id: int
    sku: str
    type: str
    attribute_set_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row of ``catalog_product_attribute.list``: an attribute of a set.

    ``frontend_input`` is text, textarea, select, multiselect, boolean, date, price, weight, ... or None; ``scope``
    is global, website or store.
    """

    id: int
    code: str
    frontend_input: str | None
    required: bool
    scope: str


@dataclass(frozen=True, slots=True)
class ProductType:
    """A row of ``catalog_product_type.list``."""

    type: str
    label: str


@dataclass(frozen=True, slots=True)
class ProductImage:
    """A picture of a product. ``file`` names it in Magento; ``types`` are its roles (image, small_image, thumbnail);
    an ``excluded`` one is not shown in the gallery.
    """

    file: str
    url: str
    label: str
    position: int
    excluded: bool
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StockUpdate:
    """What the stock of a product is to be.

    ``qty`` may be negative. ``is_in_stock`` always goes with it, for Magento sets it to false with a quantity of 0 but
    never back. ``backorders`` (0 no, 1 allowed, 2 allowed and the customer is told) and ``manage_stock`` are left as
    they are when None; given, they no longer follow the shop's configuration.
    """

    product_id: int
    sku: str
    qty: Decimal
    is_in_stock: bool
    backorders: int | None = None
    manage_stock: bool | None = None
