"""The methods of Magento's API as operations of SOAP v2, with the names of their parts in both dialects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and its parts after ``sessionId``, in the order of XML-RPC's arguments; ``wsi`` where WS-I names
    them otherwise. ``always`` are parts that are sent even when they are empty.
    """

    name: str
    parts: tuple[str, ...] = ()
    wsi: tuple[str, ...] | None = None
    always: tuple[str, ...] = ()

    def parts_in(self, wsi: bool) -> tuple[str, ...]:
        """The names of the parts in a dialect."""
        return self.wsi if wsi and self.wsi is not None else self.parts


def _of(name: str, parts: str = "", wsi: str | None = None, always: str = "") -> Operation:
    return Operation(
        name, tuple(parts.split()), None if wsi is None else tuple(wsi.split()), always=tuple(always.split())
    )


def _of_product(name: str, parts: str) -> Operation:
    """An operation whose ``product`` and ``storeView`` are ``productId`` and ``store`` in WS-I."""
    return _of(name, parts, parts.replace("product ", "productId ").replace("storeView", "store"))


_CREATE = "itemsQty comment email includeComment"
OPERATIONS: dict[str, Operation] = {
    "core_magento.info": _of("magentoInfo"),
    "store.list": _of("storeList"),
    "sales_order.list": _of("salesOrderList", "filters"),
    "sales_order.info": _of("salesOrderInfo", "orderIncrementId"),
    "sales_order.addComment": _of("salesOrderAddComment", "orderIncrementId status comment notify"),
    "sales_order.hold": _of("salesOrderHold", "orderIncrementId"),
    "sales_order.unhold": _of("salesOrderUnhold", "orderIncrementId"),
    "sales_order.cancel": _of("salesOrderCancel", "orderIncrementId"),
    "sales_order_invoice.list": _of("salesOrderInvoiceList", "filters"),
    "sales_order_invoice.info": _of("salesOrderInvoiceInfo", "invoiceIncrementId"),
    "sales_order_invoice.create": _of("salesOrderInvoiceCreate", f"invoiceIncrementId {_CREATE}", always="itemsQty"),
    "sales_order_invoice.addComment": _of(
        "salesOrderInvoiceAddComment", "invoiceIncrementId comment email includeComment"
    ),
    "sales_order_invoice.capture": _of("salesOrderInvoiceCapture", "invoiceIncrementId"),
    "sales_order_shipment.list": _of("salesOrderShipmentList", "filters"),
    "sales_order_shipment.info": _of("salesOrderShipmentInfo", "shipmentIncrementId"),
    "sales_order_shipment.create": _of("salesOrderShipmentCreate", f"orderIncrementId {_CREATE}", always=_CREATE),
    "sales_order_shipment.addComment": _of(
        "salesOrderShipmentAddComment", "shipmentIncrementId comment email includeInEmail"
    ),
    "sales_order_shipment.addTrack": _of(
        "salesOrderShipmentAddTrack", "shipmentIncrementId carrier title trackNumber weight"
    ),
    "sales_order_shipment.removeTrack": _of("salesOrderShipmentRemoveTrack", "shipmentIncrementId trackId"),
    "sales_order_shipment.getCarriers": _of("salesOrderShipmentGetCarriers", "orderIncrementId"),
    "sales_order_creditmemo.list": _of("salesOrderCreditmemoList", "filters"),
    "sales_order_creditmemo.info": _of("salesOrderCreditmemoInfo", "creditmemoIncrementId"),
    "sales_order_creditmemo.create": _of(
        "salesOrderCreditmemoCreate",
        "orderIncrementId creditmemoData comment notifyCustomer includeComment refundToStoreCreditAmount",
    ),
    "customer.list": _of("customerCustomerList", "filters"),
    "customer.info": _of("customerCustomerInfo", "customerId attributes"),
    "customer_group.list": _of("customerGroupList"),
    "customer.create": _of("customerCustomerCreate", "customerData"),
    "customer.update": _of("customerCustomerUpdate", "customerId customerData"),
    "customer.delete": _of("customerCustomerDelete", "customerId"),
    "customer_address.list": _of("customerAddressList", "customerId"),
    "customer_address.create": _of("customerAddressCreate", "customerId addressData"),
    "customer_address.update": _of("customerAddressUpdate", "addressId addressData"),
    "customer_address.delete": _of("customerAddressDelete", "addressId"),
    "catalog_category.tree": _of("catalogCategoryTree", "parentId storeView", "parentId store"),
    "catalog_category.level": _of(
        "catalogCategoryLevel", "website storeView parentCategory", "website store categoryId"
    ),
    "catalog_category.info": _of(
        "catalogCategoryInfo", "categoryId storeView attributes", "categoryId store attributes"
    ),
    "catalog_category.create": _of(
        "catalogCategoryCreate", "parentId categoryData storeView", "parentId categoryData store"
    ),
    "catalog_category.update": _of(
        "catalogCategoryUpdate", "categoryId categoryData storeView", "categoryId categoryData store"
    ),
    "catalog_category.move": _of("catalogCategoryMove", "categoryId parentId afterId"),
    "catalog_category.delete": _of("catalogCategoryDelete", "categoryId"),
    "catalog_category.assignedProducts": _of("catalogCategoryAssignedProducts", "categoryId"),
    "catalog_product.list": _of("catalogProductList", "filters storeView", "filters store"),
    "catalog_product.info": _of(
        "catalogProductInfo",
        "productId storeView attributes identifierType",
        "productId store attributes identifierType",
    ),
    "catalog_product.create": _of(
        "catalogProductCreate", "type set sku productData storeView", "type set sku productData store"
    ),
    "catalog_product.update": _of_product("catalogProductUpdate", "product productData storeView identifierType"),
    "catalog_product.multiUpdate": _of("catalogProductMultiUpdate", "productIds productData store identifierType"),
    "catalog_product.delete": _of_product("catalogProductDelete", "product identifierType"),
    "catalog_product_type.list": _of("catalogProductTypeList"),
    "catalog_product_attribute_media.list": _of_product(
        "catalogProductAttributeMediaList", "product storeView identifierType"
    ),
    "catalog_product_attribute_media.create": _of_product(
        "catalogProductAttributeMediaCreate", "product data storeView identifierType"
    ),
    "catalog_product_attribute_media.update": _of_product(
        "catalogProductAttributeMediaUpdate", "product file data storeView identifierType"
    ),
    "catalog_product_attribute_media.remove": _of_product(
        "catalogProductAttributeMediaRemove", "product file identifierType"
    ),
    "catalog_product_attribute_set.list": _of("catalogProductAttributeSetList"),
    "catalog_product_attribute.list": _of("catalogProductAttributeList", "setId"),
    "catalog_product_attribute.options": _of(
        "catalogProductAttributeOptions", "attributeId storeView", "attributeId store"
    ),
    "cataloginventory_stock_item.list": _of("catalogInventoryStockItemList", "products", "productIds"),
    "cataloginventory_stock_item.update": _of_product("catalogInventoryStockItemUpdate", "product data"),
    "cataloginventory_stock_item.multiUpdate": _of("catalogInventoryStockItemMultiUpdate", "productIds productData"),
    "directory_country.list": _of("directoryCountryList"),
    "directory_region.list": _of("directoryRegionList", "country"),
}
BY_NAME = {operation.name: operation for operation in OPERATIONS.values()}
