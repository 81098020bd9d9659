"""Making invoices, shipments and credit memos, and what is added to them later."""

from __future__ import annotations

from decimal import Decimal

from .. import documents, lifecycle, recorded
from ..faults import Fault, fault
from ..shares import Quantities, counting, dec
from ..shop import Shop
from ..tables import Record
from ..values import Row, Value, as_int, as_rows
from .stored import stored
from .table import method

CARRIERS = {
    "custom": "Custom Value",
    "dhl": "DHL (Deprecated)",
    "fedex": "Federal Express",
    "ups": "United Parcel Service",
    "usps": "United States Postal Service",
    "dhlint": "DHL",
}
_CLOSED = ("canceled", "closed", "holded", "payment_review")
_DONE = {"invoice": "qty_invoiced", "shipment": "qty_shipped"}


def _quantities(given: Value) -> Quantities | None:
    """Quantities by item: a struct in v1, pairs in v2; none given are all that are open."""
    if isinstance(given, dict):
        return {as_int(number): dec(str(qty)) for number, qty in given.items()} or None
    pairs = [pair for pair in as_rows(given) if isinstance(pair, dict)]
    return {as_int(pair["order_item_id"]): dec(str(pair["qty"])) for pair in pairs} or None


def _open(order: Row, item: Row, done: str) -> Decimal:
    refunded = dec(item["qty_refunded"]) if done == "qty_shipped" else 0
    return dec(item["qty_ordered"]) - dec(item[done]) - dec(item["qty_canceled"]) - refunded


def _check(order: Row, kind: str, given: Quantities | None) -> None:
    """What Magento refuses: an order with nothing left to do, more than there is, nothing at all."""
    items = {item["item_id"]: item for item in order["items"]}
    tops = counting(order, kind)
    if kind == "shipment":
        tops = [item for item in tops if not item["is_virtual"]]
    if order["state"] in _CLOSED or all(_open(order, item, _DONE[kind]) <= 0 for item in tops):
        raise fault("data_invalid", f"sales_order_{kind}", f"Cannot do {kind} for order.")
    known = {number: qty for number, qty in (given or {}).items() if number in items and qty > 0}
    for number, qty in known.items():
        if qty > _open(order, items[number], _DONE[kind]):
            raise Fault(1, f'Invalid qty to {kind[:4] if kind == "shipment" else kind} item "{items[number]["name"]}"')
    if given is not None and not known:
        raise fault("data_invalid", f"sales_order_{kind}", f"Cannot create an empty {kind}.")


def _create(kind: str, shop: Shop, order: Value, items: Value, comment: Value, email: Value) -> str:
    record = shop.order(order, f"sales_order_{kind}", "order_not_exists")
    given = _quantities(items)
    _check(record.full(), kind, given)
    document = documents.make(shop, record.edit(), kind, given)
    if email not in (None, False, 0, "0", ""):
        document["email_sent"] = 1
    if comment:
        _comment(shop, document, comment, email)
    return str(document["increment_id"])


def _comment(shop: Shop, document: Row, comment: Value, notify: Value) -> None:
    rows = document["comments"]
    row: Row = {
        "parent_id": next(document[key] for key in ("invoice_id", "shipment_id", "creditmemo_id") if key in document),
        "is_customer_notified": int(notify not in (None, False, 0, "0", "")),
        "is_visible_on_front": 0,
        "comment": stored(comment),
        "created_at": shop.now(),
        "comment_id": len(rows) + 1,
    }
    rows.append({key: row[key] for key in recorded.keys("document_comment")})
    document["updated_at"] = shop.now()


def _document(shop: Shop, kind: str, increment_id: Value) -> Record:
    record = documents.table(shop, kind).by_natural(increment_id)
    if record is None:
        raise fault("not_exists", f"sales_order_{kind}")
    return record


def invoice_create(
    shop: Shop, order: Value, items: Value = None, comment: Value = None, email: Value = None, include: Value = None
) -> str:
    """sales_order_invoice.create: paid at once."""
    return _create("invoice", shop, order, items, comment, email)


