"""Invoices, shipments and credit memos as records."""

from __future__ import annotations

from typing import Any

from .read import Fields, lenient
from .records import (
    CreditMemo,
    CreditMemoSummary,
    DocumentComment,
    DocumentItem,
    Invoice,
    InvoiceSummary,
    Shipment,
    ShipmentItem,
    ShipmentSummary,
    Track,
)


def invoice_summary(row: Fields) -> InvoiceSummary:
    """A row of ``sales_order_invoice.list``. Its numbers, state and total must make sense."""
    return InvoiceSummary(
        invoice_id=row.required_id("invoice_id"),
        increment_id=row.required_text("increment_id"),
        order_id=row.required_id("order_id"),
        state=row.integer("state"),
        created_at=lenient(row.moment, "created_at"),
        grand_total=row.number("grand_total"),
        order_currency_code=lenient(row.text, "order_currency_code") or "",
    )


def credit_memo_summary(row: Fields) -> CreditMemoSummary:
    """A row of ``sales_order_creditmemo.list``. Its numbers, state and total must make sense."""
    return CreditMemoSummary(
        creditmemo_id=row.required_id("creditmemo_id"),
        increment_id=row.required_text("increment_id"),
        order_id=row.required_id("order_id"),
        state=row.integer("state"),
        created_at=lenient(row.moment, "created_at"),
        updated_at=lenient(row.moment, "updated_at"),
        grand_total=row.number("grand_total"),
        order_currency_code=lenient(row.text, "order_currency_code") or "",
    )


def shipment_summary(row: Fields) -> ShipmentSummary:
    """A row of ``sales_order_shipment.list``."""
    return ShipmentSummary(
        increment_id=row.required_text("increment_id"),
        created_at=lenient(row.moment, "created_at"),
        total_qty=lenient(row.amount, "total_qty"),
    )


def invoice(answer: Any, number: str) -> Invoice:
    """``sales_order_invoice.info``."""
    row = Fields(answer, f"invoice {number}: ")
    return Invoice(invoice_id=row.required_id("invoice_id"), **_head(row), **_amounts(row))


def credit_memo(answer: Any, number: str) -> CreditMemo:
    """``sales_order_creditmemo.info``."""
    row = Fields(answer, f"credit memo {number}: ")
    return CreditMemo(
        creditmemo_id=row.required_id("creditmemo_id"),
        adjustment_positive=row.number("adjustment_positive"),
        adjustment_negative=row.number("adjustment_negative"),
        **_head(row),
        **_amounts(row),
    )


def shipment(answer: Any, number: str) -> Shipment:
    """``sales_order_shipment.info``."""
    row = Fields(answer, f"shipment {number}: ")
    return Shipment(
        shipment_id=row.required_id("shipment_id"),
        increment_id=row.required_text("increment_id"),
        order_id=row.required_id("order_id"),
        store_id=row.integer("store_id"),
        created_at=row.moment("created_at"),
        updated_at=row.moment("updated_at"),
        total_qty=row.number("total_qty"),
        items=tuple(_shipment_item(Fields(one, f"{row.where}item: ")) for one in row.structs("items")),
        tracks=tuple(_track(Fields(one, f"{row.where}track: ")) for one in row.structs("tracks")),
        comments=_comments(row),
    )


def _head(row: Fields) -> dict[str, Any]:
    return {
        "increment_id": row.required_text("increment_id"),
        "order_id": row.required_id("order_id"),
        "order_increment_id": row.text("order_increment_id"),
        "store_id": row.integer("store_id"),
        "state": row.integer("state"),
        "created_at": row.moment("created_at"),
        "updated_at": row.moment("updated_at"),
        "order_currency_code": row.text("order_currency_code") or "",
        "items": tuple(_item(Fields(one, f"{row.where}item: ")) for one in row.structs("items")),
        "comments": _comments(row),
    }


def _amounts(row: Fields) -> dict[str, Any]:
    sure = ("subtotal", "discount_amount", "shipping_amount", "tax_amount", "grand_total", "base_grand_total")
    perhaps = ("shipping_tax_amount", "hidden_tax_amount", "shipping_hidden_tax_amount")
    return {key: row.number(key) for key in sure} | {key: row.amount(key) for key in perhaps}


def _item(row: Fields) -> DocumentItem:
    return DocumentItem(
        item_id=row.id("item_id"),
        order_item_id=row.id("order_item_id"),
        product_id=row.id("product_id"),
        sku=row.text("sku") or "",
        name=row.text("name") or "",
        qty=row.number("qty"),
        price=row.number("price"),
        row_total=row.number("row_total"),
        row_total_incl_tax=row.amount("row_total_incl_tax"),
        tax_amount=row.number("tax_amount"),
        hidden_tax_amount=row.amount("hidden_tax_amount"),
        discount_amount=row.amount("discount_amount"),
    )


def _shipment_item(row: Fields) -> ShipmentItem:
    return ShipmentItem(
        item_id=row.id("item_id"),
        order_item_id=row.id("order_item_id"),
        product_id=row.id("product_id"),
        sku=row.text("sku") or "",
        name=row.text("name") or "",
        qty=row.number("qty"),
    )


def _track(row: Fields) -> Track:
    number = row.text("track_number") or row.text("number") or ""
    return Track(row.required_id("track_id"), row.text("carrier_code") or "", row.text("title") or "", number)


def _comments(row: Fields) -> tuple[DocumentComment, ...]:
    found = [Fields(one, f"{row.where}comment: ") for one in row.structs("comments")]
    return tuple(
        DocumentComment(one.moment("created_at"), one.text("comment") or "", one.flag("is_customer_notified"))
        for one in found
    )
