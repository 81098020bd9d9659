"""A shop that calls, with real servers: the order is in Odoo at once, and what is not signed does nothing."""

from __future__ import annotations

import hashlib
import hmac
import time
import urllib.error
import urllib.request

from scene import Scene, instance_of, press_import
from servers import Store, wait_until

# The schedule is put off in this test: only a call can bring the order.
SOON = 20


def test_an_order_is_in_odoo_at_once(scene: Scene, store: Store) -> None:
    server = scene.serve()
    browser = server.browser()
    instance = instance_of(browser)
    press_import(browser)
    scene.wait_for_the_end()
    browser.call("magento.instance", "write", [instance], {"schedule_orders": True, "wake_by_shop": True})
    scene.sql("UPDATE ir_cron SET nextcall = nextcall + interval '1 day', interval_number = 600")
    fields = browser.read("magento.instance", [("id", "=", instance)], ["wake_secret"])[0]
    address = f"{server.url}/magento_connector/wake/{instance}"
    before = scene.count("imported")
    sku = browser.read("magento.product", [], ["sku"], limit=1)[0]["sku"]
    number = store.place_order(lines=[{"sku": sku}], store_id=1)
    try:
        assert call(address, "a wrong secret") == 404
        assert call(address, fields["wake_secret"]) == 204
        wait_until("the order is imported", lambda: scene.count("imported") == before + 1, SOON)
    finally:
        store.delete_order(number)
    scene.assert_quiet(store.key, fields["wake_secret"])


def call(address: str, secret: str) -> int:
    """Call as a shop does; the status of the answer."""
    moment = f"{time.time():.3f}"
    signature = hmac.new(secret.encode(), f"{moment}.{{}}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Magento-Timestamp": moment,
        "X-Magento-Signature": signature,
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(address, b"{}", headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