def invoice_comment(
    shop: Shop, number: Value, comment: Value = None, email: Value = None, include: Value = None
) -> bool:
    """sales_order_invoice.addComment"""
    _comment(shop, _document(shop, "invoice", number).edit(), comment, email)
    return True


def invoice_capture(shop: Shop, number: Value) -> bool:
    """sales_order_invoice.capture: an invoice of an offline method is paid from the start."""
    record = _document(shop, "invoice", number)
    if record.get("state") != 1:
        raise fault("status_not_changed", "sales_order_invoice", "Invoice cannot be captured.")
    order = shop.orders.by_id(record.get("order_id"))
    if order is not None:
        lifecycle.capture(order.edit(), record.edit(), shop.now())
    return True


def shipment_create(
    shop: Shop, order: Value, items: Value = None, comment: Value = None, email: Value = None, include: Value = None
) -> str:
    """sales_order_shipment.create"""
    return _create("shipment", shop, order, items, comment, email)


def shipment_comment(
    shop: Shop, number: Value, comment: Value = None, email: Value = None, include: Value = None
) -> bool:
    """sales_order_shipment.addComment"""
    _comment(shop, _document(shop, "shipment", number).edit(), comment, email)
    return True


def carriers(shop: Shop, order: Value) -> Row:
    """sales_order_shipment.getCarriers"""
    shop.order(order, "sales_order_shipment", "order_not_exists")
    return dict(CARRIERS)


def carriers_v2(shop: Shop, order: Value) -> list[Row]:
    """salesOrderShipmentGetCarriers"""
    return [{"key": code, "value": title} for code, title in carriers(shop, order).items()]


def add_track(
    shop: Shop, number: Value, carrier: Value, title: Value, track_number: Value, weight: Value = None
) -> str:
    """sales_order_shipment.addTrack: the order does not count as updated."""
    shipment = _document(shop, "shipment", number)
    if carrier not in CARRIERS:
        raise fault("data_invalid", "sales_order_shipment", "Invalid carrier specified.")
    row = shipment.edit()
    shop.last_track += 1
    values: Row = dict.fromkeys(recorded.keys("track")) | {
        "parent_id": row["shipment_id"],
        "order_id": row["order_id"],
        "track_number": stored(track_number),
        "number": stored(track_number),
        "title": stored(title),
        "carrier_code": carrier,
        "created_at": shop.now(),
        "updated_at": shop.now(),
        "track_id": shop.last_track,
    }
    row["tracks"].append(values)
    row["updated_at"] = shop.now()
    return str(shop.last_track)


def remove_track(shop: Shop, number: Value, track: Value) -> bool:
    """sales_order_shipment.removeTrack"""
    row = _document(shop, "shipment", number).edit()
    kept = [one for one in row["tracks"] if one["track_id"] != as_int(track)]
    if len(kept) == len(row["tracks"]):
        raise fault("track_not_exists", "sales_order_shipment")
    row["tracks"] = kept
    return True


def send_info(shop: Shop, number: Value, comment: Value = None) -> bool:
    """sales_order_shipment.sendInfo: a mail to the customer."""
    _document(shop, "shipment", number).edit()["email_sent"] = 1
    return True


def _check_refund(order: Row, given: Quantities | None) -> None:
    """What Magento refuses: an order that nothing was paid of, more than was invoiced."""
    left = dec(order["base_total_paid"]) - dec(order["base_total_refunded"])
    if left <= 0 or order["state"] in _CLOSED:
        raise fault("cannot_create_creditmemo", "sales_order_creditmemo")
    items = {item["item_id"]: item for item in order["items"]}
    for number, qty in (given or {}).items():
        if number in items and qty > dec(items[number]["qty_invoiced"]) - dec(items[number]["qty_refunded"]):
            raise Fault(1, f'Invalid qty to refund item "{items[number]["name"]}"')


