"""`bin/demo`: the connector at work, on a real Odoo with a real PostgreSQL, against a store over real HTTP."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .. import databases
from ..console import run, say
from ..environment import Environment, prepare
from ..locks import digest
from ..paths import LOGS, MODULE
from ..store import sandbox
from . import check
from .browser import Browser, server
from .delivery import deliver
from .story import Store, Story

# The orders of the sandbox store that nobody can import without help: see sandbox/README.md
EXPECTED_FAILURES = 3


def main(args: list[str]) -> int:
    """Show it, print what happened, and keep Odoo running until Ctrl-C."""
    options = _options(args)
    begin = time.monotonic()
    environment = prepare()
    with _store(options) as store:
        database = _database(environment, store, options.fresh)
        with server(environment, database, LOGS / "demo.log", options.port) as url:
            story = Story(Browser(url, database), store)
            story.tell()
            if store.is_sandbox:  # nothing is written to a real shop
                deliver(story)
            table = _table(story, time.monotonic() - begin)
            _print(table)
            if options.json:
                options.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
            if options.check:
                return 0 if _is_good(table, store) else 1
            print(f"\nOdoo: {url}/odoo/action-magento_connector.action_magento_instance  (login admin, password admin)")
            print(f"Magento: {store.url}\nCtrl-C stops both.", flush=True)
            while True:
                time.sleep(3600)


def _options(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Sets up Odoo, PostgreSQL and a small Magento store (or uses a real one), installs the addon, "
        "imports the orders, and shows the result: a table here, and Odoo in the browser. A second run goes on with "
        "the same database.",
    )
    parser.add_argument("--magento", metavar="URL", help="a real Magento 1.x or OpenMage instead of the sandbox store")
    parser.add_argument("--user", help="its API user (System > Web Services > SOAP/XML-RPC - Users)")
    parser.add_argument("--key", help="that user's API key")
    parser.add_argument(
        "--check", action="store_true", help="stop after the table; exit code 0 if all is imported and exact"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there")
    parser.add_argument("--port", type=int, default=8069, help="of Odoo, or the next free one (8069)")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database")
    options = parser.parse_args(args)
    if options.magento and not (options.user and options.key):
        parser.error("--magento needs --user and --key")
    return options


@contextmanager
def _store(options: argparse.Namespace) -> Iterator[Store]:
    if options.magento:
        yield Store(options.magento, options.user, options.key, is_sandbox=False)
        return
    say("starting the sandbox store")
    with sandbox() as shop:
        yield Store(shop["url"], shop["user"], shop["key"], is_sandbox=True)


def _database(environment: Environment, store: Store, fresh: bool) -> str:
    """The demo's database for this store, with the addon in its present version."""
    name = "mc_demo" if store.is_sandbox else f"mc_demo_{digest(store.url)[:8]}"
    if fresh:
        databases.drop(environment, name)
    existed = databases.exists(environment, name)
    if not existed:
        databases.clone(environment, name)
    command = environment.command(
        "-d", name, "-u" if existed else "-i", MODULE, "--stop-after-init", "--no-http", "--max-cron-threads=0"
    )
    title = "updating the addon in the demo's database" if existed else "installing the addon"
    run(command, LOGS / "demo_install.log", title, env=environment.variables, progress=databases.loading_news)
    return name


def _table(story: Story, seconds: float) -> dict[str, Any]:
    browser, mine = story.browser, story.mine
    instance = browser.read("magento.instance", [("id", "=", story.instance)], ["url", "protocol", "magento_version"])[
        0
    ]
    states = story.states()
    failed = browser.read(
        "magento.order", [*mine, ("state", "=", "failed")], ["increment_id", "reason"], order="increment_id"
    )
    runs = browser.read("magento.run", mine, ["request_count"])
    return {
        "instance": {key: instance[key] for key in ("url", "protocol", "magento_version")},
        "store_views": browser.count("magento.store.view", mine),
        "categories": browser.count("magento.category", mine),
        "products": {
            "linked": browser.count("magento.product", mine),
            "failed": browser.count("magento.product.problem", mine),
        },
        "stock": {
            "compared": browser.count("magento.product", [*mine, ("stock_compared_at", "!=", False)]),
            "sent": browser.count("magento.product", [*mine, ("stock_sent_at", "!=", False)]),
            "differing": browser.count(
                "magento.product", [*mine, ("stock_differs", "=", True), ("is_gone", "=", False)]
            ),
        },
        "shipments": browser.count("magento.outbox", [*mine, ("kind", "=", "shipment"), ("state", "=", "sent")]),
        "orders": {"seen": sum(states.values())} | {key: states[key] for key in ("imported", "failed", "skipped")},
        "money": check.money(browser, story.instance),
        "requests": sum(entry["request_count"] for entry in runs),
        "seconds": round(seconds, 1),
        "failures": [{"increment_id": row["increment_id"], "reason": row["reason"]} for row in failed],
    }


def _print(table: dict[str, Any]) -> None:
    orders, money = table["orders"], table["money"]
    print(
        f"\n{table['instance']['magento_version']} at {table['instance']['url']}, over {table['instance']['protocol']}"
    )
    for label, value in (
        ("store views", table["store_views"]),
        ("categories linked", table["categories"]),
        ("products linked", table["products"]["linked"]),
        ("products failed", table["products"]["failed"]),
        ("stock sent or the same", f"{table['stock']['sent']} of {table['stock']['compared']}"),
        ("shipments sent", table["shipments"]),
        ("orders seen", orders["seen"]),
        ("orders imported", orders["imported"]),
        ("orders failed", orders["failed"]),
        ("orders skipped by a rule", orders["skipped"]),
        (
            "exact to the cent",
            f"{money['exact']} of {money['checked']} (worst difference {money['worst_difference']:.2f})",
        ),
        ("requests to Magento", table["requests"]),
        ("seconds", table["seconds"]),
    ):
        print(f"  {label:<26}{value:>12}" if isinstance(value, int | float) else f"  {label:<26}{value}")
    for failure in table["failures"]:
        print(f"  {failure['increment_id']}: {failure['reason']}")
    sys.stdout.flush()


def _is_good(table: dict[str, Any], store: Store) -> bool:
    orders, money = table["orders"], table["money"]
    expected = EXPECTED_FAILURES if store.is_sandbox else 0
    return bool(
        table["products"]["linked"]
        and not table["stock"]["differing"]
        and table["shipments"] == store.is_sandbox
        and orders["failed"] == expected
        and orders["imported"] + orders["failed"] + orders["skipped"] == orders["seen"]
        and orders["imported"] == money["checked"] == money["exact"] > 0
    )
