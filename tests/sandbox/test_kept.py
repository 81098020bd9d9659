"""The store of orders that somebody kept, and of orders in which almost everything is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from caller import Caller
from replaying import RECORDED, unpacked

from sandbox import Sandbox, start


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("20.18/orders.tar.xz", tmp_path_factory.mktemp("kept")) / "orders"


@pytest.fixture(scope="module")
def kept(folder: Path) -> Iterator[Sandbox]:
    with start(orders_from=folder, like="20.18") as shop:
        yield shop


def test_orders_are_answered_as_they_were_kept(kept: Sandbox, folder: Path) -> None:
    caller = Caller(kept.url).login()
    files = sorted(folder.glob("*.json"))
    calls = {path.stem: ["sales_order.info", [path.stem]] for path in files}
    answers = caller.proxy.multiCall(caller.session, calls)
    for path, answer in zip(files, answers, strict=True):
        assert _plain(answer) == _plain(json.loads(path.read_text(encoding="utf-8"))), path.stem


def _plain(value: Any) -> Any:
    """The value without its empty arrays and structs, which XML-RPC writes alike."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()} or []
    return [_plain(one) for one in value] if isinstance(value, list) else value


def test_lists_have_every_order(kept: Sandbox, folder: Path) -> None:
    rows = Caller(kept.url).login()("sales_order.list")
    assert {row["increment_id"] for row in rows} == {path.stem for path in folder.glob("*.json")}
    order = json.loads((folder / f"{rows[0]['increment_id']}.json").read_text(encoding="utf-8"))
    assert all(order[key] == rows[0][key] for key in order.keys() & rows[0].keys() - {"firstname"})
    assert rows[0]["shipping_name"] and rows[0]["firstname"] == order["shipping_address"]["firstname"]


@pytest.mark.parametrize("kind", ["invoice", "shipment", "creditmemo"])
def test_documents_are_answered_as_they_were_kept(kept: Sandbox, folder: Path, kind: str) -> None:
    known = json.loads((folder.parent / "documents.json").read_text(encoding="utf-8"))[f"sales_order_{kind}"]
    caller = Caller(kept.url).login()
    rows = caller(f"sales_order_{kind}.list")
    assert {row["increment_id"] for row in rows} == set(known)
    assert _plain(caller(f"sales_order_{kind}.info", rows[-1]["increment_id"])) == _plain(
        known[rows[-1]["increment_id"]]
    )
    if kind != "shipment":
        order = known[rows[-1]["increment_id"]]["order_id"]
        mine = caller(f"sales_order_{kind}.list", {"order_id": order})
        assert rows[-1]["increment_id"] in [row["increment_id"] for row in mine]


def test_what_the_orders_need(kept: Sandbox) -> None:
    caller = Caller(kept.url).login()
    stores = {row["store_id"]: row["name"] for row in caller("store.list")}
    assert stores == {1: "World English", 2: "Alpen English", 3: "Alpen Deutsch"}
    order = caller("sales_order.info", "100000001")
    simple = next(item for item in order["items"] if item["product_type"] == "simple")
    product = caller("catalog_product.info", simple["product_id"])
    assert (product["sku"], product["name"]) == (simple["sku"], simple["name"])
    assert caller("customer.info", order["customer_id"])["email"] == order["customer_email"]
    last = {row.full()["billing_address"]["customer_address_id"]: row.full() for row in kept.shop.orders.rows}
    number, place = next((number, row["billing_address"]) for number, row in last.items() if number)
    assert caller("customer_address.info", number)["city"] == place["city"]


def test_an_order_goes_on(kept: Sandbox) -> None:
    """What was kept is an order as any other: it can be shipped."""
    caller = Caller(kept.url).login()
    waiting = (order.full() for order in kept.shop.orders.rows if order.get("status") == "pending")
    order = next(order for order in waiting if not order["is_virtual"])
    number = caller("sales_order_shipment.create", order["increment_id"])
    assert caller("sales_order_shipment.info", number)["order_id"] == str(order["order_id"])


def test_orders_that_lack_almost_everything(tmp_path: Path) -> None:
    odd = {
        "empty": {"increment_id": "A-1"},
        "nowhere": {"increment_id": "A-2", "store_id": None, "items": [], "updated_at": "soon", "order_id": "7"},
        "twice": {
            "increment_id": "A-3",
            "order_id": 7,
            "store_id": "12",
            "customer_id": "3",
            "customer_email": "a@b.c",
        },
        "odd": {"increment_id": "A-4", "items": [None, {"sku": "X"}], "billing_address": [], "store_id": "x"},
        "item": {"items": [{"sku": "Y", "product_id": "5", "product_type": "simple", "price": "much"}]},
        "no order": {"hello": "world"},
        "list": [1, 2],
    }
    for name, value in odd.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    with start(orders_from=tmp_path) as shop:
        caller = Caller(shop.url).login()
        rows = caller("sales_order.list")
        assert {row["increment_id"] for row in rows} == {"A-1", "A-2", "A-3", "A-4", "item"}
        assert len({row["order_id"] for row in rows}) == 5
        for row in rows:
            assert caller("sales_order.info", row["increment_id"])["order_id"] == row["order_id"]
        assert [(row["store_id"], row["name"]) for row in caller("store.list")] == [(12, "Store 12")]
        assert [row["sku"] for row in caller("catalog_product.list")] == ["Y"]


def test_a_folder_without_orders_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--orders-from", str(tmp_path)]
    done = subprocess.run(command, cwd=RECORDED.parents[1], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "there are no orders in" in done.stderr and "Traceback" not in done.stderr
