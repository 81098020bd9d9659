"""A client of Magento 1.x and OpenMage: their APIs as typed records. Imports nothing of Odoo.

>>> from magento_api import connect
>>> with connect("https://www.example.com", "user", "key") as shop:
...     for summary in shop.order_summaries():
...         print(summary.increment_id, summary.grand_total)
"""

from . import errors, records
from .catalog_writes import kept_text
from .client import Client
from .connect import PROTOCOLS, connect
from .errors import (
    AlreadyExists,
    BadRow,
    BadUrl,
    CredentialsRefused,
    ForeignHost,
    MagentoError,
    NotFound,
    NotUnderstood,
    PermissionMissing,
    Refused,
    TooBig,
    Unreachable,
)
from .parse_order import parse_order
from .read import without_odd
from .records import Order, OrderSummary, Payload, StockUpdate

__all__ = [
    "PROTOCOLS",
    "AlreadyExists",
    "BadRow",
    "BadUrl",
    "Client",
    "CredentialsRefused",
    "ForeignHost",
    "MagentoError",
    "NotFound",
    "NotUnderstood",
    "Order",
    "OrderSummary",
    "Payload",
    "PermissionMissing",
    "Refused",
    "StockUpdate",
    "TooBig",
    "Unreachable",
    "connect",
    "errors",
    "kept_text",
    "parse_order",
    "records",
    "without_odd",
]
