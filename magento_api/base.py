"""What all parts of the client share: calls, walks over lists, and writes that must not be done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from .batches import Batches, Pace, reading_pace
from .connection import Connection
from .errors import BadRow, CutOff, MagentoError, NotUnderstood, SessionRefused, TimedOut, TooBig, Unreachable
from .filters import above, one_of, since
from .read import Fields, record, row_id, rows
from .reader import Reader
from .windows import WINDOW, Row, Walk

T = TypeVar("T")
R = TypeVar("R")
Store = str | int | None
# An update in a batch: what it is of, and the error that it ended in, if any.
Outcome = tuple[int, MagentoError | None]


class Base:
    """A session with a shop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        #: The shop was in trouble a moment ago: begin with small requests, whatever is expected.
        self.careful = False
        self._paces: dict[str, Pace] = {}

    @property
    def protocol(self) -> str:
        """``xmlrpc``, ``soap_v1``, ``soap_v2`` or ``soap_v2_wsi``."""
        return self._connection.wire.name

    @property
    def server_time(self) -> datetime | None:
        """When the latest answer was sent, by the shop's clock, in UTC."""
        return self._connection.transport.server_time

    @property
    def _is_v2(self) -> bool:
        return self.protocol.startswith("soap_v2")

    def _call(self, method: str, *args: Any, split: bool = False) -> Any:
        return self._connection.call(method, *args, split=split)

    def _write(self, method: str, *args: Any) -> Any:
        """A call that changes something: sent once, whatever becomes of the answer."""
        return self._connection.write(method, *trimmed(*args))

    def _once(self, write: Callable[[], T], done: Callable[[], T | None]) -> T:
        """Do a write that must not be done twice.

        When its answer is lost, ``done`` looks whether it was done, and gives what the answer would have been; only if
        it was not is the write repeated, once. After a time-out it is not: the shop may still be at it.

        :raises MagentoError: it was refused, or nobody can tell (then it is ``retryable``: look first).
        """
        last = False
        while True:
            try:
                return write()
            except MagentoError as error:
                if not is_lost(error):
                    raise
                try:
                    found = done()
                except MagentoError:
                    raise error from None
                if found is not None:
                    return found
                if last or isinstance(error, TimedOut):
                    raise
            last = True

    def _walk(
        self,
        method: str,
        field: str,
        parse_row: Callable[[Fields], T],
        extra: dict[str, Any],
        after_id: int,
        few_expected: bool,
        *,
        more: Sequence[Any] = (),
        window: int = WINDOW,
    ) -> Iterator[T | BadRow]:
        """A list of Magento, ascending by id; ``more`` are arguments behind the filters. A row that is no record has
        its error in its place.
        """

        fetch = partial(self._fetch_rows, method, more)
        walk = Walk(fetch, partial(row_id, field=field), field, extra, after_id, window)
        for row in walk.all(few_expected=few_expected and not self.careful):
            yield record(row, method, field, parse_row)

    def _changed(
        self,
        method: str,
        field: str,
        parse_row: Callable[[Fields], T],
        extra: dict[str, Any],
        updated_from: datetime,
        also_above: int | None,
        after_id: int,
        *,
        more: Sequence[Any] = (),
    ) -> Iterator[T | BadRow]:
        """The rows of a list that were updated at or after a time, with an id above ``after_id``; and with an id above
        ``also_above`` all, whatever their time: it may be wrong, or none. Each once.

        Mostly there is nothing, and one request asks for both; where the protocol has no multiCall, two.
        """
        changed = extra | since(updated_at=updated_from)
        if also_above is None:
            yield from self._walk(method, field, parse_row, changed, after_id, not after_id, more=more)
            return
        if not after_id and not self.careful:
            calls = [(method, [filters, *more]) for filters in (changed, extra | {field: above(also_above)})]
            with suppress(TooBig, CutOff):
                answers = self._connection.call_many(calls)
                for answer in answers:
                    if isinstance(answer, MagentoError):
                        raise answer
                found = {row_id(row, field): row for answer in answers for row in rows(answer, method)}
                by_id = sorted(found, key=lambda number: number or 0)
                yield from [record(found[number], method, field, parse_row) for number in by_id]
                return
        seen = set()
        for one, after, few_expected in ((changed, after_id, False), (extra, also_above, True)):
            walk = Walk(partial(self._fetch_rows, method, more), partial(row_id, field=field), field, one, after)
            for row in walk.all(few_expected=few_expected and not self.careful):
                if row_id(row, field) not in seen:
                    seen.add(row_id(row, field))
                    yield record(row, method, field, parse_row)

    def _fetch_rows(self, method: str, more: Sequence[Any], filters: dict[str, Any]) -> list[Row]:
        return self._list(method, filters, *more)

    def _list(self, method: str, *args: Any) -> list[Any]:
        return rows(self._call(method, *trimmed(*args), split=True), method)

    def _read(
        self, kind: str, fetch: Callable[[Sequence[T]], list[R | MagentoError]], keys: Sequence[T]
    ) -> Reader[tuple[T, R | MagentoError]]:
        """Records by their keys, in the order asked for, the error of one in its place; read while the caller works on
        those before.
        """
        return Reader(self._in_batches(kind, fetch, keys))

    def _in_batches(
        self, kind: str, fetch: Callable[[Sequence[T]], list[R | MagentoError]], keys: Sequence[T]
    ) -> Iterator[list[tuple[T, R | MagentoError]]]:
        """Lists of (key, record or error), as many at once as the shop gives in some seconds.

        :param kind: what is read; each has a pace of its own
        """
        pace = self._paces.setdefault(kind, reading_pace(careful=self.careful))
        return Batches(fetch, pace=pace).run(list(keys))

    def _rows(self, method: str, *args: Any) -> list[Row]:
        found = self._list(method, *args)
        if not all(isinstance(row, dict) for row in found):
            raise NotUnderstood(f"Magento answered {method} with rows that are no structs")
        return found

    def _rows_by(self, method: str, field: str, values: Sequence[str], extra: dict[str, Any], *more: Any) -> list[Any]:
        """The rows of a list whose ``field`` is one of ``values``.

        SOAP v2 joins them with commas, so there one with a comma in it is asked for alone.
        """
        alone = [value for value in values if self._is_v2 and "," in value]
        together = [value for value in values if value not in set(alone)]
        found = self._list(method, {field: one_of(together), **extra}, *more) if together else []
        for value in alone:
            found += self._list(method, {field: {"eq": value}, **extra}, *more)
        return found


def is_lost(error: MagentoError) -> bool:
    """Whether a write that ended in ``error`` may have been done all the same."""
    if isinstance(error, SessionRefused):
        return False
    return isinstance(error, Unreachable | TooBig | NotUnderstood)


def trimmed(*values: Any) -> list[Any]:
    """Arguments without the empty ones at their end: older versions of Magento take fewer."""
    found = list(values)
    while found and found[-1] is None:
        found.pop()
    return found


def in_batches(
    changes: Iterable[tuple[int, Mapping[str, Any]]], size: int
) -> Iterator[list[tuple[int, Mapping[str, Any]]]]:
    """Changes in batches, in which no id occurs twice: two changes of one record stay in their order."""
    source = iter(changes)
    batch: dict[int, Mapping[str, Any]] = {}
    for number, data in source:
        if number in batch or len(batch) >= size:
            yield list(batch.items())
            batch = {}
        batch[number] = data
    if batch:
        yield list(batch.items())


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many items at once."""
    source = iter(items)
    while found := list(islice(source, size)):
        yield found
