"""The methods of Magento's API that the connector uses, and the tick box of the API role that allows each.

The titles are those of Magento's admin (System > Web Services > SOAP/XML-RPC - Roles > Role Resources), from ``acl``
of the modules' ``etc/api.xml``. Where a method has no tick box of its own, that of its resource stands.
"""

from __future__ import annotations

from typing import Any

ROLE_RESOURCES: dict[str, str] = {
    "core_magento.info": "Core > Magento info > Retrieve info about current Magento installation",
    "store.list": "Core > Store > List of stores",
    "sales_order.list": "Sales > Order > Retrieve orders info",
    "sales_order.info": "Sales > Order > Retrieve orders info",
    "customer.list": "Customers > Retrieve customer info",
    "customer.info": "Customers > Retrieve customer info",
    "customer_group.list": "Customers",
    "customer_address.list": "Customers > Addresses > Retrieve address info",
    "customer.create": "Customers > Create",
    "customer.update": "Customers > Update",
    "customer.delete": "Customers > Delete",
    "customer_address.create": "Customers > Addresses > Create",
    "customer_address.update": "Customers > Addresses > Update",
    "customer_address.delete": "Customers > Addresses > Delete",
    "catalog_category.tree": "Catalog > Category > Retrieve categories tree",
    "catalog_category.level": "Catalog > Category",
    "catalog_product.list": "Catalog > Product > Retrieve products data",
    "catalog_product.info": "Catalog > Product > Retrieve products data",
    "catalog_product_attribute_set.list": "Catalog > Product > Product Attributes > Attribute Sets > List",
    "catalog_product_attribute.options": "Catalog > Product > Product Attributes > Retrieve attribute data",
    "cataloginventory_stock_item.list": "Catalog Inventory > Retrieve stock data",
    "directory_country.list": "Directory > Country",
    "directory_region.list": "Directory > Region",
    "catalog_category.info": "Catalog > Category > Retrieve category data",
    "catalog_category.assignedProducts": "Catalog > Category > Assigned Products",
    "catalog_category.create": "Catalog > Category > Create",
    "catalog_category.update": "Catalog > Category > Update",
    "catalog_category.move": "Catalog > Category > Move",
    "catalog_category.delete": "Catalog > Category > Delete",
    "catalog_product.create": "Catalog > Product > Create",
    "catalog_product.update": "Catalog > Product > Update",
    "catalog_product.multiUpdate": "Catalog > Product > Update",
    "catalog_product.delete": "Catalog > Product > Delete",
    "catalog_product_type.list": "Catalog > Product",
    "catalog_product_attribute.list": "Catalog > Product > Product Attributes > Retrieve attribute data",
    "catalog_product_attribute_media.list": "Catalog > Product > Product Images",
    "catalog_product_attribute_media.create": "Catalog > Product > Product Images > Create (Upload)",
    "catalog_product_attribute_media.update": "Catalog > Product > Product Images > Update",
    "catalog_product_attribute_media.remove": "Catalog > Product > Product Images > Remove",
    "cataloginventory_stock_item.update": "Catalog Inventory > Update",
    "cataloginventory_stock_item.multiUpdate": "Catalog Inventory > Update",
    "sales_order.addComment": "Sales > Order > Change status, add comments",
    "sales_order.hold": "Sales > Order > Change status, add comments",
    "sales_order.unhold": "Sales > Order > Change status, add comments",
    "sales_order.cancel": "Sales > Order > Change status, add comments",
    "sales_order_invoice.list": "Sales > Order > Order invoice > Retrieve invoice info",
    "sales_order_invoice.info": "Sales > Order > Order invoice > Retrieve invoice info",
    "sales_order_invoice.create": "Sales > Order > Order invoice > Create",
    "sales_order_invoice.capture": "Sales > Order > Order invoice > Capture",
    "sales_order_shipment.list": "Sales > Order > Order shipments > Retrieve shipment info",
    "sales_order_shipment.info": "Sales > Order > Order shipments > Retrieve shipment info",
    "sales_order_shipment.create": "Sales > Order > Order shipments > Create",
    "sales_order_shipment.addTrack": "Sales > Order > Order shipments > Tracking",
    "sales_order_shipment.removeTrack": "Sales > Order > Order shipments > Tracking",
    "sales_order_shipment.getCarriers": "Sales > Order > Order shipments",
    "sales_order_creditmemo.list": "Sales > Order > Order credit memo > Retrieve credit memo list",
    "sales_order_creditmemo.info": "Sales > Order > Order credit memo > Retrieve credit memo info",
    "sales_order_creditmemo.create": "Sales > Order > Order credit memo > Create",
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
# The same for what changes something, and for its documents: the id 0 names nothing; a product without type and a
# customer without e-mail address are refused.
WRITES: dict[str, tuple[Any, ...]] = {
    "catalog_category.create": (0, {}),
    "catalog_category.update": (0, {}),
    "catalog_category.move": (0, 0),
    "catalog_product.create": ("", "", "", {}),
    "catalog_product.update": ("0", {}, None, "id"),
    "catalog_product_attribute_media.create": ("0", {}, None, "id"),
    "cataloginventory_stock_item.update": ("0", {}),
    "customer.create": ({},),
    "customer.update": (0, {}),
    "customer_address.create": (0, {}),
    "customer_address.update": (0, {}),
    "sales_order.addComment": ("0", "", ""),
    "sales_order_invoice.info": ("0",),
    "sales_order_invoice.create": ("0",),
    "sales_order_shipment.info": ("0",),
    "sales_order_shipment.create": ("0",),
    "sales_order_shipment.addTrack": ("0", "custom", "-", "-"),
    "sales_order_creditmemo.info": ("0",),
    "sales_order_creditmemo.create": ("0",),
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


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _structs(value: Any) -> list[dict[str, Any]]:
    return [item for item in _items(value) if isinstance(item, dict)]
