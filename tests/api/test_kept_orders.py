"""The orders and documents kept from an OpenMage 20.18, read over every protocol."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from magento_api import Client, connect, parse_order
from sandbox import Sandbox, start

ARCHIVE = Path(__file__).parents[1] / "recorded" / "20.18" / "orders.tar.xz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked archive."""
    target = tmp_path_factory.mktemp("kept")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(target)
    return target


@pytest.fixture(scope="module")
def stores(folder: Path) -> Iterator[dict[tuple[bool, str], Sandbox]]:
    """Their store, by whether SOAP v2 speaks its WS-I dialect and by version."""
    choices = [(False, "19.4"), (False, "20.18"), (True, "19.4")]
    found = {(wsi, like): start(orders_from=folder / "orders", wsi=wsi, like=like) for wsi, like in choices}
    yield found
    for store in found.values():
        store.stop()


@pytest.fixture
def shop(stores: dict[tuple[bool, str], Sandbox], side: tuple[str, str]) -> Iterator[Client]:
    store = stores[side[0] == "soap_v2_wsi", side[1]]
    with connect(store.url, store.user, store.key, protocol=side[0]) as client:
        yield client


def kept(folder: Path) -> dict[str, Any]:
    """The orders by number, as they were kept."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "orders").glob("*.json")}


def test_every_order(shop: Client, folder: Path) -> None:
    wanted = kept(folder)
    summaries = {one.increment_id: one for one in shop.order_summaries()}
    assert summaries.keys() == wanted.keys()
    for number, payload in shop.order_payloads(sorted(wanted)):
        assert isinstance(payload, dict), payload
        order, given = parse_order(payload), wanted[number]
        assert order.grand_total == summaries[number].grand_total == Decimal(given["grand_total"])
        assert [item.sku for item in order.items] == [item["sku"] for item in given["items"]]
        assert [item.qty_ordered for item in order.items] == [Decimal(item["qty_ordered"]) for item in given["items"]]


def test_every_document(shop: Client, folder: Path) -> None:
    known = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
    for row in kept(folder).values():
        for kind, listed, read in (
            ("invoice", shop.invoices, shop.invoice),
            ("creditmemo", shop.credit_memos, shop.credit_memo),
        ):
            wanted = {
                number: document
                for number, document in known[f"sales_order_{kind}"].items()
                if document["order_id"] == row["order_id"]
            }
            assert {one.increment_id for one in listed(order_id=int(row["order_id"]))} == wanted.keys()
            for number, document in wanted.items():
                assert read(number).grand_total == Decimal(document["grand_total"])
