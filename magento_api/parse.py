"""Answers of Magento as records, but for the order, which has its own module."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .clean import clean
from .errors import NotUnderstood
from .parse_order import parse_address
from .read import Fields, lenient, shown
from .records import (
    AttributeOption,
    AttributeSet,
    Category,
    Country,
    Customer,
    CustomerAddress,
    CustomerGroup,
    MagentoInfo,
    OrderSummary,
    Product,
    ProductSummary,
    Region,
    StockItem,
    StoreView,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DEEPEST_TREE = 60


def info(answer: Any) -> MagentoInfo:
    """``core_magento.info``."""
    fields = Fields(answer, "core_magento.info: ")
    return MagentoInfo(
        fields.text("magento_edition") or "", fields.text("magento_version") or "", fields.text("openmage_version")
    )


def store_view(row: Fields) -> StoreView:
    """A row of ``store.list``. The admin view has id 0 and is not in it."""
    return StoreView(
        id=_whole(row, "store_id"),
        code=row.required_text("code"),
        website_id=_whole(row, "website_id"),
        group_id=_whole(row, "group_id"),
        name=row.text("name") or row.required_text("code"),
        sort_order=row.integer("sort_order") or 0,
        active=row.flag("is_active", default=True),
    )


def order_summary(row: Fields) -> OrderSummary:
    """A row of ``sales_order.list``. Only its two numbers must be there: other nonsense counts as absent."""
    created, updated = lenient(row.moment, "created_at"), lenient(row.moment, "updated_at")
    return OrderSummary(
        order_id=row.required_id("order_id"),
        increment_id=row.required_text("increment_id"),
        store_id=lenient(row.integer, "store_id"),
        state=lenient(row.text, "state") or "",
        status=lenient(row.text, "status") or "",
        created_at=created or updated or _EPOCH,
        updated_at=updated or created or _EPOCH,
        grand_total=lenient(row.amount, "grand_total"),
        order_currency_code=lenient(row.text, "order_currency_code") or "",
        customer_email=lenient(row.text, "customer_email"),
    )


def customer(row: Fields) -> Customer:
    """``customer.info`` or a row of ``customer.list``; the secrets in it are left where they are. Only its number must
    be there: what else makes no sense is taken as absent.
    """
    created = lenient(row.moment, "created_at") or _EPOCH
    return Customer(
        id=row.required_id("customer_id"),
        email=lenient(row.text, "email") or "",
        website_id=lenient(row.id, "website_id") or 0,
        store_id=lenient(row.integer, "store_id"),
        group_id=lenient(row.id, "group_id") or 0,
        firstname=lenient(row.text, "firstname"),
        middlename=lenient(row.text, "middlename"),
        lastname=lenient(row.text, "lastname"),
        prefix=lenient(row.text, "prefix"),
        suffix=lenient(row.text, "suffix"),
        taxvat=lenient(row.text, "taxvat"),
        created_at=created,
        updated_at=lenient(row.moment, "updated_at") or created,
    )


def customer_address(row: Fields) -> CustomerAddress:
    """A row of ``customer_address.list``; SOAP v2 has no ``vat_id`` in it."""
    number = row.required_id("customer_address_id")
    return CustomerAddress(number, parse_address(row), row.flag("is_default_billing"), row.flag("is_default_shipping"))


def customer_group(row: Fields) -> CustomerGroup:
    """A row of ``customer_group.list``; 0 is "not logged in"."""
    return CustomerGroup(_whole(row, "customer_group_id"), row.text("customer_group_code") or "")


def product_summary(row: Fields) -> ProductSummary:
    """A row of ``catalog_product.list``. Only its number must be there."""
    return ProductSummary(
        id=row.required_id("product_id"),
        sku=lenient(row.text, "sku") or "",
        name=lenient(row.text, "name"),
        attribute_set_id=lenient(row.integer, "set") or 0,
        type=lenient(row.text, "type") or "simple",
        category_ids=lenient(row.ids, "category_ids") or (),
        website_ids=lenient(row.ids, "website_ids") or (),
    )


def product(answer: Any, number: int) -> Product:
    """``catalog_product.info``. Prices are in the website's base currency, in whatever form (net, gross) the shop
    keeps them.
    """
    row = Fields(answer, f"product {number}: ")
    attributes = clean(row.data)
    extra = attributes.pop("additional_attributes", None)
    for entry in extra if isinstance(extra, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("key"), str):
            attributes.setdefault(entry["key"], entry.get("value"))
    return Product(
        id=row.required_id("product_id"),
        sku=row.text("sku") or "",
        name=row.text("name"),
        attribute_set_id=row.integer("set") or 0,
        type=row.text("type") or row.text("type_id") or "simple",
        category_ids=row.ids("categories") or row.ids("category_ids"),
        website_ids=row.ids("websites") or row.ids("website_ids"),
        price=row.amount("price"),
        weight=row.amount("weight"),
        status=row.integer("status"),
        visibility=row.integer("visibility"),
        tax_class_id=row.integer("tax_class_id"),
        description=row.text("description"),
        short_description=row.text("short_description"),
        created_at=row.moment("created_at"),
        updated_at=row.moment("updated_at"),
        attributes=attributes,
    )


def stock_item(row: Fields) -> StockItem:
    """A row of ``cataloginventory_stock_item.list``; the quantity may be negative (backorders)."""
    return StockItem(row.required_id("product_id"), row.text("sku") or "", row.number("qty"), row.flag("is_in_stock"))


def category(answer: Any, depth: int = 0) -> Category:
    """A node of ``catalog_category.tree`` with its children. SOAP v2 leaves out whether the first node is active: it
    is taken so.
    """
    if depth > _DEEPEST_TREE:
        raise NotUnderstood("The category tree is nested too deeply")
    row = Fields(answer, "catalog_category.tree: ")
    children = row.structs("children") if not isinstance(row.data.get("children"), str) else []
    return Category(
        id=_whole(row, "category_id"),
        parent_id=row.id("parent_id"),
        name=row.text("name") or "",
        is_active=row.flag("is_active", default=True),
        position=row.integer("position") or 0,
        level=row.integer("level") or 0,
        children=tuple(category(child, depth + 1) for child in children),
    )


def attribute_set(row: Fields) -> AttributeSet:
    """A row of ``catalog_product_attribute_set.list``."""
    return AttributeSet(row.required_id("set_id"), row.text("name") or "")


def attribute_option(row: Fields) -> AttributeOption:
    """A row of ``catalog_product_attribute.options``; values are numbers or texts, in one answer."""
    return AttributeOption((row.text("value") or "").strip() or None, (row.text("label") or "").strip())


def country(row: Fields) -> Country:
    """A row of ``directory_country.list``."""
    code = row.required_text("country_id")
    return Country(code, row.text("iso2_code") or code, row.text("iso3_code") or "", row.text("name") or code)


def region(row: Fields) -> Region:
    """A row of ``directory_region.list``."""
    return Region(row.required_id("region_id"), row.text("code") or "", row.text("name") or row.text("code") or "")


def _whole(row: Fields, key: str) -> int:
    number = row.required_integer(key)
    if number < 0:
        raise NotUnderstood(f"{row.where}{key} is {shown(number)}, an identifier was expected")
    return number
