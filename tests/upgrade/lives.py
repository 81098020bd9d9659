"""The life of a database: used with the version before, upgraded, used on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers import OdooServer, Store
from snapshots import Snapshot, take

from devkit import databases
from devkit.console import run
from devkit.demo.browser import Browser
from devkit.environment import Environment
from devkit.paths import LOGS

# How often each method of a store's API was called.
Calls = dict[str, int]


@dataclass(frozen=True)
class Database:
    """A database, and the two stores that it is joined to; ``waiting``: the orders of which shipments wait, by the
    tracking number.
    """

    environment: Environment
    name: str
    first: Store
    second: Store
    waiting: dict[str, str] = field(default_factory=dict)

    def odoo(self, release: Environment, what: str, *arguments: str) -> Path:
        """Run Odoo in a version of the addon until it ends; its log."""
        log = LOGS / f"upgrade-{what}.log"
        command = release.command("-d", self.name, *arguments, "--stop-after-init", "--no-http", "--max-cron-threads=0")
        run(command, log, f"upgrade: {what}", env=release.variables, progress=databases.loading_news)
        return log

    @contextmanager
    def browser(self, release: Environment, what: str) -> Iterator[Browser]:
        """Somebody who works with a version of the addon, whose scheduled actions run when they are pressed only."""
        server = OdooServer(release, self.name, LOGS / f"upgrade-{what}.log", threads=0)
        try:
            yield server.browser()
        finally:
            server.stop()

    def sql(self, statement: str) -> str:
        """Ask the database itself."""
        return self.environment.server.sql(statement, self.name)

    def end_pauses(self) -> None:
        """Do what hours would: what was put off is due."""
        columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        for line in self.sql(f"{columns} AND column_name IN ('paused_until', 'next_attempt')").splitlines():
            table, column = line.split("|")
            self.sql(f"UPDATE {table} SET {column} = NULL WHERE {column} IS NOT NULL")

    def snapshot(self) -> Snapshot:
        """All that is in it."""
        return take(self.environment, self.name)


@dataclass(frozen=True)
class Upgraded:
    """A database after its upgrade, what it held before and holds now, and the log of the upgrade."""

    database: Database
    before: Snapshot
    after: Snapshot
    log: Path


@dataclass(frozen=True)
class UsedOn:
    """What came of the next synchronisation: new orders of both stores, what was asked of each, then and once more."""

    upgraded: Upgraded
    browser: Browser
    placed: list[str]
    calls: list[Calls]
    once_more: list[Calls]
    now: Snapshot