def credit_memo_create(
    shop: Shop,
    order: Value,
    data: Value = None,
    comment: Value = None,
    notify: Value = None,
    include: Value = None,
    store_credit: Value = None,
) -> str:
    """sales_order_creditmemo.create: offline; the stock does not come back."""
    record = shop.order(order, "sales_order_creditmemo", "order_not_exists")
    given: Row = data if isinstance(data, dict) else {}
    row = record.full()
    _check_refund(row, _quantities(given.get("qtys")))
    amounts = {key: dec(str(given.get(key) or 0)) for key in ("adjustment_positive", "adjustment_negative")}
    shipping = given.get("shipping_amount")
    if shipping is None:
        shipping = dec(row["base_shipping_amount"]) - dec(row["base_shipping_refunded"])
    document = documents.make(
        shop,
        record.edit(),
        "creditmemo",
        _quantities(given.get("qtys")),
        shipping=dec(str(shipping)),
        positive=amounts["adjustment_positive"],
        negative=amounts["adjustment_negative"],
    )
    if comment:
        _comment(shop, document, comment, notify)
    return str(document["increment_id"])


def credit_memo_comment(
    shop: Shop, number: Value, comment: Value = None, notify: Value = None, include: Value = None
) -> bool:
    """sales_order_creditmemo.addComment"""
    _comment(shop, _document(shop, "creditmemo", number).edit(), comment, notify)
    return True


_ITEMS = "itemsQty:orderItemIdQtyArray"
_INVOICE, _SHIPMENT, _MEMO = "sales_order_invoice", "sales_order_shipment", "sales_order_creditmemo"
METHODS = [
    method(
        f"{_INVOICE}.create",
        invoice_create,
        "salesOrderInvoiceCreate",
        *("invoiceIncrementId!", f"{_ITEMS}!", "comment", "email", "includeComment"),
        required=1,
        result="result:string",
    ),
    method(
        f"{_INVOICE}.addComment",
        invoice_comment,
        "salesOrderInvoiceAddComment",
        *("invoiceIncrementId!", "comment", "email", "includeComment"),
        required=1,
    ),
    method(f"{_INVOICE}.capture", invoice_capture, "salesOrderInvoiceCapture", "invoiceIncrementId!", required=1),
    method(
        f"{_SHIPMENT}.create",
        shipment_create,
        "salesOrderShipmentCreate",
        *("orderIncrementId!", f"{_ITEMS}!", "comment", "email:int", "includeComment:int"),
        required=1,
        result="shipmentIncrementId:string",
    ),
    method(
        f"{_SHIPMENT}.addComment",
        shipment_comment,
        "salesOrderShipmentAddComment",
        *("shipmentIncrementId!", "comment", "email", "includeInEmail"),
        required=1,
        result="shipmentIncrementId:boolean",
        wsi_int=True,
    ),
    method(
        f"{_SHIPMENT}.getCarriers",
        carriers,
        "salesOrderShipmentGetCarriers",
        "orderIncrementId!",
        required=1,
        result="result:associativeArray",
        v2=carriers_v2,
    ),
    method(
        f"{_SHIPMENT}.addTrack",
        add_track,
        "salesOrderShipmentAddTrack",
        *("shipmentIncrementId!", "carrier!", "title!", "trackNumber!", "weight:double"),
        required=4,
        result="result:int",
    ),
    method(
        f"{_SHIPMENT}.removeTrack",
        remove_track,
        "salesOrderShipmentRemoveTrack",
        *("shipmentIncrementId!", "trackId!"),
        required=2,
        wsi_int=True,
    ),
    method(
        f"{_SHIPMENT}.sendInfo",
        send_info,
        "salesOrderShipmentSendInfo",
        *("shipmentIncrementId!", "comment"),
        required=1,
        wsi_int=True,
    ),
    method(
        f"{_MEMO}.create",
        credit_memo_create,
        "salesOrderCreditmemoCreate",
        *("orderIncrementId!", "creditmemoData:salesOrderCreditmemoData", "comment"),
        *("notifyCustomer:int", "includeComment:int", "refundToStoreCreditAmount"),
        required=1,
        result="result:string",
    ),
    method(
        f"{_MEMO}.addComment",
        credit_memo_comment,
        "salesOrderCreditmemoAddComment",
        *("creditmemoIncrementId!", "comment", "notifyCustomer:int", "includeComment:int"),
        required=1,
        wsi_int=True,
    ),
]
