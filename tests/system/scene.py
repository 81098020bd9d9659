"""One database with the addon, the servers that run on it, and what has to be true of it in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from servers import OdooServer, Store, wait_until

from devkit.demo import check
from devkit.demo.browser import Browser
from devkit.environment import Environment
from devkit.paths import LOGS
from devkit.testing.odoo import check_log

RATES = (2, 5, 5.5, 7, 8.25, 8.375, 10, 13.37, 19, 20)
# Everything that an import makes, without the numbers that the database gives.
QUERIES = {
    "inbox": "SELECT increment_id, magento_id, state FROM magento_order",
    "sale orders": "SELECT o.magento_number, o.name, o.amount_total, o.amount_tax, c.name, p.complete_name,"
    " i.complete_name, d.complete_name FROM sale_order o JOIN res_currency c ON c.id = o.currency_id"
    " JOIN res_partner p ON p.id = o.partner_id JOIN res_partner i ON i.id = o.partner_invoice_id"
    " JOIN res_partner d ON d.id = o.partner_shipping_id",
    "lines": "SELECT o.magento_number, l.magento_item_id, p.default_code, l.product_uom_qty, l.price_subtotal,"
    " l.price_total FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id"
    " LEFT JOIN product_product p ON p.id = l.product_id",
    "partners": "SELECT complete_name, email, type, street, zip, city, is_company FROM res_partner",
    "customers": "SELECT magento_id, email, count(*) FROM magento_customer GROUP BY 1, 2",
    "addresses": "SELECT p.complete_name, a.fingerprint FROM magento_address a"
    " JOIN res_partner p ON p.id = a.partner_id",
    "products": "SELECT default_code, active, count(*) FROM product_product GROUP BY 1, 2",
    "links": "SELECT magento_id, sku FROM magento_product",
    "taxes": "SELECT rate, country_id, count(*) FROM magento_tax GROUP BY 1, 2",
}


@dataclass
class Scene:
    """A database of one test; `name` also names the logs of its servers."""

    environment: Environment
    database: str
    store: Store
    name: str
    servers: list[OdooServer] = field(default_factory=list)

    def serve(self) -> OdooServer:
        """Start a server."""
        log = LOGS / f"system-{self.name}-{len(self.servers) + 1}.log"
        self.servers.append(OdooServer(self.environment, self.database, log))
        return self.servers[-1]

    def sql(self, statement: str) -> str:
        """Ask the database itself."""
        return self.environment.server.sql(statement, self.database)

    def count(self, state: str) -> int:
        """How many orders of the inbox are in a state."""
        return int(self.sql(f"SELECT count(*) FROM magento_order WHERE state = '{state}'"))

    def runs(self) -> list[list[str]]:
        """State, number of orders seen, and message, of every run."""
        text = self.sql("SELECT state, seen_count, message FROM magento_run ORDER BY id")
        return [line.split("|") for line in text.splitlines()]

    def let_time_pass(self) -> None:
        """Do what the next minutes would: all pauses end, and the servers look for scheduled actions that are due."""
        for table in ("magento_instance", "magento_direction"):
            self.sql(f"UPDATE {table} SET paused_until = paused_until - interval '1 hour'")
        self.sql("UPDATE ir_cron_trigger SET call_at = call_at - interval '1 hour'")
        self.look_for_work()

    def look_for_work(self) -> None:
        """Let the servers look for scheduled actions now, which they do once a minute."""
        self.environment.server.sql(f"NOTIFY cron_trigger, '{self.database}'")

    def wait_for_the_end(self) -> None:
        """Wait until every order is in the inbox and no run is open."""
        orders = self.store.state()["orders"]
        done = (
            f"SELECT 1 WHERE (SELECT count(*) FROM magento_order) = {orders}"
            " AND NOT EXISTS (SELECT 1 FROM magento_run WHERE state IN ('queued', 'running'))"
            " AND NOT EXISTS (SELECT 1 FROM magento_order WHERE state = 'waiting')"
        )
        wait_until("the import is at its end", lambda: self.sql(done), 180)

    def everything(self) -> dict[str, list[str]]:
        """All that an import has made, in a form that can be compared between databases."""
        return {what: sorted(self.sql(query).splitlines()) for what, query in QUERIES.items()}

    def assert_good(self, browser: Browser) -> None:
        """Every order is imported, once, exact to the cent; nothing in the logs; the key nowhere."""
        orders = self.store.state()["orders"]
        assert self.count("imported") == orders, self.sql("SELECT increment_id, state, reason FROM magento_order")
        assert int(self.sql("SELECT count(DISTINCT sale_order_id) FROM magento_order")) == orders
        assert int(self.sql("SELECT count(*) FROM sale_order WHERE magento_number IS NOT NULL")) == orders
        money = check.money(browser, instance_of(browser))
        assert (money["checked"], money["exact"]) == (orders, orders), money
        self.assert_quiet(self.store.key)

    def assert_quiet(self, *secrets: str) -> None:
        """No warning in the logs, and none of the secrets there or where people read."""
        for server in self.servers:
            problem = check_log(server.log)
            assert not problem, problem
            text = server.log.read_text(encoding="utf-8", errors="replace")
            assert not [secret for secret in secrets if secret in text]
        read = " UNION ALL ".join(
            f"SELECT {column}::text FROM {table}"
            for table, column in (
                ("mail_message", "body"),
                ("mail_tracking_value", "new_value_char"),
                ("magento_run", "message"),
                ("magento_instance", "error_message"),
                ("mail_activity", "summary"),
                ("magento_order", "reason"),
                ("ir_logging", "message"),
            )
        )
        told = self.sql(read)
        assert not [secret for secret in secrets if secret in told]


def instance_of(browser: Browser) -> int:
    """The only instance."""
    return int(browser.call("magento.instance", "search", [])[0])


def set_up(browser: Browser, store: Store) -> None:
    """Connect the store, let all orders in, and map all rates that occur."""
    currencies = _currencies(browser)
    browser.call("res.currency", "write", currencies, {"active": True})
    rates = [{"currency_id": number, "name": "2000-01-01", "rate": 1.1} for number in currencies]
    browser.call("res.currency.rate", "create", rates)
    values = {"name": "Shop", "url": store.url, "username": store.user, "api_key": store.key, "protocol": "xmlrpc"}
    instance = browser.call("magento.instance", "create", values | {"rate_max_age": 365 * 100})
    browser.call("magento.instance", "action_connect", [instance])
    statuses = browser.call("magento.order.status", "search", [])
    views = browser.call("magento.store.view", "search", [])
    browser.call("magento.order.status", "write", statuses, {"action": "quotation"})
    browser.call("magento.store.view", "write", views, {"import_from": False})
    for rate in RATES:
        tax = browser.call("account.tax", "create", {"name": f"{rate} %", "amount": rate, "type_tax_use": "sale"})
        mapping = {"instance_id": instance, "rate": rate, "tax_ids": [(6, 0, [tax])]}
        browser.call("magento.tax", "create", mapping)


def _currencies(browser: Browser) -> Any:
    wanted = [("name", "in", ["USD", "EUR", "GBP"])]
    return browser.call("res.currency", "search", wanted, context={"active_test": False})


def press_import(browser: Browser) -> int:
    """Press Import Orders; the number of the run that opens."""
    return int(browser.call("magento.instance", "action_import_orders", [instance_of(browser)])["res_id"])
