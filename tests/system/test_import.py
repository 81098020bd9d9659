"""Imports with real processes: killed, doubled, left alone by the shop, and with people at work meanwhile."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scene import Scene, instance_of, press_import
from servers import Store, table_locked, wait_until

from devkit.demo.browser import Browser
from magento_api import connect

Everything = dict[str, list[str]]
ORDERS = "sales_order.info"
OTHERS = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend' LIMIT 1"
)


def go_on(scene: Scene) -> Browser:
    """Start Odoo again after it was killed; nobody presses anything."""
    browser = scene.serve().browser()
    scene.look_for_work()
    scene.wait_for_the_end()
    return browser


def assert_one_run(scene: Scene) -> None:
    """One run did it all, and saw every order once."""
    assert scene.runs() == [["done", str(scene.store.state()["orders"]), ""]]


def test_killed_while_it_fetches(scene: Scene, store: Store, undisturbed: Everything) -> None:
    store.misbehave("latency", ORDERS, after=2, seconds=20)
    server = scene.serve()
    press_import(server.browser())
    wait_until("some orders are imported", lambda: scene.count("imported"))
    server.kill()
    assert 0 < scene.count("imported") < store.state()["orders"]
    store.behave()
    browser = go_on(scene)
    scene.assert_good(browser)
    assert scene.everything() == undisturbed
    assert_one_run(scene)


def test_killed_while_it_creates(scene: Scene, store: Store, undisturbed: Everything) -> None:
    store.misbehave("latency", ORDERS, seconds=0.5)
    server = scene.serve()
    press_import(server.browser())
    wait_until("some orders are imported", lambda: scene.count("imported"))
    with table_locked(scene.environment, scene.database, "sale_order_line", 1):
        server.kill()
    wait_until("the database has noticed", lambda: not scene.sql(OTHERS))
    assert 0 < scene.count("imported") < store.state()["orders"]
    assert scene.count("waiting"), "the orders that were being created are in the inbox"
    browser = go_on(scene)
    scene.assert_good(browser)
    assert scene.everything() == undisturbed
    assert_one_run(scene)


def test_two_servers(scene: Scene, undisturbed: Everything) -> None:
    """Two people and the schedule start the import at the same moment: none of them sees that the others do."""
    browsers = [server.browser() for server in (scene.serve(), scene.serve())]
    browsers[0].call("magento.instance", "write", [instance_of(browsers[0])], {"schedule_orders": True})
    scene.sql("UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE cron_name LIKE 'Magento%'")
    with ThreadPoolExecutor(2) as pool:
        with table_locked(scene.environment, scene.database, "magento_run") as wait_for:
            pressed = [pool.submit(press_import, browser) for browser in browsers]
            wait_for(2)
            scene.look_for_work()
            wait_for(3)
        assert len({future.result() for future in pressed}) == 1
    scene.wait_for_the_end()
    scene.assert_good(browsers[0])
    assert scene.everything() == undisturbed
    assert_one_run(scene)


def test_somebody_puts_right_what_fails_meanwhile(scene: Scene, store: Store, undisturbed: Everything) -> None:
    """A tax is mapped and a product added while the batch that misses them is being written: nothing stays failed."""
    browser = scene.serve().browser()
    missing = forget_a_tax(browser)
    sku = most_sold(undisturbed)
    keep_out(browser, store, sku)
    store.misbehave("latency", ORDERS, seconds=0.5)
    press_import(browser)
    wait_until("some orders failed", lambda: scene.count("failed"))
    with table_locked(scene.environment, scene.database, "sale_order_line", 1):
        browser.call("magento.tax", "write", [missing["id"]], {"tax_ids": [(6, 0, missing["tax_ids"])]})
        browser.call("product.product", "create", {"name": "Added meanwhile", "default_code": sku})
    scene.wait_for_the_end()
    assert not scene.count("failed"), scene.sql("SELECT reason, count(*) FROM magento_order GROUP BY 1")
    scene.assert_good(browser)


def forget_a_tax(browser: Browser) -> dict[str, Any]:
    """Take the tax off a rate that many orders have; answers what it was."""
    row = browser.read("magento.tax", [("rate", "=", 19)], ["tax_ids"])[0]
    browser.call("magento.tax", "write", [row["id"]], {"tax_ids": [(5,)]})
    return row


def most_sold(everything: Everything) -> str:
    """The SKU that most lines have, the connector's own products aside."""
    skus = (line.split("|")[2] for line in everything["lines"])
    return Counter(sku for sku in skus if sku and not sku.startswith("MAGENTO-")).most_common(1)[0][0]


