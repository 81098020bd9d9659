"""The methods of Magento's API that the connector uses, and the tick box of the API role that allows each.

The titles are those of Magento's admin (System > Web Services > SOAP/XML-RPC - Roles > Role Resources), from ``acl``
of the modules' ``etc/api.xml``. Where a method has no tick box of its own, that of its resource stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .records import Permission

ROLE_RESOURCES: dict[str, str] = {
    "core_magento.info": "Core > Magento info > Retrieve info about current Magento installation",
    "store.list": "Core > Store > List of stores",
    "sales_order.list": "Sales > Order > Retrieve orders info",
    "sales_order.info": "Sales > Order > Retrieve orders info",
    "customer.list": "Customers > Retrieve customer info",
    "customer.info": "Customers > Retrieve customer info",
    "customer_group.list": "Customers",
    "customer_address.list": "Customers > Addresses > Retrieve address info",
    "catalog_category.tree": "Catalog > Category > Retrieve categories tree",
    "catalog_category.level": "Catalog > Category",
    "catalog_product.list": "Catalog > Product > Retrieve products data",
    "catalog_product.info": "Catalog > Product > Retrieve products data",
    "catalog_product_attribute_set.list": "Catalog > Product > Product Attributes > Attribute Sets > List",
    "catalog_product_attribute.options": "Catalog > Product > Product Attributes > Retrieve attribute data",
    "cataloginventory_stock_item.list": "Catalog Inventory > Retrieve stock data",
    "directory_country.list": "Directory > Country",
    "directory_region.list": "Directory > Region",
}

# For shops whose API cannot list its resources: calls that answer nothing or little. Arguments that name nothing lead
# to "not found", which only a user with the permission gets to see.
PROBES: dict[str, tuple[Any, ...]] = {
    "core_magento.info": (),
    "store.list": (),
    "sales_order.list": ({"order_id": "0"},),
    "sales_order.info": ("0",),
    "customer.list": ({"customer_id": "0"},),
    "customer.info": (0,),
    "customer_group.list": (),
    "customer_address.list": (0,),
    "catalog_category.tree": (1,),
    "catalog_category.level": (None, None, 1),
    "catalog_product.list": ({"product_id": "0"},),
    "catalog_product.info": ("0", None, ["sku"], "id"),
    "catalog_product_attribute_set.list": (),
    "catalog_product_attribute.options": ("0",),
    "cataloginventory_stock_item.list": (["0"],),
    "directory_country.list": (),
    "directory_region.list": ("AD",),
}


def role_resource(method: str) -> str:
    """The tick box that allows ``method``; for one we do not know, the resource's name."""
    return ROLE_RESOURCES.get(method) or f"the resource of {method}"


def allowed_methods(answer: Any) -> set[str]:
    """Every path and alias in an answer of ``resources(session)``, which lists what the user may call."""
    found: set[str] = set()
    for resource in _structs(answer):
        for method in _structs(resource.get("methods")):
            paths = [method.get("path"), *_items(method.get("aliases"))]
            found.update(path for path in paths if isinstance(path, str))
    return found


def as_permissions(allowed: Iterable[str]) -> list[Permission]:
    """One :class:`Permission` per method that the connector uses."""
    known = set(allowed)
    return [Permission(method, method in known, title) for method, title in ROLE_RESOURCES.items()]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _structs(value: Any) -> list[dict[str, Any]]:
    return [item for item in _items(value) if isinstance(item, dict)]
