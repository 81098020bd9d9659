"""Invoices, shipments, credit memos and changes of orders against the sandbox store, over each protocol."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from magento_api import Client, MagentoError, NotFound, Refused, Unreachable, connect, parse_order
from magento_api.permissions import WRITES
from magento_api.records import NewDocument, NewTrack, Order, OrderKey
from sandbox import Sandbox, start

LOST = ["lost_answer", "http_500_after", "truncated", "cut_connection"]
LINES = [{"sku": "SMP-0001", "qty": 4}, {"sku": "SMP-0002", "qty": 2}]


@pytest.fixture
def store(protocol: str, like: str) -> Iterator[Sandbox]:
    with start(wsi=protocol == "soap_v2_wsi", like=like, recorded_only=True) as found:
        yield found


def place(store: Sandbox, **given: Any) -> OrderKey:
    row = store.place_order(lines=LINES, **given)
    return OrderKey(row["order_id"], row["increment_id"])


def read(shop: Client, key: OrderKey) -> Order:
    ((_number, payload),) = shop.order_payloads([key.increment_id])
    assert isinstance(payload, dict), payload
    return parse_order(payload)


def test_an_order_from_beginning_to_end(shop: Client, store: Sandbox) -> None:
    key = place(store)
    items = read(shop, key).items
    first = items[0].item_id
    invoice = shop.invoice(shop.create_invoice(NewDocument(key, {first: Decimal(1)}, "Part ä", notify=True)))
    assert [(item.order_item_id, item.qty) for item in invoice.items] == [(first, Decimal(1))]
    assert (invoice.order_id, invoice.order_increment_id, invoice.state) == (key.order_id, key.increment_id, 2)
    assert [(one.comment, one.customer_notified) for one in invoice.comments] == [("Part ä", True)]
    rest = shop.invoice(shop.create_invoice(NewDocument(key)))
    assert invoice.grand_total + rest.grand_total == read(shop, key).grand_total
    with pytest.raises(Refused, match="Cannot do invoice"):
        shop.create_invoice(NewDocument(key))
    assert [row.increment_id for row in shop.invoices(order_id=key.order_id)] == [
        invoice.increment_id,
        rest.increment_id,
    ]
    assert "ups" in shop.carriers(key.increment_id)
    number = shop.create_shipment(NewDocument(key))
    track = shop.add_track(NewTrack(number, "ups", "UPS Ground", "1Z999"))
    shipment = shop.shipment(number)
    assert [(one.track_id, one.carrier_code, one.number) for one in shipment.tracks] == [(track, "ups", "1Z999")]
    assert shipment.order_id == key.order_id
    assert [item.qty for item in shipment.items] == [Decimal(4), Decimal(2)]
    assert read(shop, key).state == "complete"
    shop.remove_track(number, track)
    assert shop.shipment(number).tracks == ()
    memo = shop.credit_memo(
        shop.create_credit_memo(
            NewDocument(key, {first: Decimal(1)}, "Sorry"), shipping_amount=0, adjustment_positive=Decimal("1.5")
        )
    )
    assert memo.adjustment_positive == Decimal("1.5")
    assert memo.grand_total == memo.subtotal + memo.tax_amount + memo.discount_amount + Decimal("1.5")
    assert [row.increment_id for row in shop.credit_memos(order_id=key.order_id)] == [memo.increment_id]


def test_what_magento_refuses(shop: Client, store: Sandbox) -> None:
    key = place(store)
    first = read(shop, key).items[0].item_id
    with pytest.raises(Refused, match="Invalid qty to invoice item"):
        shop.create_invoice(NewDocument(key, {first: Decimal(99)}))
    with pytest.raises(Refused, match="empty shipment"):
        shop.create_shipment(NewDocument(key, {99: Decimal(1)}))
    with pytest.raises(Refused, match="can not be created"):
        shop.create_credit_memo(NewDocument(key))
    with pytest.raises(NotFound):
        shop.create_shipment(NewDocument(OrderKey(key.order_id, "nope")))
    with pytest.raises(NotFound):
        shop.shipment("nope")
    number = shop.create_shipment(NewDocument(key))
    with pytest.raises(Refused, match="Invalid carrier"):
        shop.add_track(NewTrack(number, "nocarrier", "X", "1"))


def test_changes_of_orders(shop: Client, store: Sandbox) -> None:
    key = place(store)
    assert shop.order_key(key.increment_id) == key
    assert shop.order_key("nope") is None
    shop.hold_order(key.increment_id)
    assert read(shop, key).state == "holded"
    with pytest.raises(Refused, match="not available"):
        shop.hold_order(key.increment_id)
    shop.unhold_order(key.increment_id)
    shop.add_comment(key.increment_id, "pending", "Grüße <b>", notify=True)
    assert read(shop, key).status_history[0].comment == "Grüße <b>"
    shop.cancel_order(key.increment_id)
    assert read(shop, key).state == "canceled"
    with pytest.raises(Refused):
        shop.cancel_order(key.increment_id)


@pytest.mark.parametrize("kind", LOST)
def test_lost_answers_make_nothing_twice(shop: Client, store: Sandbox, kind: str) -> None:
    key = place(store)
    number = key.increment_id
    first = read(shop, key).items[0].item_id
    store.reset()
    for method in ("hold", "unhold", "addComment"):
        store.misbehave(kind, f"sales_order.{method}")
    shop.hold_order(number)
    shop.unhold_order(number)
    shop.add_comment(number, "pending", "Once")
    for document in ("invoice", "shipment", "creditmemo"):
        store.misbehave(kind, f"sales_order_{document}.create")
    part = NewDocument(key, {first: Decimal(1)})
    invoice, shipment = shop.create_invoice(part), shop.create_shipment(part)
    memo = shop.create_credit_memo(part, shipping_amount=0)
    store.misbehave(kind, "sales_order_shipment.addTrack")
    track = shop.add_track(NewTrack(shipment, "dhl", "DHL", "42"))
    assert [row.increment_id for row in shop.invoices(order_id=key.order_id)] == [invoice]
    assert [row.increment_id for row in shop.shipments(key.order_id)] == [shipment]
    assert [row.increment_id for row in shop.credit_memos(order_id=key.order_id)] == [memo]
    assert [one.track_id for one in shop.shipment(shipment).tracks] == [track]
    order = read(shop, key)
    assert [entry.comment for entry in order.status_history].count("Once") == 1
    calls = store.requests.calls
    assert all(count == 1 for name, count in calls.items() if name.endswith((".create", ".hold", ".addTrack")))
    store.misbehave("drop_before", "sales_order_shipment.create")
    again = shop.create_shipment(NewDocument(key))
    assert [row.increment_id for row in shop.shipments(key.order_id)] == [shipment, again], "it never arrived"


def test_many_shipments_with_tracks(shop: Client, store: Sandbox, protocol: str) -> None:
    keys = [place(store) for _number in range(60)]
    keys[7] = OrderKey(keys[7].order_id, "nope")
    store.change_order(keys[9].increment_id, "ship")
    store.reset()
    found = list(shop.create_shipments(NewDocument(key, known=()) for key in keys))
    wrong = {place: type(answer) for place, (_new, answer) in enumerate(found) if isinstance(answer, MagentoError)}
    assert wrong == {7: NotFound, 9: Refused}
    tracks = [NewTrack(answer, "ups", "UPS", f"1Z{answer}") for _new, answer in found if isinstance(answer, str)]
    added = list(shop.add_tracks([*tracks, NewTrack(tracks[0].shipment_increment_id, "none", "X", "1")]))
    assert isinstance(added[-1][1], Refused)
    assert all(isinstance(answer, int) for _new, answer in added[:-1])
    if not protocol.startswith("soap_v2"):
        assert store.requests.total <= 3 + 3
    for track in tracks[:3]:
        assert [one.number for one in shop.shipment(track.shipment_increment_id).tracks] == [track.number]


@pytest.mark.parametrize("kind", LOST)
def test_many_at_once_with_a_lost_answer(shop: Client, store: Sandbox, protocol: str, kind: str) -> None:
    """What was made is found; what may still be on its way is not sent again."""
    keys = [place(store) for _number in range(30)]
    part = {key.order_id: {read(shop, key).items[0].item_id: Decimal(1)} for key in keys[:3]}
    store.misbehave(kind, "sales_order_invoice.create")
    found = list(shop.create_invoices(NewDocument(key, part.get(key.order_id)) for key in keys))
    assert all(isinstance(answer, str) for _new, answer in found)
    for key in keys:
        assert len(list(shop.invoices(order_id=key.order_id))) == 1
    store.misbehave("http_502", "sales_order_shipment.create")
    shipped = list(shop.create_shipments(NewDocument(key) for key in keys))
    open_ones = [answer for _new, answer in shipped if isinstance(answer, MagentoError)]
    assert all(isinstance(answer, Unreachable) and answer.retryable for answer in open_ones)
    assert len(open_ones) == (1 if protocol.startswith("soap_v2") else 25)
    assert all(len(shop.shipments(key.order_id)) <= 1 for key in keys)


def test_lists_of_documents(shop: Client, store: Sandbox) -> None:
    everything = list(shop.invoices())
    assert len(everything) == len(store.shop.invoices)
    assert [row.invoice_id for row in everything] == sorted(row.invoice_id for row in everything)
    last = everything[-1]
    assert list(shop.invoices(after_id=everything[-3].invoice_id)) == everything[-2:]
    assert last in list(shop.invoices(updated_from=last.created_at))
    memos = list(shop.credit_memos())
    assert memos
    assert shop.credit_memo(memos[0].increment_id).grand_total == memos[0].grand_total


def sizes(store: Sandbox) -> list[int]:
    """How many records of each kind the store has."""
    shop = store.shop
    return [len(kind) for kind in (shop.invoices, shop.shipments, shop.products, shop.categories, shop.customers)]


def test_permissions(store: Sandbox, protocol: str) -> None:
    """Trying what may be done changes nothing."""
    before = sizes(store)
    for user, key, allowed in (("odoo", "sandbox-key", True), ("limited", "limited-key", False)):
        with connect(store.url, user, key, protocol=protocol) as client:
            found = {one.method: one for one in client.permissions(writes=WRITES)}
        assert found["catalog_product.create"].allowed
        assert found["sales_order_shipment.create"].allowed is allowed
        assert found["sales_order.addComment"].role_resource == "Sales > Order > Change status, add comments"
        assert not [one.method for one in found.values() if one.role_resource.startswith("the resource of")]
    assert sizes(store) == before
