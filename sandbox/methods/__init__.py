"""What the store can be asked: one table of methods, the same for every protocol."""

from __future__ import annotations

from ..operations import Operation, of_method
from . import (
    categories,
    category_writes,
    core,
    customer_writes,
    customers,
    document_writes,
    documents,
    media,
    order_writes,
    orders,
    product_writes,
    products,
)
from .table import Method

ALIASES = {
    "magento": "core_magento",
    "store": "core_store",
    "country": "directory_country",
    "region": "directory_region",
    "product": "catalog_product",
    "category": "catalog_category",
    "product_type": "catalog_product_type",
    "product_media": "catalog_product_attribute_media",
    "product_attribute_media": "catalog_product_attribute_media",
    "product_attribute": "catalog_product_attribute",
    "product_attribute_set": "catalog_product_attribute_set",
    "product_stock": "cataloginventory_stock_item",
    "order": "sales_order",
    "order_invoice": "sales_order_invoice",
    "order_shipment": "sales_order_shipment",
    "order_creditmemo": "sales_order_creditmemo",
}

_MODULES = (
    *(core, orders, order_writes, documents, document_writes, customers, customer_writes),
    *(products, product_writes, media, categories, category_writes),
)
METHODS: dict[str, Method] = {line.path: line for module in _MODULES for line in module.METHODS}
OPERATIONS: dict[str, Operation] = {line.operation: of_method(line) for line in METHODS.values()}


def canonical(path: str) -> str:
    """A method's path with the resource's own name in place of an alias."""
    resource, _, name = path.rpartition(".")
    return f"{ALIASES.get(resource, resource)}.{name}"
