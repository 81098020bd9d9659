"""Odoo servers as processes that can be killed, and the store's control panel."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devkit.console import tail
from devkit.demo.browser import Browser
from devkit.environment import Environment, free_port

# What could give a key away: our own records, and those of the HTTP client below.
TALKATIVE = ("--log-handler=odoo.addons.magento_connector:DEBUG", "--log-handler=urllib3:DEBUG")


def wait_until(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Wait for a condition, and return what it came to; AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"after {seconds:.0f} s still not: {what}")


class OdooServer:
    """One Odoo server, with so many threads for scheduled actions."""

    def __init__(self, environment: Environment, database: str, log: Path, threads: int = 2) -> None:
        self.database, self.log = database, log
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        options = ("--http-port", str(port), f"--max-cron-threads={threads}", "--workers=0", "--no-database-list")
        with log.open("w", encoding="utf-8") as sink:
            self._process = subprocess.Popen(
                environment.command("-d", database, *options, *TALKATIVE),
                env=environment.variables,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )

    def browser(self) -> Browser:
        """Somebody who is logged in, as soon as the server answers."""
        wait_until(f"{self.url} answers", self._answers, 120)
        return Browser(self.url, self.database)

    def kill(self) -> None:
        """End it as a power failure does."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Tell it to end, and wait until it has."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"Odoo ended:\n{tail(self.log, 40)}"
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                return True
        except OSError:
            return False


class Store:
    """The sandbox store: its login, and its control panel."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.url, self.user, self.key = ready["url"], ready["user"], ready["key"]

    def misbehave(self, kind: str, method: str = "*", **more: Any) -> None:
        """Misbehave for ever, unless told otherwise."""
        self._post("misbehave", {"kind": kind, "method": method, "times": None} | more)

    def behave(self) -> None:
        """Forget all misbehaviours."""
        self._post("behave", {})

    def reset(self) -> None:
        """Count from zero, and behave."""
        self._post("reset", {})

    def state(self) -> dict[str, Any]:
        """Counts of requests and records."""
        return dict(self._post("state", {}))

    def place_order(self, **given: Any) -> str:
        """Place an order; its number."""
        return str(self._post("order", given)["increment_id"])

    def delete_order(self, number: str) -> None:
        """Delete an order, so that the next test finds the store as it was."""
        self._post("delete", {"order": number})

    def _post(self, action: str, given: dict[str, Any]) -> Any:
        request = urllib.request.Request(f"{self.url}/_sandbox/{action}", json.dumps(given).encode())
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


@contextmanager
def table_locked(
    environment: Environment, database: str, table: str, waiting: int = 0
) -> Iterator[Callable[[int], Any]]:
    """Keep everybody from writing a table.

    Yields a function that waits until so many wait for this; with ``waiting``, begins when these are there.
    """
    command = [str(environment.server.bin / "psql"), "-XAtq", "-d", database]
    holder = subprocess.Popen(command, env=environment.variables, stdin=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    holder.stdin.write(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE;\n")
    holder.stdin.flush()
    others = f"FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'"
    counted = f"SELECT count(*) {others} AND query NOT LIKE 'LOCK TABLE%'"
    held = f"SELECT 1 FROM pg_locks WHERE relation = '{table}'::regclass AND mode = 'ExclusiveLock' AND granted"

    def wait_for(number: int) -> Any:
        return wait_until(f"{number} wait for {table}", lambda: int(environment.server.sql(counted)) >= number)

    try:
        wait_until(f"{table} is locked", lambda: environment.server.sql(held, database))
        wait_for(waiting)
        yield wait_for
    finally:
        holder.stdin.close()
        holder.wait(30)
