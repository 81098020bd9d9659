"""Reading many records: in batches, as large as the shop's speed allows, halved when the server dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from .deadline import HALVES, left, within
from .errors import MagentoError

T = TypeVar("T")
R = TypeVar("R")
BATCH = 50
# So many records that kill the server one after another, alone, mean that the server is ill and not the records.
HOPELESS = 5
# After so many batches without trouble, larger ones are tried again.
PATIENCE = 8

FetchMany = Callable[[Sequence[T]], list[R | MagentoError]]


class Pace:
    """How many records at once take about so many seconds, learnt from how long they took.

    :param seconds: what one batch should take
    :param first: how many to begin with, when nothing is known yet
    """

    def __init__(self, seconds: float, first: int, most: int) -> None:
        self.size = first
        self._seconds = seconds
        self._most = most

    def learn(self, count: int, seconds: float) -> None:
        """Note that ``count`` took ``seconds``. A few that were quick do not tell how long many take."""
        if count >= self.size or seconds > self._seconds:
            self.size = max(1, min(self._most, int(count * self._seconds / max(seconds, 0.001))))


def reading_pace(*, careful: bool) -> Pace:
    """The pace of a shop that nothing is known of: whatever its speed, the first answer comes soon, and no request is
    near a time-out.
    """
    return Pace(seconds=4, first=1 if careful else 10, most=BATCH)


class Batches:
    """Asks for keys in batches. ``fetch`` gives one answer or error per key, or raises for the batch."""

    def __init__(self, fetch: FetchMany[Any, Any], size: int = BATCH, pace: Pace | None = None) -> None:
        self._fetch = fetch
        self._size = self._largest = size
        self._pace = pace
        self._streak = 0
        self._deadly = 0
        self._hopeless = 0

    def run(self, keys: Sequence[T]) -> Iterator[list[tuple[T, Any | MagentoError]]]:
        """Lists of (key, answer or error), in the order of ``keys``."""
        at = 0
        while at < len(keys):
            batch = keys[at : at + min(self._size, self._pace.size if self._pace else self._size)]
            at += len(batch)
            yield self._pairs(batch)
            self._streak += 1
            if self._streak >= PATIENCE:
                self._size, self._streak = min(self._size * 2, self._largest), 0

    def _pairs(self, keys: Sequence[T]) -> list[tuple[T, Any | MagentoError]]:
        begin = time.monotonic()
        try:
            answers = self._fetch(keys)
        except MagentoError as error:
            return self._split(keys, error)
        if self._pace:
            self._pace.learn(len(keys), time.monotonic() - begin)
        self._hopeless = 0
        return list(zip(keys, answers, strict=True))

    def _split(self, keys: Sequence[T], error: MagentoError) -> list[tuple[T, Any | MagentoError]]:
        """Halve ``keys`` after ``error``; the record that alone brings it about gets it as its answer."""
        if not error.splittable or not left():
            raise error
        if len(keys) == 1:
            self._hopeless += 1
            self._deadly += 1
            if self._hopeless >= HOPELESS:
                raise error
            return [(keys[0], error)]
        half, deadly = len(keys) // 2, self._deadly
        with within(HALVES):
            found = self._pairs(keys[:half]) + self._pairs(keys[half:])
        if deadly == self._deadly:
            # No record was to blame, so the batch was too big: the next ones are smaller, for a while.
            self._size, self._streak = max(1, min(self._size, half)), 0
        return found


def in_parallel(call: Callable[[T], R], keys: Sequence[T], workers: int) -> list[R | MagentoError]:
    """``call`` for each key over several connections, in order; a MagentoError takes the place of its answer."""

    def safely(key: T) -> R | MagentoError:
        try:
            return call(key)
        except MagentoError as error:
            return error

    if len(keys) <= 1:
        return [safely(key) for key in keys]
    with ThreadPoolExecutor(max_workers=min(workers, len(keys)), thread_name_prefix="magento-read") as pool:
        # in this thread's context, for the time that is left is in it
        futures: list[Future[R | MagentoError]] = [pool.submit(copy_context().run, safely, key) for key in keys]
        return [future.result() for future in futures]


def in_chunks(keys: Sequence[T], fetch: Callable[[Sequence[T]], list[Any]], size: int) -> Iterator[Any]:
    """Rows of a list method for ``keys``, so many keys at once, halved when the server dies."""
    for at in range(0, len(keys), size):
        yield from _chunk(keys[at : at + size], fetch)


def _chunk(keys: Sequence[T], fetch: Callable[[Sequence[T]], list[Any]]) -> list[Any]:
    try:
        return fetch(keys)
    except MagentoError as error:
        if not error.splittable or len(keys) == 1 or not left():
            raise
    half = len(keys) // 2
    with within(HALVES):
        return _chunk(keys[:half], fetch) + _chunk(keys[half:], fetch)
