"""A running store, as tests and demos hold it in their hands."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType
from typing import Any

from .fill import fill
from .log import Requests, Sent
from .misbehave import Rule
from .server import Server
from .settings import Settings
from .shop import Shop
from .values import Row
from .web import Application


class Sandbox:
    """A store that runs in a thread until `stop()`; also a context manager."""

    def __init__(self, settings: Settings, host: str = "127.0.0.1", port: int = 0) -> None:
        self.settings = settings
        self.shop = Shop(settings)
        fill(self.shop)
        self.application = Application(self.shop)
        self.control = self.application.control
        self._server = Server(host, port, self.application)
        self.host, self.port = host, int(self._server.server_address[1])
        self.url = settings.base_url or f"http://{host}:{self.port}"
        self.shop.base_url = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="sandbox")
        self._thread.start()

    @property
    def user(self) -> str:
        """The name of an API user who may do everything."""
        return self.settings.users[0].name

    @property
    def key(self) -> str:
        """That user's key."""
        return self.settings.users[0].key

    @property
    def requests(self) -> Requests:
        """Counts of what was asked: `total`, `by_method`, `by_protocol`, `calls`."""
        return self.application.requests

    @property
    def log(self) -> deque[Sent]:
        """What was sent, keys masked."""
        return self.requests.log

    def reset(self) -> None:
        """Count from zero, and behave."""
        self.control.reset()

    def misbehave(self, kind: str, method: str = "*", **more: Any) -> Rule:
        """Misbehave: see `misbehave.KINDS`; `times` (None: for ever), `after` so many, `protocol`, `seconds`, ..."""
        return self.application.rules.add(kind, method, **more)

    def set_payload(self, increment_id: str, payload: Any) -> None:
        """Answer that, whatever it is, for an order; None: answer the order again."""
        with self.shop.lock:
            self.control.set_payload(increment_id, payload)

    def set_list_row(self, increment_id: str, fields: Row | None) -> None:
        """Answer these fields in lists for an order, whatever they are; None: those of the order again."""
        with self.shop.lock:
            self.control.set_list_row(increment_id, fields)

    def place_order(self, **given: Any) -> Row:
        """Place an order, and answer it: README.md says what can be given."""
        with self.shop.lock:
            return self.control.place_order(**given)

    def change_order(self, increment_id: str, *steps: str, **changes: Any) -> Row:
        """Do things to an order (invoice, ship, refund, cancel, hold, unhold; "invoice-half", ...), set fields."""
        with self.shop.lock:
            return self.control.change_order(increment_id, list(steps), changes)

    def edit_product(self, sku: str, **changes: Any) -> Row:
        """Change a product, or make one."""
        with self.shop.lock:
            return self.control.edit_product(sku, **changes)

    def edit_customer(self, customer_id: int | None = None, **changes: Any) -> Row:
        """Change a customer, or make one."""
        with self.shop.lock:
            return self.control.edit_customer(customer_id, **changes)

    def edit_address(self, customer_id: int, address_id: int | None = None, **changes: Any) -> Row:
        """Change an address of a customer, or make one; `is_default_billing` and the like as in the API."""
        with self.shop.lock:
            return self.control.edit_address(customer_id, address_id, **changes)

    def delete(self, **what: Any) -> None:
        """Delete a `product` (SKU), a customer (`customer_id`), an `order` (number), an `address` (id)."""
        with self.shop.lock:
            self.control.delete(**what)

    def stop(self) -> None:
        """Stop listening, close all connections."""
        self._server.shutdown()
        self._server.server_close()
        self._server.close_all()
        self._thread.join(5)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(host: str = "127.0.0.1", port: int = 0, **settings: Any) -> Sandbox:
    """Run a store: `products`, `orders`, `customers`, `seed`, `recorded_only`, ... as in `Settings`."""
    return Sandbox(Settings(**settings), host, port)
