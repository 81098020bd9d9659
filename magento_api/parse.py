"""Answers of Magento as records, but for the order, which has its own module."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from .clean import clean
from .errors import NotUnderstood
from .parse_order import parse_address
from .read import Fields, shown
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
    """A row of ``sales_order.list``. Only its numbers must be there: an odd row is to show up, not to stop the list."""
    created = _lenient(row, "created_at")
    return OrderSummary(
        order_id=row.required_id("order_id"),
        increment_id=row.required_text("increment_id"),
        store_id=row.integer("store_id"),
        state=row.text("state") or "",
        status=row.text("status") or "",
        created_at=created or _lenient(row, "updated_at") or _EPOCH,
        updated_at=_lenient(row, "updated_at") or created or _EPOCH,
        grand_total=row.number("grand_total"),
        order_currency_code=row.text("order_currency_code") or "",
        customer_email=row.text("customer_email"),
    )


def customer(row: Fields) -> Customer:
    """``customer.info`` or a row of ``customer.list``; the secrets in it are left where they are. Only its number must
    be there.
    """
    created = _lenient(row, "created_at") or _EPOCH
    return Customer(
        id=row.required_id("customer_id"),
        email=row.text("email") or "",
        website_id=row.integer("website_id") or 0,
        store_id=row.integer("store_id"),
        group_id=row.integer("group_id") or 0,
        firstname=row.text("firstname"),
        middlename=row.text("middlename"),
        lastname=row.text("lastname"),
        prefix=row.text("prefix"),
        suffix=row.text("suffix"),
        taxvat=row.text("taxvat"),
        created_at=created,
        updated_at=_lenient(row, "updated_at") or created,
    )


def customer_address(row: Fields) -> CustomerAddress:
    """A row of ``customer_address.list``; SOAP v2 has no ``vat_id`` in it."""
    number = row.required_id("customer_address_id")
    return CustomerAddress(number, parse_address(row), row.flag("is_default_billing"), row.flag("is_default_shipping"))


def customer_group(row: Fields) -> CustomerGroup:
    """A row of ``customer_group.list``; 0 is "not logged in"."""
    return CustomerGroup(_whole(row, "customer_group_id"), row.text("customer_group_code") or "")


def product_summary(row: Fields) -> ProductSummary:
    """A row of ``catalog_product.list``."""
    return ProductSummary(
        id=row.required_id("product_id"),
        sku=row.text("sku") or "",
        name=row.text("name"),
        attribute_set_id=row.integer("set") or 0,
        type=row.text("type") or "simple",
        category_ids=row.ids("category_ids"),
        website_ids=row.ids("website_ids"),
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


def _lenient(row: Fields, key: str) -> datetime | None:
    try:
        return row.moment(key)
    except NotUnderstood:
        return None
