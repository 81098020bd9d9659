"""Rows that are built when they are asked for, in tables that are ordered by id."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from . import filters
from .values import Row, Value


class Built:
    """The rows that were built last; so many are kept."""

    def __init__(self, size: int = 600) -> None:
        self._size = size
        self._rows: OrderedDict[Record, Row] = OrderedDict()
        self._lock = threading.Lock()

    def row(self, record: Record, build: Callable[[], Row]) -> Row:
        """The row of a record, built if it is not there any more."""
        with self._lock:
            found = self._rows.get(record)
            if found is not None:
                self._rows.move_to_end(record)
                return found
        found = build()
        with self._lock:
            self._rows[record] = found
            if len(self._rows) > self._size:
                self._rows.popitem(last=False)
        return found


class Record:
    """One row: a few facts at hand, the whole of it on demand (and kept only once it has been edited).

    Where building takes long, `built` keeps some.
    """

    __slots__ = ("_build", "_built", "_full", "facts")

    def __init__(self, facts: Row, build: Callable[[], Row] | None = None, built: Built | None = None) -> None:
        self.facts = facts
        self._build = build
        self._built = built
        self._full: Row | None = None if build else facts

    def get(self, field: str, /) -> Value:
        """One field."""
        if field in self.facts:
            return self.facts[field]
        return self.full().get(field)

    def full(self) -> Row:
        """The whole row; not to be changed."""
        if self._full is not None:
            return self._full
        assert self._build is not None
        return self._build() if self._built is None else self._built.row(self, self._build)

    def edit(self) -> Row:
        """The whole row, to be changed."""
        self._full = self.facts = self.full()
        return self._full


class Table:
    """The rows of one kind, ascending by their int `key`, and found by their `natural` key too."""

    def __init__(self, key: str, natural: str) -> None:
        self.key = key
        self.natural = natural
        self.rows: list[Record] = []
        self._by_id: dict[int, Record] = {}
        self._by_natural: dict[str, Record] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, record: Record) -> Record:
        """Take in a row, whose id is above all others."""
        self.rows.append(record)
        self._by_id[record.get(self.key)] = record
        self._by_natural[str(record.get(self.natural)).casefold()] = record
        return record

    def remove(self, record: Record) -> None:
        """Delete a row."""
        self.rows.remove(record)
        del self._by_id[record.get(self.key)]
        key = str(record.get(self.natural)).casefold()
        if self._by_natural.get(key) is record:
            del self._by_natural[key]

    def rename(self, record: Record) -> None:
        """Find a row by its natural key of now."""
        key = str(record.get(self.natural)).casefold()
        if self._by_natural.get(key) is not record:
            self._by_natural = {old: one for old, one in self._by_natural.items() if one is not record}
            self._by_natural[key] = record

    def by_id(self, number: Any) -> Record | None:
        """The row with that id."""
        return self._by_id.get(number)

    def by_natural(self, text: Any) -> Record | None:
        """The row with that natural key: as in the database, case does not matter."""
        return self._by_natural.get(str(text).casefold())

    def next_id(self) -> int:
        """An id for a new row."""
        return int(self.rows[-1].get(self.key)) + 1 if self.rows else 1

    def select(self, conditions: dict[str, Value]) -> list[Record]:
        """The rows that pass the filters."""
        return filters.select(self.rows, conditions, self.key)

    def extend(self, records: Iterable[Record]) -> None:
        """Take in rows, ascending."""
        for record in records:
            self.add(record)
