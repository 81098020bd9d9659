"""Stock follows Odoo with real servers: a delivery wakes the scheduled action, which tells the store at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from scene import Scene, instance_of
from servers import Store, wait_until

from devkit.demo.browser import Browser
from magento_api import connect

# Well below the minute that the schedule takes; on an idle machine it is a third of a second.
SOON = 20
NO_RUN = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM magento_run WHERE state IN ('queued', 'running'))"


def test_a_delivery_is_in_the_store_at_once(scene: Scene, store: Store) -> None:
    browser = scene.serve().browser()
    product, sku = stocked_product(scene, browser)
    assert in_store(store, sku) == 10
    picking = delivery(browser, product, 3)
    browser.call("stock.picking", "button_validate", [picking])
    wait_until("the store has seven", lambda: in_store(store, sku) == 7, SOON)
    put_on_hand(browser, product, 12)
    wait_until("the store has twelve", lambda: in_store(store, sku) == 12, SOON)


def stocked_product(scene: Scene, browser: Browser) -> tuple[int, str]:
    """A product of the store with ten on hand, which Odoo has told the store and keeps telling it."""
    instance = instance_of(browser)
    browser.call("magento.instance", "write", [instance], {"stock_quantity": "qty_available"})
    browser.call("magento.instance", "action_import_products", [instance])
    wait_until("the products are in Odoo", lambda: scene.sql(NO_RUN), 60)
    link = browser.read("magento.product", [("product_id.is_storable", "=", True)], ["product_id", "sku"], limit=1)[0]
    put_on_hand(browser, link["product_id"][0], 10)
    browser.call("magento.instance", "action_compare_stock", [instance])
    wait_until("the stock is compared", lambda: scene.sql(NO_RUN), 60)
    wizard = browser.call("magento.stock.wizard", "create", {"instance_id": instance})
    browser.call("magento.stock.wizard", "action_send", [wizard])
    wait_until("the stock is sent", lambda: scene.sql(NO_RUN), 60)
    return link["product_id"][0], link["sku"]


def put_on_hand(browser: Browser, product: int, quantity: int) -> None:
    """Count the product, as somebody in the warehouse does."""
    location = browser.read("stock.warehouse", [], ["lot_stock_id"], limit=1)[0]["lot_stock_id"][0]
    values = {"product_id": product, "location_id": location, "inventory_quantity": quantity}
    quant = browser.call("stock.quant", "create", values, context={"inventory_mode": True})
    browser.call("stock.quant", "action_apply_inventory", [quant])


def delivery(browser: Browser, product: int, quantity: int) -> int:
    """A delivery that is ready."""
    partner = browser.call("res.partner", "create", {"name": "Buyer"})
    line: list[Any] = [0, 0, {"product_id": product, "product_uom_qty": quantity}]
    order = browser.call("sale.order", "create", {"partner_id": partner, "order_line": [line]})
    browser.call("sale.order", "action_confirm", [order])
    return int(browser.read("stock.picking", [("sale_id", "=", order)], ["id"])[0]["id"])


def in_store(store: Store, sku: str) -> Decimal:
    """The quantity that the store sells."""
    with connect(store.url, store.user, store.key) as client:
        return next(iter(client.stock_items([sku]))).qty
