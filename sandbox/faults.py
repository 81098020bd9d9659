"""Faults, and the other ways in which a request ends badly.

A fault's number means something only together with its resource: the table is Magento's own vocabulary.
"""

from __future__ import annotations

GLOBAL: dict[str, tuple[int, str]] = {
    "unknown": (0, "Unknown Error"),
    "internal": (1, "Internal Error. Please see log for details."),
    "access_denied": (2, "Access denied."),
    "resource_path_invalid": (3, "Invalid api path."),
    "resource_path_not_callable": (4, "Resource path is not callable."),
    "session_expired": (5, "Session expired. Try to relogin."),
    "invalid_request_param": (6, 'Required parameter is missing, for more details see "exception.log".'),
}

RESOURCES: dict[str, dict[str, tuple[int, str]]] = {
    "core_store": {"store_not_exists": (100, "Requested store view not found.")},
    "core_magento": {},
    "customer_group": {},
    "directory_country": {},
    "directory_region": {"country_not_exists": (101, "Country not exists.")},
    "catalog_category": {
        "store_not_exists": (100, "Requested store view not found."),
        "website_not_exists": (101, "Requested website not found."),
        "not_exists": (102, "Category not exists."),
        "data_invalid": (103, "Invalid data given. Details in error message."),
        "not_moved": (104, "Category not moved. Details in error message."),
        "not_deleted": (105, "Category not deleted. Details in error message."),
        "product_not_assigned": (106, "Requested product is not assigned to category."),
    },
    "catalog_product": {
        "store_not_exists": (100, "Requested store view not found."),
        "product_not_exists": (101, "Product not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "not_deleted": (103, "Product not deleted. Details in error message."),
        "product_type_not_exists": (104, "Product type is not in allowed types."),
        "product_attribute_set_not_exists": (105, "Product attribute set is not existed"),
        "product_attribute_set_not_valid": (106, "Product attribute set is not belong catalog product entity type"),
        "multi_update_not_match": (
            107,
            "Quantity of product IDs and product data should match. No changes made.",
        ),
        "partially_updated": (
            108,
            "There was an error during one or more products update. See error log for details.",
        ),
    },
    "catalog_product_attribute": {
        "store_not_exists": (100, "Requested store view not found."),
        "not_exists": (101, "Requested attribute not found."),
        "invalid_parameters": (102, "Invalid request parameters."),
    },
    "catalog_product_type": {},
    "catalog_product_attribute_media": {
        "store_not_exists": (100, "Requested store view not found."),
        "product_not_exists": (101, "Product not exists."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "not_exists": (103, "Requested image not exists in product images' gallery."),
        "not_created": (104, "Image creation failed. Details in error message."),
        "not_updated": (105, "Image not updated. Details in error message."),
        "not_removed": (106, "Image not removed. Details in error message."),
        "not_media": (107, "Requested product doesn't support images"),
    },
    "catalog_product_attribute_set": {
        "invalid_skeleton_set_id": (100, "Attribute set with requested id does not exist."),
        "invalid_data": (101, "Invalid data given."),
    },
    "cataloginventory_stock_item": {
        "not_exists": (101, "Product not exists."),
        "not_updated": (102, "Product inventory not updated. Details in error message."),
        "multi_update_not_match": (
            103,
            "Quantity of product IDs and product data should match. Inventory was not updated.",
        ),
    },
    "customer": {
        "data_invalid": (100, "Invalid customer data. Details in error message."),
        "filters_invalid": (101, "Invalid filters specified. Details in error message."),
        "not_exists": (102, "Customer not exists."),
        "not_deleted": (103, "Customer not deleted. Details in error message."),
    },
    "customer_address": {
        "data_invalid": (100, "Invalid address data. Details in error message."),
        "customer_not_exists": (101, "Customer not exists."),
        "not_exists": (102, "Address not exists."),
        "not_deleted": (103, "Address not deleted. Details in error message."),
    },
    "sales_order": {
        "not_exists": (100, "Requested order not exists."),
        "filters_invalid": (101, "Invalid filters given. Details in error message."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "status_not_changed": (103, "Order status not changed. Details in error message."),
    },
    "sales_order_invoice": {
        "not_exists": (100, "Requested invoice does not exist."),
        "filters_invalid": (101, "Invalid filter given. Details in error message."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "order_not_exists": (103, "Requested order not exists."),
        "status_not_changed": (104, "Invoice status not changed"),
    },
    "sales_order_shipment": {
        "not_exists": (100, "Requested shipment not exists."),
        "filters_invalid": (101, "Invalid filters given. Details in error message."),
        "data_invalid": (102, "Invalid data given. Details in error message."),
        "order_not_exists": (103, "Requested order not exists."),
        "track_not_exists": (104, "Requested tracking not exists."),
        "track_not_deleted": (105, "Tracking not deleted. Details in error message."),
    },
    "sales_order_creditmemo": {
        "not_exists": (100, "Requested credit memo does not exist"),
        "invalid_filter": (101, "Invalid filter given. Details in error message"),
        "data_invalid": (102, "Invalid data given. Details in error message"),
        "order_not_exists": (103, "Requested order does not exist"),
        "status_not_changed": (104, "Credit memo status not changed"),
        "cannot_refund_to_storecredit": (
            105,
            "Money can not be refunded to the store credit account as order was created by guest",
        ),
        "cannot_create_creditmemo": (106, "Credit memo for requested order can not be created."),
    },
}


class Fault(Exception):
    """What Magento answers as a fault, with HTTP 200."""

    def __init__(self, code: int | str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class TooFewArguments(Exception):
    """A PHP ArgumentCountError: no adapter catches it well."""

    def __init__(self, path: str, given: int, required: int) -> None:
        super().__init__(path, given, required)
        self.path = path
        self.text = f"Too few arguments to function {path}(), {given} passed and exactly {required} expected"


class Broken(Exception):
    """An answer that is no answer of the API at all: a dead PHP, an error page."""

    def __init__(self, status: int, body: str = "", content_type: str = "text/html; charset=UTF-8") -> None:
        super().__init__(status, body[:80])
        self.status = status
        self.body = body
        self.content_type = content_type


def fault(name: str, resource: str = "", message: str | None = None) -> Fault:
    """The fault of that name: the resource's own, else the general one; with another text if one is given."""
    code, text = RESOURCES.get(resource, {}).get(name) or GLOBAL[name]
    return Fault(code, text if message is None else message)


def listing(resource: str | None = None) -> list[dict[str, str]]:
    """What globalFaults and resourceFaults answer."""
    table = GLOBAL if resource is None else RESOURCES.get(resource, {})
    return [{"code": str(code), "message": text} for code, text in table.values()]
