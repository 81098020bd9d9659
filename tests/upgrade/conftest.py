"""A database that the version before was used in, upgraded to this version, and used on."""

from __future__ import annotations

from collections.abc import Iterator

import past
import pytest
from lives import Database, Upgraded, UsedOn
from processes import ends_what_it_started, odoo_environment  # noqa: F401
from servers import Store

from devkit import databases, releases
from devkit.environment import Environment
from devkit.paths import MODULE
from devkit.store import sandbox

FIRST = ("--products", "30")
SECOND = ("--bare", "--products", "20", "--customers", "10", "--orders", str(past.HISTORY), "--seed", "7")
BASIC = ("--basic-auth", past.LOGIN)


@pytest.fixture(scope="session")
def used(environment: Environment) -> Iterator[Database]:
    """A database that the version before was used in."""
    release = environment.with_addons(releases.unpack(releases.previous()))
    with databases.fresh(environment, "upgrade") as name, sandbox(FIRST) as first, sandbox(SECOND + BASIC) as second:
        database = Database(environment, name, Store(first), Store(second))
        database.odoo(release, "install", "-i", MODULE)
        with database.browser(release, "before") as browser:
            past.second_shop(browser, database.second)
            database.waiting.update(past.first_shop(browser, database.first))
        yield database


@pytest.fixture(scope="session")
def upgraded(used: Database) -> Upgraded:
    """The same, with this version of the addon."""
    before = used.snapshot()
    log = used.odoo(used.environment, "update", "-u", MODULE)
    return Upgraded(used, before, used.snapshot(), log)


@pytest.fixture(scope="session")
def used_on(upgraded: Upgraded) -> Iterator[UsedOn]:
    """The shops are back, each with an order more; pauses are over."""
    database = upgraded.database
    stores = (database.first, database.second)
    for store in stores:
        store.reset()
    placed = [store.place_order(store_id=1, steps=["invoice"]) for store in stores]
    database.end_pauses()
    with database.browser(database.environment, "after") as browser:
        past.synchronize(browser)
        calls = [store.state()["requests"]["calls"] for store in stores]
        now = database.snapshot()
        for store in stores:
            store.reset()
        past.synchronize(browser)
        once_more = [store.state()["requests"]["calls"] for store in stores]
        yield UsedOn(upgraded, browser, placed, calls, once_more, now)
