"""What the demo does in Odoo, step by step, as an administrator would: by the methods behind the buttons."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ..console import DevError, say
from .books import open_books
from .browser import Browser
from .kept import Kept

# Left alone, so that there is something to fix in the browser: see sandbox/README.md
EXOTIC_RATE = 13.37


@dataclass(frozen=True)
class Store:
    """The shop that is joined to Odoo. To any but the sandbox store of its own kind, nothing is written."""

    url: str
    user: str
    key: str
    is_sandbox: bool = False
    kept: Kept | None = None


@dataclass(frozen=True)
class Choices:
    """What an administrator chooses: the protocol (None: found out), and whether Odoo's taxes are in its prices."""

    protocol: str | None = None
    tax_included: bool = False


class Story:
    """One instance, from its connection to its orders."""

    def __init__(self, browser: Browser, store: Store, choices: Choices) -> None:
        self.browser = browser
        self.store = store
        self.choices = choices
        self.requests = 0
        self.instance = self._instance()
        self._itself: list[Any] = [("id", "=", self.instance)]
        self.mine: list[Any] = [("instance_id", "=", self.instance)]

    def tell(self) -> None:
        """Connect, bring the catalog, the orders and the stock in; fix what an accountant would, and go on."""
        if self.store.kept:
            open_books(self.browser, self.store.kept.base_currency, self.choices.tax_included)
        self.connect()
        self.import_catalog()
        self.import_orders()
        if not self.store.is_sandbox:
            self._open_books()
        for _round in range(4):
            self.use_currencies()
            if not self.map_taxes():
                break
            self.wait_for_runs()
        if self.store.kept:
            return
        self.take_over_stock()
        if self.store.is_sandbox:  # nothing is written to a real shop
            self.send_stock()

    def _open_books(self) -> None:
        """Keep the books in the currency that the orders of a real shop name as its own."""
        rows = self.browser.read("magento.order", [*self.mine, ("payload", "!=", False)], ["payload"], limit=1)
        if rows and rows[0]["payload"].get("base_currency_code"):
            open_books(self.browser, rows[0]["payload"]["base_currency_code"])

    def connect(self) -> None:
        """Press Connect; let orders of every status and age in. Kept ones are invoiced, too: nobody ships them."""
        browser = self.browser
        browser.call("magento.instance", "action_connect", [self.instance])
        version = browser.read("magento.instance", self._itself, ["magento_version", "protocol"])[0]
        say(f"connected to {version['magento_version']} over {version['protocol']}")
        self._know_statuses()
        statuses = browser.call("magento.order.status", "search", self.mine)
        action = "invoice" if self.store.kept else "quotation"
        browser.call("magento.order.status", "write", statuses, {"action": action})
        views = browser.call("magento.store.view", "search", self.mine)
        browser.call("magento.store.view", "write", views, {"import_from": False})

    def _know_statuses(self) -> None:
        """Add the statuses of kept orders that Magento has not by itself."""
        known = {row["code"] for row in self.browser.read("magento.order.status", self.mine, ["code"])}
        for code in sorted(self.store.kept.statuses - known if self.store.kept else ()):
            values = {"instance_id": self.instance, "code": code, "name": code}
            self.browser.call("magento.order.status", "create", values)

    def import_catalog(self) -> None:
        """Press Import Products: categories, attribute sets and tax classes come along."""
        self.browser.call("magento.instance", "action_import_products", [self.instance])
        self.wait_for_runs()
        say(f"{self.browser.count('magento.product', self.mine)} products are linked")

    def take_over_stock(self) -> None:
        """Once: count what Magento has, and apply the count, as a warehouse that begins with Odoo does."""
        if self._is_sending():
            return
        wizard = self.browser.call("magento.stock.wizard", "create", {"instance_id": self.instance})
        self.browser.call("magento.stock.wizard", "action_take_over", [wizard])
        self.wait_for_runs()
        counted = self.browser.call("stock.quant", "search", [("inventory_quantity_set", "=", True)])
        say(f"counted {len(counted)} products as Magento has them")
        self.browser.call("stock.quant", "action_apply_inventory", counted)

    def send_stock(self) -> None:
        """Compare, confirm the first send, and go on sending what changes."""
        self.browser.call("magento.instance", "action_compare_stock", [self.instance])
        self.wait_for_runs()
        if not self._is_sending():
            wizard = self.browser.call("magento.stock.wizard", "create", {"instance_id": self.instance})
            self.browser.call("magento.stock.wizard", "action_send", [wizard])
        else:  # the store is a new one, which knows nothing of what was sent to the last one
            differing = self.browser.call("magento.product", "search", [*self.mine, ("stock_differs", "=", True)])
            if differing:
                self.browser.call("magento.product", "action_send_stock", differing)
        self.wait_for_runs()

    def _is_sending(self) -> bool:
        return bool(self.browser.count("magento.instance", [("stock_confirmed_at", "!=", False), *self._itself]))

    def import_orders(self) -> None:
        """Press Import Orders, and watch the run."""
        self.browser.call("magento.instance", "action_import_orders", [self.instance])
        self.wait_for_runs()

    def wait_for_runs(self) -> None:
        """Watch until no run is open and no order waits for the next one."""
        told = time.monotonic()
        while self._is_busy():
            time.sleep(0.5)
            if time.monotonic() - told > 5:
                told = time.monotonic()
                say(f"  importing: {self.states()}")

    def _is_busy(self) -> bool:
        """Whether something is still to come; DevError with the reason when the last run was stopped."""
        if self.browser.count("magento.run", [*self.mine, ("state", "in", ["queued", "running"])]):
            return True
        last = self.browser.read("magento.run", self.mine, ["state", "message"], limit=1)
        if last and last[0]["state"] == "stopped":
            raise DevError(last[0]["message"])
        return bool(self.browser.count("magento.order", [*self.mine, ("state", "=", "waiting")]))

    def states(self) -> dict[str, int]:
        """How many orders are in which state."""
        states = ("waiting", "imported", "failed", "skipped")
        return {state: self.browser.count("magento.order", [*self.mine, ("state", "=", state)]) for state in states}

    def use_currencies(self) -> None:
        """Press the checklist's buttons for currencies that orders need, and for the rates that Magento had then."""
        for lacking, button in (
            ("inactive_currencies", "action_activate_currencies"),
            ("missing_rates", "action_use_magento_rates"),
        ):
            codes = self.browser.read("magento.instance", self._itself, [lacking])[0][lacking]
            if codes:
                say(f"{self._failed()} orders failed; {button} for {codes}")
                self.browser.call("magento.instance", button, [self.instance])
                self.wait_for_runs()

    def map_taxes(self) -> bool:
        """Make an Odoo tax for each rate that lacks one, as an accountant would; False when there is none left."""
        domain = [*self.mine, ("needs_mapping", "=", True)]
        rows = self.browser.read("magento.tax", domain, ["display_name", "rate"])
        if self.store.is_sandbox:
            rows = [row for row in rows if row["rate"] != EXOTIC_RATE]
        if not rows:
            return False
        say(f"{self._failed()} orders failed; mapping {', '.join(row['display_name'] for row in rows)}")
        for row in rows:
            values = {"name": row["display_name"], "amount": row["rate"], "type_tax_use": "sale"}
            if self.choices.tax_included:
                values["price_include_override"] = "tax_included"
            tax = self.browser.call("account.tax", "create", values)
            self.browser.call("magento.tax", "write", [row["id"]], {"tax_ids": [(6, 0, [tax])]})
        return True

    def _failed(self) -> int:
        return self.states()["failed"]

    def _instance(self) -> int:
        """The demo's instance, at the address that the store has today."""
        values = {"url": self.store.url, "username": self.store.user, "api_key": self.store.key}
        if self.choices.protocol:
            values["protocol"] = self.choices.protocol
        known = self.browser.call("magento.instance", "search", [], limit=1)
        if known:
            self.browser.call("magento.instance", "write", known, values)
            return int(known[0])
        return int(self.browser.call("magento.instance", "create", values | {"name": "Demo shop"}))