def keep_out(browser: Browser, store: Store, sku: str) -> None:
    """Put all products but one into Odoo, and fail orders with unknown ones."""
    with connect(store.url, store.user, store.key) as client:
        others = [product for product in client.product_summaries() if product.sku != sku]
    values = [{"name": product.name, "default_code": product.sku} for product in others]
    browser.call("product.product", "create", values)
    views = browser.call("magento.store.view", "search", [])
    browser.call("magento.store.view", "write", views, {"unknown_product": "fail"})


def test_the_shop_goes_away(scene: Scene, store: Store, undisturbed: Everything) -> None:
    store.misbehave("http_503", ORDERS, after=3)
    browser = scene.serve().browser()
    press_import(browser)
    wait_until("the run has stopped", lambda: [run for run in scene.runs() if run[0] == "stopped"])
    told = browser.read("magento.instance", [], ["error_message", "paused_until"])[0]
    assert told["paused_until"]
    assert "503" in told["error_message"] or "overloaded" in told["error_message"]
    assert scene.runs()[0][2] == told["error_message"]
    assert 0 < scene.count("imported") < store.state()["orders"]
    store.behave()
    scene.let_time_pass()
    scene.wait_for_the_end()
    assert not browser.read("magento.instance", [], ["error_message"])[0]["error_message"]
    scene.assert_good(browser)
    assert scene.everything() == undisturbed
    assert sum(int(run[1]) for run in scene.runs()) == store.state()["orders"], "no order was seen twice"


def test_an_error_that_nobody_thought_of(scene: Scene) -> None:
    """One sentence, one traceback, nothing half done; and it goes on by itself once the cause is gone."""
    scene.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'")
    scene.sql("CREATE TRIGGER refuse AFTER INSERT ON magento_order FOR EACH ROW EXECUTE FUNCTION refuse()")
    server = scene.serve()
    browser = server.browser()
    press_import(browser)
    wait_until("the run has stopped", lambda: [run for run in scene.runs() if run[0] == "stopped"])
    told = browser.read("magento.direction", [("kind", "=", "orders")], ["error_message", "paused_until"])[0]
    assert told["paused_until"]
    assert told["error_message"] == scene.runs()[0][2]
    assert "Traceback" not in told["error_message"]
    log = server.log.read_text(encoding="utf-8")
    assert (log.count("Traceback"), log.count("the synchronisation has stopped")) == (1, 1)
    scene.sql("DROP TRIGGER refuse ON magento_order")
    scene.let_time_pass()
    scene.wait_for_the_end()
    assert scene.count("imported") == scene.store.state()["orders"]
    assert [run[0] for run in scene.runs()] == ["stopped", "done"]


def test_a_key_is_never_told(scene: Scene) -> None:
    """Not when it is right (every test looks for that), not when it is wrong."""
    browser = scene.serve().browser()
    secrets = {"api_key": "wrong-key-4711", "basic_user": "proxy", "basic_password": "basic-word-4711"}
    browser.call("magento.instance", "write", [instance_of(browser)], secrets)
    press_import(browser)
    wait_until("the instance says so", lambda: scene.sql("SELECT error_message FROM magento_instance"))
    scene.assert_quiet("wrong-key-4711", "basic-word-4711")
