"""Orders kept as JSON, which the sandbox store serves with --orders-from: what the demo has to know of them itself."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..console import DevError

Row = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A folder of orders, one file each, and the documents.json beside them or above."""

    folder: Path

    @cached_property
    def orders(self) -> list[Row]:
        """The orders; DevError when there are none."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json"))]
        orders = [order for order in found if isinstance(order, dict) and "base_currency_code" in order]
        if not orders:
            raise DevError(
                f"there are no orders in {self.folder}: one JSON file each, as sales_order.info answers them"
            )
        return orders

    def documents(self, kind: str) -> list[Row]:
        """The documents of a kind (invoice, creditmemo) that Magento did not cancel."""
        path = next((one for one in self._places() if one.is_file()), None)
        kept = json.loads(path.read_text(encoding="utf-8")) if path else {}
        known = {str(order.get("order_id")) for order in self.orders}
        rows = kept.get(f"sales_order_{kind}", {}).values()
        return [row for row in rows if str(row["order_id"]) in known and str(row["state"]) != "3"]

    def _places(self) -> tuple[Path, Path]:
        return self.folder / "documents.json", self.folder.parent / "documents.json"

    @property
    def base_currency(self) -> str:
        """The currency in which most orders are booked."""
        return Counter(str(order["base_currency_code"]) for order in self.orders).most_common(1)[0][0]

    @property
    def statuses(self) -> set[str]:
        """Every status that an order has."""
        return {str(order["status"]) for order in self.orders if order.get("status")}
