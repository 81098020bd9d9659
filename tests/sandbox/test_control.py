"""Making things happen in a running store, from Python, over HTTP, and from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from caller import Caller, control, http
from test_made_up import check_order

from sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def test_placing_orders(shop: Sandbox, caller: Caller) -> None:
    order = shop.place_order()
    check_order(caller("sales_order.info", order["increment_id"]))
    lines = [{"sku": "SMP-0001", "qty": 2, "price": "11.90", "tax_percent": 19}, {"sku": "NEW", "weee": "1.00"}]
    mine = control(
        shop.url,
        "order",
        store_id=3,
        customer_id=18,
        lines=lines,
        coupon={"code": "X", "percent": 10},
        steps=["invoice", "ship"],
        changes={"ext_order_id": "E1"},
    )
    seen = caller("sales_order.info", mine["increment_id"])
    check_order(seen)
    assert (seen["state"], seen["ext_order_id"], seen["customer_id"]) == ("complete", "E1", 18)
    assert caller("sales_order.list", {"order_id": {"gt": 125}})[-1]["increment_id"] == mine["increment_id"]
    assert caller("sales_order_invoice.list", {"order_id": seen["order_id"]})[0]["grand_total"] == seen["grand_total"]
    assert caller("sales_order_shipment.list", {"order_id": seen["order_id"]})


def test_changing_orders(shop: Sandbox, caller: Caller) -> None:
    before = caller("sales_order.info", "100000001")
    shop.change_order("100000001", "invoice-half", "invoice", "ship", customer_email="new@example.com")
    after = caller("sales_order.info", "100000001")
    assert after["state"] == "complete" and after["total_paid"] == after["grand_total"] == before["grand_total"]
    assert after["updated_at"] > before["updated_at"] and after["customer_email"] == "new@example.com"
    shop.change_order("100000001", "refund")
    assert caller("sales_order.info", "100000001")["state"] == "closed"
    assert len(caller("sales_order_creditmemo.list", {"order_id": 1})) == 1


def test_rows_of_lists(shop: Sandbox, caller: Caller) -> None:
    odd = {"increment_id": None, "store_id": "default", "grand_total": "12,50"}
    control(shop.url, "list-row", increment_id="100000001", fields=odd)
    one = {"order_id": 1}
    assert caller("sales_order.list", one)[0].items() >= odd.items()
    assert caller("sales_order.info", "100000001")["grand_total"] != "12,50", "only lists say so"
    control(shop.url, "list-row", increment_id="100000001", fields=None)
    assert caller("sales_order.list", one)[0]["increment_id"] == "100000001"


def test_an_id_is_given_again(shop: Sandbox, caller: Caller) -> None:
    """The newest order is deleted, and the next one gets its id, as after a restored backup."""
    first = shop.place_order()
    shop.delete(order=first["increment_id"])
    second = shop.place_order()
    assert second["order_id"] == first["order_id"] and second["increment_id"] != first["increment_id"]
    assert caller("sales_order.list", {"order_id": first["order_id"]})[0]["increment_id"] == second["increment_id"]


def test_products_come_and_go(shop: Sandbox, caller: Caller) -> None:
    shop.edit_product("SMP-0001", name="Renamed", qty="7.0000")
    assert caller("catalog_product.info", "SMP-0001", None, None, "sku")["name"] == "Renamed"
    assert caller("product_stock.list", ["SMP-0001"])[0]["qty"] == "7.0000"
    shop.delete(product="SMP-0001")
    assert caller.fault("catalog_product.info", "SMP-0001", None, None, "sku")[0] == 101
    assert control(shop.url, "delete", customer_id=2) == {"done": True}
    assert caller.fault("customer.info", 2)[0] == 102


@pytest.mark.parametrize("payload", [{}, [], "text", 5, {"items": "none", "grand_total": [1]}, {"n": "x" * 100_000}])
def test_payloads_that_no_store_should_send(shop: Sandbox, caller: Caller, payload: object) -> None:
    shop.set_payload("100000001", payload)
    assert caller("sales_order.info", "100000001") == (payload or [])
    assert caller.many(["sales_order.info", ["100000001"]]) == [payload or []]
    soap = _soap(caller.session)
    assert http(shop.url + "/index.php/api/v2_soap/", soap)[0] == 200
    shop.set_payload("100000001", None)
    assert caller("sales_order.info", "100000001")["order_id"] == 1


def _soap(session: str) -> bytes:
    return (
        '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body>'
        f'<m:salesOrderInfo xmlns:m="urn:OpenMage"><sessionId>{session}</sessionId>'
        "<orderIncrementId>100000001</orderIncrementId></m:salesOrderInfo></E:Body></E:Envelope>"
    ).encode()


def test_counting(shop: Sandbox, caller: Caller) -> None:
    caller.many(["store.list"], ["sales_order.info", ["x"]])
    state = control(shop.url, "state")
    assert state["requests"]["total"] == shop.requests.total == 2
    assert state["requests"]["calls"] == {"login": 1, "store.list": 1, "sales_order.info": 1}
    assert shop.log[-1].calls[1] == ("sales_order.info", [["x"]])
    shop.reset()
    assert (shop.requests.total, len(shop.log)) == (0, 0)


def test_the_clock(shop: Sandbox, caller: Caller) -> None:
    control(shop.url, "clock", now="2027-01-01T00:00:00")
    caller("sales_order.addComment", "100000001", "pending", "later")
    assert caller("sales_order.info", "100000001")["updated_at"] == "2027-01-01 00:00:00"
    assert http(shop.url + "/")[1]["Date"] == "Fri, 01 Jan 2027 00:00:00 GMT"


def test_what_the_control_panel_refuses(shop: Sandbox) -> None:
    assert "actions" in control(shop.url, "nosuch")
    assert "ValueError" in control(shop.url, "misbehave", kind="nosuch")["error"]
    assert "TypeError" in control(shop.url, "payload")["error"]
    assert http(shop.url + "/_sandbox/reset")[0] == 405


def test_the_command(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--recorded-only", "--ready-file", str(ready)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            assert json.loads(ready.read_text()) == said and said["pid"] == process.pid
            assert Caller(said["url"]).login(said["user"], said["key"])("store.list")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
