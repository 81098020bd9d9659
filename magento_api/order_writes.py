"""What is done to an order itself: comments, hold, cancel."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from . import parse
from .base import Base, chunks
from .read import Fields, record, without_odd
from .records import OrderKey, OrderSummary

_CLOCK = timedelta(minutes=1)
_AT_ONCE = 100
_SPACE = re.compile(r"\s+")
_FOUR_BYTES = re.compile("[\U00010000-\U0010ffff]")


def comment_key(text: str) -> str:
    """What two comments have in common that are the same, one of them after Magento's database had it: that knows no
    character of four bytes.
    """
    return _SPACE.sub(" ", _FOUR_BYTES.sub("????", text)).strip()


class OrderWrites(Base):
    """Changes of orders. Those are named by the number that people see."""

    def add_comment(self, increment_id: str, status: str, comment: str = "", *, notify: bool = False) -> None:
        """Comment on an order and set its status: **any** text becomes the status, so give the one that it has, or one
        that the shop knows. A lost answer is looked for among its comments.

        :param notify: mail the comment to the customer.
        """
        since = self.server_time

        def done() -> bool | None:
            answer = Fields(self._call("sales_order.info", increment_id), f"order {increment_id}: ")
            for entry in answer.structs("status_history"):
                row = Fields(entry, f"{answer.where}comment: ")
                made = row.moment("created_at")
                same = row.text("status") == status and comment_key(row.text("comment") or "") == comment_key(comment)
                if same and (since is None or made is None or made >= since - _CLOCK):
                    return True
            return None

        args = (increment_id, status, comment, int(notify))
        self._once(lambda: bool(self._write("sales_order.addComment", *args)), done)

    def cancel_order(self, increment_id: str) -> None:
        """Cancel an order; the stock of what was not invoiced comes back.

        :raises Refused: it is not one that can be cancelled.
        """
        self._change("sales_order.cancel", increment_id, lambda state: state == "canceled")

    def hold_order(self, increment_id: str) -> None:
        """Put an order on hold.

        :raises Refused: it cannot be held.
        """
        self._change("sales_order.hold", increment_id, lambda state: state == "holded")

    def unhold_order(self, increment_id: str) -> None:
        """Let an order on hold go on.

        :raises Refused: it is not on hold.
        """
        self._change("sales_order.unhold", increment_id, lambda state: state != "holded")

    def order_key(self, increment_id: str) -> OrderKey | None:
        """Both numbers of an order; None if there is none."""
        rows = self._rows("sales_order.list", {"increment_id": increment_id})
        ids = [Fields(row, "sales_order.list: ").required_id("order_id") for row in rows]
        return OrderKey(ids[0], increment_id) if ids else None

    def summaries_of(self, increment_ids: Sequence[str]) -> list[OrderSummary]:
        """How these orders stand now, a hundred in one request; those that there are and that make sense."""
        found: list[OrderSummary] = []
        for batch in chunks(increment_ids, _AT_ONCE):
            rows = self._rows_by("sales_order.list", "increment_id", batch, {})
            found += without_odd(record(row, "sales_order.list", "order_id", parse.order_summary) for row in rows)
        return found

    def _change(self, method: str, increment_id: str, reached: Callable[[str], bool]) -> None:
        """A change of state, which is there already when a lost answer is looked for."""

        def done() -> bool | None:
            rows = self._rows("sales_order.list", {"increment_id": increment_id})
            states = [Fields(row, "sales_order.list: ").text("state") or "" for row in rows]
            return True if states and reached(states[0]) else None

        self._once(lambda: bool(self._write(method, increment_id)), done)
