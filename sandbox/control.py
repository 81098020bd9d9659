"""The store's control panel: JSON under /_sandbox/, and the same from Python."""

from __future__ import annotations

import json
from typing import Any

from .messages import Answer
from .log import Requests
from .misbehave import KINDS, Rules
from .shop import Shop
from .values import Row


class Control:
    """Makes things happen in the store, and tells what happened."""

    def __init__(self, shop: Shop, requests: Requests, rules: Rules) -> None:
        self.shop = shop
        self.requests = requests
        self.rules = rules

    def answer(self, verb: str, path: str, body: bytes) -> Answer:
        """Answer a request to the control panel."""
        action = path.removeprefix("/_sandbox").strip("/") or "state"
        given: Row = {}
        try:
            given = json.loads(body or b"{}")
            result = self.perform(action, given)
        except (KeyError, TypeError, ValueError) as problem:
            return _json({"error": str(problem)}, 400)
        return _json(result)

    def perform(self, action: str, given: Row) -> Any:
        """Do one action."""
        if action == "state":
            return self.state()
        if action == "reset":
            self.requests.reset()
            self.rules.clear()
            return {"done": True}
        if action == "misbehave":
            return {"kinds": KINDS} if not given else {"rule": repr(self.rules.add(**given))}
        if action == "payload":
            self.set_payload(given["increment_id"], given["payload"])
            return {"done": True}
        raise ValueError(f"unknown action {action!r}")

    def state(self) -> Row:
        """Counts, the log, what the store holds."""
        shop = self.shop
        return {
            "requests": self.requests.state(),
            "rules": [repr(rule) for rule in self.rules.active()],
            "products": len(shop.products),
            "orders": len(shop.orders),
            "customers": len(shop.customers),
        }

    def set_payload(self, increment_id: str, payload: Any) -> None:
        """Answer that, whatever it is, for an order; None: answer the order again."""
        with self.shop.lock:
            if payload is None:
                self.shop.payloads.pop(increment_id, None)
            else:
                self.shop.payloads[increment_id] = payload


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, default=str).encode(), status, "application/json")
