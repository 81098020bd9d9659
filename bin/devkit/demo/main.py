"""`bin/demo`: the connector at work, on a real Odoo with a real PostgreSQL, against a store over real HTTP."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import databases
from ..console import run, say
from ..environment import Environment, prepare
from ..locks import digest
from ..paths import LOGS, MODULE
from ..store import sandbox
from .browser import Browser, server
from .delivery import deliver
from .kept import Kept
from .story import Choices, Store, Story
from .table import is_good, show, table_of

PROTOCOLS = ("xmlrpc", "soap_v1", "soap_v2", "soap_v2_wsi")


def main(args: list[str]) -> int:
    """Show it, print what happened, and keep Odoo running until Ctrl-C."""
    options = _options(args)
    begin = time.monotonic()
    environment = prepare()
    with _store(options) as store:
        database = _database(environment, _name(options), options.fresh or bool(options.orders_from and options.check))
        with server(environment, database, LOGS / "demo.log", options.port) as url:
            story = Story(Browser(url, database), store, Choices(options.protocol, options.tax_included))
            story.tell()
            if store.is_sandbox:  # nothing is written to a real shop
                deliver(story)
            table = table_of(story, time.monotonic() - begin)
            show(table)
            if options.json:
                options.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
            if options.check:
                return 0 if is_good(table, store) else 1
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
        "--orders-from",
        type=Path,
        metavar="DIR",
        help="a sandbox store of these orders (JSON files, see sandbox/README.md): they are imported and invoiced, "
        "their documents are taken over, and all is compared; with --check in a new database each time",
    )
    parser.add_argument("--like", metavar="VERSION", help="the version of Magento that the sandbox store is (19.4)")
    parser.add_argument("--protocol", choices=PROTOCOLS, help="instead of the one that Connect finds")
    parser.add_argument(
        "--tax-included", action="store_true", help="with --orders-from: Odoo's prices include taxes, rounded globally"
    )
    parser.add_argument(
        "--check", action="store_true", help="stop after the table; exit code 0 if all is imported and exact"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there")
    parser.add_argument("--port", type=int, default=8069, help="of Odoo, or the next free one (8069)")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database")
    options = parser.parse_args(args)
    if options.magento and not (options.user and options.key):
        parser.error("--magento needs --user and --key")
    if options.magento and (options.orders_from or options.like):
        parser.error("--orders-from and --like are for the sandbox store, not for --magento")
    return options


@contextmanager
def _store(options: argparse.Namespace) -> Iterator[Store]:
    if options.magento:
        yield Store(options.magento, options.user, options.key)
        return
    kept = Kept(options.orders_from.resolve()) if options.orders_from else None
    arguments = ["--orders-from", str(kept.folder)] if kept else []
    arguments += ["--like", options.like] if options.like else []
    arguments += ["--wsi"] if options.protocol == "soap_v2_wsi" else []
    say("starting the sandbox store")
    with sandbox(arguments) as shop:
        yield Store(shop["url"], shop["user"], shop["key"], is_sandbox=not kept, kept=kept)


def _name(options: argparse.Namespace) -> str:
    """The demo's database: one for each store and way to look at it."""
    place = options.magento or str(options.orders_from.resolve() if options.orders_from else "")
    chosen = [place, options.protocol or "", "included" if options.tax_included else ""]
    return f"mc_demo_{digest(*filter(None, chosen))[:8]}" if any(chosen) else "mc_demo"


def _database(environment: Environment, name: str, fresh: bool) -> str:
    """The demo's database, with the addon in its present version."""
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
