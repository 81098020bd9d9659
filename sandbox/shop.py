"""The store's data: its tables, and how a request finds its way into them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any

from . import recorded
from .faults import Broken, fault
from .sessions import Sessions
from .settings import Settings
from .tables import Built, Record, Table
from .values import Row, Value, as_int

PAST = datetime(2026, 11, 21, 0, 30, tzinfo=timezone.utc)


class Shop:
    """A store: what it holds, and the state that requests change. Take `lock` while using it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.base_url = settings.base_url or ""
        self.sessions = Sessions(settings.users, settings.session_timeout, settings.version.session_length)
        self.stores: list[Row] = recorded.load("stores")
        self.website_codes = {1: "base", 2: "eu", 3: "uk"}
        self.products = Table("product_id", "sku")
        self.product_translations: dict[tuple[int, int], Row] = {}
        self.stock: dict[int, Row] = {}
        self.categories: dict[int, Row] = {}
        self.category_translations: dict[tuple[int, int], Row] = {}
        self.root_categories = {1: 2, 2: 3, 3: 2}
        self.positions: dict[tuple[int, int], int] = {}
        self.broken_products: dict[int, str] = {}  # saving them ends in an exception with that text
        self.made_up = range(0)  # the ids of the products that are made up
        self.images: dict[int, list[Row]] = {}
        self.media: dict[str, bytes] = {}
        self.customers = Table("customer_id", "email")
        self.addresses = Table("customer_address_id", "customer_address_id")
        self._addresses_of: dict[int, list[Record]] = {}
        self.last_customer = self.last_address = 0  # numbers of what was deleted are not given again
        self.built = Built()
        self.last_track = 1000
        self.orders = Table("order_id", "increment_id")
        self.invoices = Table("invoice_id", "increment_id")
        self.shipments = Table("shipment_id", "increment_id")
        self.creditmemos = Table("creditmemo_id", "increment_id")
        self.counters: dict[tuple[str, str], int] = {}
        self.clock = settings.now
        self.groups = dict(enumerate(("NOT LOGGED IN", "General", "Wholesale", "Retailer", "VIP & Amis é")))
        self._past = PAST
        self.payloads: dict[str, Value] = {}
        self.list_rows: dict[str, Row] = {}  # fields that lists of orders answer otherwise, by the order's number
        self.basic_auth = settings.basic_auth

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """One call of the API: it takes its time, and then has the store to itself."""
        time.sleep(self.settings.latency / 1000)
        with self.lock:
            yield

    def add_address(self, record: Record) -> None:
        """Take in a customer's address."""
        self.addresses.add(record)
        self._addresses_of.setdefault(record.get("customer_id"), []).append(record)

    def remove_address(self, record: Record) -> None:
        """Forget a customer's address."""
        self.addresses.remove(record)
        self._addresses_of[record.get("customer_id")].remove(record)

    def addresses_of(self, customer_id: int) -> list[Record]:
        """A customer's addresses."""
        return self._addresses_of.get(customer_id, [])

    def now(self) -> str:
        """The store's clock: UTC, as the database writes it."""
        return self.moment().strftime("%Y-%m-%d %H:%M:%S")

    def moment(self) -> datetime:
        """The store's clock; it never runs behind the recorded past."""
        return self.clock or max(datetime.now(timezone.utc), self._past)

    def not_before(self, moment: str) -> None:
        """Let the clock never run behind that moment, if it is one."""
        with suppress(ValueError):
            self._past = max(self._past, datetime.fromisoformat(moment).replace(tzinfo=timezone.utc))

    def store(self, given: Value, resource: str) -> Row:
        """The store view with that id or code; none given is the admin's."""
        if given is None or given == "" or given in (0, "0", "admin"):
            return {"store_id": 0, "code": "admin", "website_id": 0}
        for store in self.stores:
            if given in (store["store_id"], store["code"], str(store["store_id"])):
                return store
        raise fault("store_not_exists", resource)

    def order(self, increment_id: Value, resource: str = "sales_order", name: str = "not_exists") -> Record:
        """The order with that number."""
        found = self.orders.by_natural(increment_id) if isinstance(increment_id, (str, int)) else None
        if found is None:
            raise fault(name, resource)
        return found

    def product(self, given: Value, identifier: Value = None, resource: str = "catalog_product") -> Record:
        """The product meant: digits without a leading zero are an id, unless told what they are."""
        found = None
        if isinstance(given, (str, int)) and not isinstance(given, bool):
            text = str(given)
            plain_id = text.isdigit() and not text.startswith("0")
            if identifier == "id" or (identifier != "sku" and plain_id):
                found = self.products.by_id(as_int(given))
            else:
                found = self.products.by_natural(text) or self.products.by_natural(text.strip())
                if found is None and identifier != "sku":
                    found = self.products.by_id(as_int(given))
        if found is None:
            raise fault("product_not_exists", resource)
        return found

    def check_size(self, rows: list[Any], limit: int) -> None:
        """A list that is too long for PHP's memory ends without a word."""
        if len(rows) > limit:
            raise Broken(500)
