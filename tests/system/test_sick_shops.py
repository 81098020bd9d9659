"""Shops that take their minute and answer nothing, beside one that is well, in one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from scene import Scene, instance_of
from servers import Store, wait_until

from devkit.demo.browser import Browser
from devkit.store import sandbox

# What a request may take; how often the schedule asks; and a little more, for Odoo's own work and a busy machine.
LIMIT, SCHEDULE, MARGIN = 60, 60, 15
TINY = ("--bare", "--orders", "2", "--products", "2", "--customers", "1")


@pytest.fixture
def stores() -> Iterator[list[Store]]:
    """Three small stores: one that will hang, one that will drip, one that is well."""
    with ExitStack() as stack:
        yield [Store(stack.enter_context(sandbox(TINY))) for _number in range(3)]


def connect(browser: Browser, template: int, store: Store, name: str) -> int:
    """Connect a store as the one that the scene has; its orders come by the schedule."""
    values = {"name": name, "url": store.url, "username": store.user, "api_key": store.key}
    instance = browser.call("magento.instance", "copy", [template], values)
    number = int(instance[0] if isinstance(instance, list) else instance)
    browser.call("magento.instance", "action_connect", [number])
    of_it = [("instance_id", "=", number)]
    views = browser.call("magento.store.view", "search", of_it)
    statuses = browser.call("magento.order.status", "search", of_it)
    browser.call("magento.store.view", "write", views, {"import_from": False})
    browser.call("magento.order.status", "write", statuses, {"action": "quotation"})
    for row in browser.read("magento.tax", [("instance_id", "=", template)], ["rate", "tax_ids"]):
        mapping = {"instance_id": number, "rate": row["rate"], "tax_ids": [(6, 0, row["tax_ids"])]}
        browser.call("magento.tax", "create", mapping)
    browser.call("magento.instance", "write", [number], {"schedule_orders": True})
    return number


def told(scene: Scene, instance: int) -> str:
    """What an instance says of its trouble, while it is left alone."""
    return scene.sql(
        f"SELECT error_message FROM magento_instance WHERE id = {instance} AND paused_until > now() AT TIME ZONE 'UTC'"
    )


def is_too_slow(scene: Scene, instance: int) -> bool:
    """Whether an instance says that its shop does not answer."""
    return f"did not answer within {LIMIT} seconds" in told(scene, instance)


def requests(store: Store) -> int:
    """How many the store has had."""
    return int(store.state()["requests"]["total"])


def is_imported(scene: Scene, instance: int, number: str) -> bool:
    """Whether there is a sale order of it."""
    state = scene.sql(f"SELECT state FROM magento_order WHERE instance_id = {instance} AND increment_id = '{number}'")
    return state == "imported"


def test_shops_that_hang_and_drip_stop_no_other(scene: Scene, stores: list[Store]) -> None:
    server = scene.serve()
    browser = server.browser()
    first = instance_of(browser)
    hangs, drips, well = (
        connect(browser, first, store, name) for store, name in zip(stores, ("Hangs", "Drips", "Well"), strict=True)
    )
    for store in stores[:2]:
        store.misbehave("http_503")
    browser.call("magento.instance", "action_import_orders", [hangs])
    browser.call("magento.instance", "action_import_orders", [drips])
    wait_until("both say so", lambda: told(scene, hangs) and told(scene, drips))
    for store in stores[:2]:
        store.reset()
    stores[0].misbehave("hang")
    stores[1].misbehave("drip", seconds=1)
    scene.let_time_pass()
    for store in stores[:2]:
        wait_until("the ill shop is asked", partial(requests, store), LIMIT + MARGIN)
        number = stores[2].place_order()
        scene.sql("UPDATE magento_direction SET turn_at = turn_at - interval '1 minute'")  # the schedule's minute
        imported = partial(is_imported, scene, well, number)
        wait_until("the order of the other shop is there", imported, LIMIT + SCHEDULE + MARGIN)
    for ill in (hangs, drips):
        wait_until("it says so on its own instance", partial(is_too_slow, scene, ill), LIMIT + MARGIN)
    assert not told(scene, well)
    assert "reload" not in server.log.read_text(encoding="utf-8").lower()
    scene.assert_quiet(*(store.key for store in stores))
