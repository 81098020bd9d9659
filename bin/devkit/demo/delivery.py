"""What the demo does with one order after its import: it is delivered in Odoo, and the store knows."""

from __future__ import annotations

import time
from typing import Any

from ..console import DevError, say
from .story import Story

ORDER = "100000902"  # three products, paid: see sandbox/README.md
TRACKING = "1Z999AA10123456784"


def deliver(story: Story) -> None:
    """Let a rule confirm and invoice a paid order, deliver it with a tracking number, and watch it being sent."""
    browser = story.browser
    views = browser.call("magento.store.view", "search", story.mine)
    browser.call("magento.store.view", "write", views, {"send_shipments": True, "mail_shipments": False})
    status = browser.call("magento.order.status", "search", [*story.mine, ("code", "=", "processing")])
    row = browser.read("magento.order", [*story.mine, ("increment_id", "=", ORDER)], ["sale_order_id"])[0]
    open_deliveries: list[Any] = [("sale_id", "=", row["sale_order_id"][0]), ("state", "not in", ["done", "cancel"])]
    browser.call("magento.order.status", "write", status, {"action": "pay"})
    browser.call("magento.order", "action_apply_rules", [row["id"]])
    story.wait_for_runs()
    for picking in browser.read("stock.picking", open_deliveries, ["name"]):
        browser.call("stock.picking", "action_assign", [picking["id"]])
        browser.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": TRACKING})
        # the first delivery of a company asks whether text messages are wanted
        browser.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})
        say(f"{picking['name']} of order {ORDER} is delivered")
    _wait_for_the_store(story)


def _wait_for_the_store(story: Story) -> None:
    """Until Magento has been told of everything."""
    waiting = [*story.mine, ("order_id.increment_id", "=", ORDER), ("state", "=", "waiting")]
    for _attempt in range(120):
        if not story.browser.count("magento.outbox", waiting):
            return
        time.sleep(0.5)
    raise DevError("the delivery was not sent to Magento")
