"""The store's control panel: JSON under /_sandbox/, and the same from Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from . import people, placing
from .faults import Fault
from .log import Requests
from .messages import Answer
from .misbehave import KINDS, Rules
from .shop import Shop
from .values import Row


class Control:
    """Makes things happen in the store, and tells what happened."""

    def __init__(self, shop: Shop, requests: Requests, rules: Rules) -> None:
        self.shop = shop
        self.requests = requests
        self.rules = rules
        self._actions: dict[str, Callable[..., Any]] = {
            "state": self.state,
            "reset": self.reset,
            "misbehave": self.misbehave,
            "behave": self.rules.clear,
            "payload": self.set_payload,
            "list-row": self.set_list_row,
            "order": self.place_order,
            "change-order": self.change_order,
            "product": self.edit_product,
            "customer": self.edit_customer,
            "address": self.edit_address,
            "delete": self.delete,
            "clock": self.set_clock,
            "basic-auth": self.set_basic_auth,
        }

    def answer(self, verb: str, path: str, body: bytes) -> Answer:
        """Answer a request to the control panel."""
        action = path.removeprefix("/_sandbox").strip("/") or "state"
        if action not in self._actions:
            return _json({"error": f"unknown action {action!r}", "actions": sorted(self._actions)}, 404)
        if verb != "POST" and action != "state":
            return _json({"error": "POST a JSON object", "misbehaviours": KINDS}, 405)
        try:
            with self.shop.lock:
                result = self._actions[action](**json.loads(body or b"{}"))
        except (LookupError, TypeError, ValueError, ArithmeticError, Fault) as problem:
            return _json({"error": f"{type(problem).__name__}: {problem}"}, 400)
        return _json({"done": True} if result is None else result)

    def state(self, last: int = 100) -> Row:
        """Counts, the log, what the store holds."""
        shop = self.shop
        return {
            "requests": self.requests.state(last),
            "rules": [repr(rule) for rule in self.rules.active()],
            "products": len(shop.products),
            "orders": len(shop.orders),
            "customers": len(shop.customers),
            "now": shop.now(),
        }

    def reset(self) -> None:
        """Count from zero, and behave."""
        self.requests.reset()
        self.rules.clear()
        self.shop.payloads.clear()
        self.shop.list_rows.clear()

    def misbehave(self, kind: str, method: str = "*", **more: Any) -> Row:
        """Ask for a misbehaviour."""
        return {"rule": repr(self.rules.add(kind, method, **more))}

    def set_payload(self, increment_id: str, payload: Any) -> None:
        """Answer that, whatever it is, for an order; None: answer the order again."""
        if payload is None:
            self.shop.payloads.pop(increment_id, None)
        else:
            self.shop.payloads[increment_id] = payload

    def set_list_row(self, increment_id: str, fields: Row | None) -> None:
        """Answer these fields in lists for an order, whatever they are; None: those of the order again."""
        if fields is None:
            self.shop.list_rows.pop(increment_id, None)
        else:
            self.shop.list_rows[increment_id] = fields

    def place_order(self, **given: Any) -> Row:
        """Place an order; answers it."""
        return placing.place_order(self.shop, given)

    def change_order(self, increment_id: str, steps: list[str] | None = None, changes: Row | None = None) -> Row:
        """Do things to an order, and set fields of it; answers it."""
        return placing.change_order(self.shop, increment_id, steps or [], changes or {})

    def edit_product(self, sku: str, **changes: Any) -> Row:
        """Change a product, or make one; answers it."""
        return placing.edit_product(self.shop, sku, changes)

    def edit_customer(self, customer_id: int | None = None, **changes: Any) -> Row:
        """Change a customer, or make one; answers it."""
        return people.edit_customer(self.shop, customer_id, changes)

    def edit_address(self, customer_id: int, address_id: int | None = None, **changes: Any) -> Row:
        """Change an address of a customer, or make one; answers it."""
        return people.edit_address(self.shop, customer_id, address_id, changes)

    def delete(
        self,
        product: str | None = None,
        customer_id: int | None = None,
        order: str | None = None,
        address: int | None = None,
    ) -> None:
        """Delete a product (by SKU), a customer (by id), an order (by number), an address (by id)."""
        shop = self.shop
        if address:
            found = shop.addresses.by_id(address)
            if found is None:
                raise LookupError("there is none such")
            people.delete_address(shop, found)
        wanted = [(shop.products, shop.products.by_natural(product))] if product else []
        wanted += [(shop.customers, shop.customers.by_id(customer_id))] if customer_id else []
        wanted += [(shop.orders, shop.orders.by_natural(order))] if order else []
        for table, record in wanted:
            if record is None:
                raise LookupError("there is none such")
            table.remove(record)

    def set_clock(self, now: str | datetime | None = None) -> None:
        """Let the store's clock stand still there (UTC); None: let it run."""
        self.shop.clock = datetime.fromisoformat(now) if isinstance(now, str) else now

    def set_basic_auth(self, user: str | None = None, password: str = "") -> None:
        """Ask for HTTP Basic credentials; no user: ask no more."""
        self.shop.basic_auth = (user, password) if user else None


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, default=str).encode(), status, "application/json")
