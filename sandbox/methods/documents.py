"""Invoices, shipments and credit memos: lists and single ones."""

from __future__ import annotations

from .. import recorded
from ..documents import table
from ..faults import fault
from ..shop import Shop
from ..values import Row, Value
from .orders import mapped
from .table import method

LISTED: dict[str, list[str]] = {
    "invoice": [
        *("order_id", "increment_id", "created_at", "state", "grand_total", "order_currency_code", "invoice_id"),
    ],
    "shipment": ["increment_id", "created_at", "total_qty", "shipment_id"],
    "creditmemo": recorded.keys("creditmemo"),
}


def _list(kind: str, shop: Shop, filters: Value = None) -> list[Row]:
    known = {*recorded.keys(kind), "order_id", "updated_at"} - {"items", "comments", "tracks", "order_increment_id"}
    query = f"`main_table`.`entity_id` FROM `sales_flat_{kind}` AS `main_table`"
    rows = table(shop, kind).select(mapped(filters, {"entity_id": f"{kind}_id"}, known, query))
    found = [{key: record.get(key) for key in LISTED[kind]} for record in rows]
    if kind == "shipment":
        return [row | {"shipment_id": None} for row in found]
    return found


def _info(kind: str, shop: Shop, increment_id: Value) -> Row:
    record = table(shop, kind).by_natural(increment_id)
    if record is None:
        raise fault("not_exists", f"sales_order_{kind}")
    return record.full()


def invoice_list(shop: Shop, filters: Value = None) -> list[Row]:
    """sales_order_invoice.list"""
    return _list("invoice", shop, filters)


def invoice_info(shop: Shop, increment_id: Value) -> Row:
    """sales_order_invoice.info"""
    return _info("invoice", shop, increment_id)


def shipment_list(shop: Shop, filters: Value = None) -> list[Row]:
    """sales_order_shipment.list: with neither the order nor the shipment's own id."""
    return _list("shipment", shop, filters)


def shipment_info(shop: Shop, increment_id: Value) -> Row:
    """sales_order_shipment.info"""
    return _info("shipment", shop, increment_id)


def creditmemo_list(shop: Shop, filters: Value = None) -> list[Row]:
    """sales_order_creditmemo.list"""
    return _list("creditmemo", shop, filters)


def creditmemo_info(shop: Shop, increment_id: Value) -> Row:
    """sales_order_creditmemo.info"""
    return _info("creditmemo", shop, increment_id)


METHODS = [
    method(
        "sales_order_invoice.list",
        invoice_list,
        "salesOrderInvoiceList",
        "filters:filters!",
        result="result:salesOrderInvoiceEntityArray",
    ),
    method(
        "sales_order_invoice.info",
        invoice_info,
        "salesOrderInvoiceInfo",
        "invoiceIncrementId!",
        required=1,
        result="result:salesOrderInvoiceEntity",
    ),
    method(
        "sales_order_shipment.list",
        shipment_list,
        "salesOrderShipmentList",
        "filters:filters!",
        result="result:salesOrderShipmentEntityArray",
    ),
    method(
        "sales_order_shipment.info",
        shipment_info,
        "salesOrderShipmentInfo",
        "shipmentIncrementId!",
        required=1,
        result="result:salesOrderShipmentEntity",
    ),
    method(
        "sales_order_creditmemo.list",
        creditmemo_list,
        "salesOrderCreditmemoList",
        "filters:filters!",
        result="result:salesOrderCreditmemoEntityArray",
    ),
    method(
        "sales_order_creditmemo.info",
        creditmemo_info,
        "salesOrderCreditmemoInfo",
        "creditmemoIncrementId!",
        required=1,
        result="result:salesOrderCreditmemoEntity",
    ),
]
