"""A store, and a database that is connected to it; each test gets a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from processes import ends_what_it_started, odoo_environment  # noqa: F401
from scene import Scene, press_import, set_up
from servers import Store

from devkit import databases
from devkit.console import run
from devkit.environment import Environment
from devkit.paths import LOGS, MODULE
from devkit.store import sandbox

# each call takes as long as in many a real shop
SHOP = ("--bare", "--orders", "200", "--products", "80", "--customers", "60", "--latency", "50")


@pytest.fixture(scope="session")
def running_store() -> Iterator[Store]:
    """A store with 200 orders."""
    with sandbox(SHOP) as ready:
        yield Store(ready)


@pytest.fixture(scope="session")
def connected(environment: Environment, running_store: Store) -> Iterator[str]:
    """A database in which the store is connected and nothing imported; nobody works with it."""
    with databases.fresh(environment, "system") as name:
        install = ("-d", name, "-i", MODULE, "--stop-after-init", "--no-http", "--max-cron-threads=0")
        command = environment.command(*install)
        run(command, LOGS / "system-install.log", "installing the addon", env=environment.variables)
        scene = Scene(environment, name, running_store, "setup")
        server = scene.serve()
        try:
            set_up(server.browser(), running_store)
        finally:
            server.stop()
        scene.assert_quiet(running_store.key)
        yield name


@pytest.fixture
def store(running_store: Store) -> Iterator[Store]:
    """The store, which behaves when the test begins."""
    running_store.reset()
    yield running_store
    running_store.reset()


@pytest.fixture
def scene(environment: Environment, connected: str, store: Store, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A copy of the connected database; its servers are stopped after the test."""
    name = request.node.originalname.removeprefix("test_")
    with databases.fresh(environment, f"system_{name}"[:40], connected) as database:
        yield from _staged(Scene(environment, database, store, name))


@pytest.fixture(scope="session")
def undisturbed(environment: Environment, connected: str, running_store: Store) -> Iterator[dict[str, list[str]]]:
    """What an import makes that nothing disturbs."""
    running_store.reset()
    with databases.fresh(environment, "system_undisturbed", connected) as database:
        for scene in _staged(Scene(environment, database, running_store, "undisturbed")):
            browser = scene.serve().browser()
            press_import(browser)
            scene.wait_for_the_end()
            scene.assert_good(browser)
            result = scene.everything()
    yield result


def _staged(scene: Scene) -> Iterator[Scene]:
    try:
        yield scene
    finally:
        for server in scene.servers:
            server.stop()
