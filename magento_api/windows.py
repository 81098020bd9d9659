"""Reading a whole list of Magento, which has no paging, no order and no limit, without killing the server.

10,000 orders at once are 120 MB and more than 512 MB of PHP's memory: the server dies with an empty HTTP 500. So
lists are read by windows of ids, which are halved where the server still dies.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from .deadline import HALVES, left, within
from .errors import MagentoError
from .filters import Filters, above, between

LAST_ID = 2**31 - 1
WINDOW = 500
# Empty windows, each twice as long, before everything that may be left is asked for: 7,500 ids.
LEAPS = 3

Row = dict[str, Any]
Fetch = Callable[[Filters], list[Row]]


@dataclass(slots=True)
class Walk:
    """A walk over the rows of one list, ascending by id.

    ``fetch`` asks Magento with a filter and gives rows; ``row_id`` reads a row's id, or None where it has none;
    ``field`` is its name in filters.
    """

    fetch: Fetch
    row_id: Callable[[Row], int | None]
    field: str
    extra: Filters
    after: int = 0
    size: int = WINDOW

    def all(self, *, few_expected: bool) -> Iterator[Row]:
        """Every row with an id greater than ``after``.

        :param few_expected: begin with one open-ended query (a poll: mostly nothing, then it costs one request).
        """
        low = self.after + 1
        if few_expected:
            rows = self._rest(low)
            if rows is not None:
                yield from rows
                return
        while low <= LAST_ID:
            high = min(low + self.size - 1, LAST_ID)
            found = yield from self._window(low, high)
            low = high + 1
            if found:
                continue
            # A gap or the end: what is behind a gap must not come all at once, so first look a little further.
            low, found = yield from self._leap(low, LEAPS)
            if found:
                continue
            rest = self._rest(low)
            if rest is not None:
                yield from rest
                return
            low, _found = yield from self._leap(low)

    def _rest(self, low: int) -> list[Row] | None:
        """Everything from ``low`` on in one query; None if the server dies on it."""
        query = {self.field: above(low - 1), **self.extra} if low > 1 else dict(self.extra)
        try:
            return self._ordered(self.fetch(query or {self.field: above(0)}), low, LAST_ID)
        except MagentoError as error:
            if not error.splittable:
                raise
            return None

    def _leap(self, low: int, most: int = 32) -> Generator[Row, None, tuple[int, int]]:
        """Over a gap: at most so many windows that double, until there are rows. Gives the id to go on from, and the
        number of rows.
        """
        size, found = self.size, 0
        while low <= LAST_ID and most and not found:
            size, most = size * 2, most - 1
            high = min(low + size - 1, LAST_ID)
            found = yield from self._window(low, high)
            low = high + 1
        return low, found

    def _window(self, low: int, high: int) -> Generator[Row, None, int]:
        """The rows of one window. Gives their number."""
        rows = self._halves(low, high)
        yield from rows
        # those without an id may come again in every window
        return sum(1 for row in rows if self.row_id(row) is not None)

    def _halves(self, low: int, high: int) -> list[Row]:
        """The rows of one window, in halves where the server dies."""
        try:
            return self._ordered(self.fetch({self.field: between(low, high), **self.extra}), low, high)
        except MagentoError as error:
            if low == high or not error.splittable or not left():
                raise
        self.size = max(1, min(self.size, (high - low + 1) // 2))
        middle = (low + high) // 2
        with within(HALVES):
            return self._halves(low, middle) + self._halves(middle + 1, high)

    def _ordered(self, rows: list[Row], low: int, high: int) -> list[Row]:
        """Ascending, each id once, nothing from outside the window (should a server ignore the filter); behind them the
        rows that have no id.
        """
        keyed = [(self.row_id(row), row) for row in rows]
        by_id = {key: row for key, row in keyed if key is not None}
        return [by_id[key] for key in sorted(by_id) if low <= key <= high] + [row for key, row in keyed if key is None]
