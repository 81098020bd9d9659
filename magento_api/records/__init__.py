"""Typed records of what Magento answers: the one vocabulary above the wire.

Money, rates and quantities are ``Decimal``; times are aware datetimes in UTC; what Magento leaves out is ``None``;
identifiers that Magento numbers are ``int``, those it writes (increment id, SKU, codes) are ``str``. Currency codes
are ISO 4217. ``Payload`` is one answer of Magento as plain JSON values: it is what the order inbox stores, and what
:func:`parse_order.parse_order` reads, today or after an upgrade.
"""

from __future__ import annotations

from .catalog import (
    Attribute,
    AttributeOption,
    AttributeSet,
    Category,
    CategoryDetails,
    CategoryProduct,
    Payload,
    Product,
    ProductImage,
    ProductSummary,
    ProductType,
    StockItem,
    StockUpdate,
)
from .customers import Customer, CustomerAddress, CustomerGroup
from .documents import (
    CreditMemo,
    CreditMemoSummary,
    DocumentComment,
    DocumentItem,
    Invoice,
    InvoiceSummary,
    NewDocument,
    NewTrack,
    OrderKey,
    Shipment,
    ShipmentItem,
    ShipmentSummary,
    Track,
)
from .orders import Address, Order, OrderItem, OrderSummary, Payment, StatusChange
from .shop import Country, MagentoInfo, Permission, Region, StoreView

__all__ = [
    "Address",
    "Attribute",
    "AttributeOption",
    "AttributeSet",
    "Category",
    "CategoryDetails",
    "CategoryProduct",
    "Country",
    "CreditMemo",
    "CreditMemoSummary",
    "Customer",
    "CustomerAddress",
    "CustomerGroup",
    "DocumentComment",
    "DocumentItem",
    "Invoice",
    "InvoiceSummary",
    "MagentoInfo",
    "NewDocument",
    "NewTrack",
    "Order",
    "OrderItem",
    "OrderKey",
    "OrderSummary",
    "Payload",
    "Payment",
    "Permission",
    "Product",
    "ProductImage",
    "ProductSummary",
    "ProductType",
    "Region",
    "Shipment",
    "ShipmentItem",
    "ShipmentSummary",
    "StatusChange",
    "StockItem",
    "StockUpdate",
    "StoreView",
    "Track",
]
