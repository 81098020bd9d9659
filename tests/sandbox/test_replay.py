"""Recorded requests, sent to the sandbox, are answered as the recorded store answered them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from caller import http
from replaying import ADDRESSES, differences, keep, names, read, request, shape, tree, within

from sandbox import Sandbox, documents, start
from sandbox.methods import media
from sandbox.tables import Record

# what was recorded while the server was in trouble, and what the misbehaviours' own tests look at
TROUBLE = re.compile(
    "err~(base_url|bom|db_down|display_errors|fpm_down|maintenance|memory_limit|php_notice|rpc_client_on_wsi)"
    "|too_few_args_display_errors"
)
# lists that are longer in the recorded store, of whose orders and documents the sandbox has a part
LISTS = re.compile(r"sales_order(|_invoice|_shipment|_creditmemo)\.list")
# orders that the sandbox has not
UNKNOWN = re.compile(r"sales_order_invoice\.(info$|list$|list~by_order_id)")
# the same shape, other values: recorded when the store had been made anew, or with ids that depend on what was before
SHAPE = re.compile(r"\.soapwsi$|\.create|assignedProducts\.|addTrack\.|err~empty_filters|attributes\.soapv2")
WRITES = re.compile(
    rb"[a-z._](([mM]ultiU|[uU])pdate|[cC]reate|[aA]ddComment|[hH]old|[uU]nhold|[cC]ancel|[mM]ove|[dD]elete"
    rb"|([aA]ssign|[rR]emove)Product|[rR]emove|MediaInfo|media\.info|[aA]ddTrack|[rR]emoveTrack|[sS]endInfo|[cC]apture)\b"
)
CASES = [(name, protocol) for protocol in ADDRESSES for name in names(protocol) if not TROUBLE.search(name)]


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[bool, Sandbox]]:
    """The recorded store in both dialects of SOAP v2."""
    found = {wsi: start(recorded_only=True, wsi=wsi) for wsi in (False, True)}
    yield found
    for store in found.values():
        store.stop()


def prepare(store: Sandbox, name: str, asked: bytes) -> None:
    """Bring the store where a recorded write found it."""
    if name not in ("catalog_product.create", "catalog_category.create"):
        for number in range(3):
            store.edit_product(f"API-{number}")
    if name.startswith("catalog_category") and not name.startswith("catalog_category.create"):
        for number in (47, 48, 49):
            store.shop.categories[number] = {**store.shop.categories[6], "category_id": number, "parent_id": 4}
        if name.endswith("removeProduct"):
            for number in range(3):
                store.edit_product(f"API-{number}", categories=[47, 48, 49])
    image = re.search(rb"/a/p/apiimg\w*\.jpg", asked)
    if image:
        row = {"label": "Label é", "position": 1, "exclude": 0, "types": list(media.TYPES)}
        for number in range(3):
            record = store.shop.products.by_natural(f"API-{number}")
            assert record is not None
            store.shop.images[record.get("product_id")] = [row | {"file": image.group().decode()}]
    if name.startswith("customer") and name != "customer.create":
        for number in range(3):
            values = {"email": f"api{number}@example.com", "website_id": 1, "store_id": 1, "group_id": 1}
            store.shop.customers.add(Record({"customer_id": 61 + number, **values}))
            place = {"firstname": "A", "lastname": "B", "street": "Line 1", "city": "Paris", "country_id": "FR"}
            place |= {"customer_address_id": 96 + number, "customer_id": 61 + number, "postcode": "75001"}
            store.shop.add_address(Record(place | {"telephone": "1"}))
    found = re.search(rb"[123]000000\d\d", asked)
    kind = re.match(r"sales_order_(invoice|shipment|creditmemo)\.(?!create|getCarriers)", name)
    if found and kind:
        row = {f"{kind[1]}_id": 9000, "increment_id": found.group().decode(), "order_id": 1, "comments": []}
        row["tracks"] = [{"track_id": number} for number in (81, 82, 83)]
        documents.table(store.shop, kind[1]).add(Record(row))
        return
    record = store.shop.orders.by_natural(found.group().decode()) if found else None
    if record is not None and not name.endswith("~closed"):
        state = {"sales_order.hold~twice": "holded", "sales_order.unhold": "holded"}.get(name, "new")
        state = "canceled" if name == "sales_order.cancel~twice" else state
        order = record.edit()
        order.update(state=state, hold_before_state="new", hold_before_status="pending")
        if name.endswith("create~again"):
            documents.step(store.shop, order, "invoice" if "invoice" in name else "ship")
        if name == "sales_order_creditmemo.create~partial":
            documents.step(store.shop, order, "invoice")


@pytest.mark.parametrize(("name", "protocol"), CASES, ids=lambda value: str(value))
def test_the_answer_is_the_recorded_one(stores: dict[bool, Sandbox], name: str, protocol: str) -> None:
    wsi = protocol == "soapwsi"
    asked = request(name, protocol, "")
    store = start(recorded_only=True, wsi=wsi) if WRITES.search(asked) else stores[wsi]
    if store is not stores[wsi]:
        prepare(store, name, asked)
    user = store.settings.users[3 if name.startswith("access_denied") else 0]
    session = "0" * 32 if name.startswith("session~") else store.shop.sessions.start(user)
    _, _, ours = http(store.url + ADDRESSES[protocol], request(name, protocol, session))
    if store is not stores[wsi]:
        store.stop()
    theirs = read(f"{name}.{protocol}.res.xml")
    if theirs.lstrip().startswith(b"<?xml"):
        _compare(name, protocol, ours, theirs, stores[wsi])
    else:
        assert not ours or ours.lstrip()[:9].lower() == b"<!doctype", "no XML there, none here"


def _compare(name: str, protocol: str, ours: bytes, theirs: bytes, store: Sandbox) -> None:
    mine, other = tree(ours), tree(theirs)
    kind = LISTS.match(name)
    if UNKNOWN.search(name):
        assert mine[0] == other[0]
    elif kind:
        table = {"": store.shop.orders, "_invoice": store.shop.invoices, "_shipment": store.shop.shipments}.get(kind[1])
        known = {str(record.get("increment_id")) for record in (table or store.shop.creditmemos).rows}
        found, wanted = keep(mine, known), keep(other, known)
        assert within(shape(found), shape(wanted)) if protocol == "soapwsi" else differences(found, wanted) == []
    elif SHAPE.search(f"{name}.{protocol}"):
        assert within(shape(mine), shape(other))
    elif name != "err~prod_create_empty":
        assert differences(mine, other) == []
