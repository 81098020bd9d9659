"""Reading many records: in batches, halved when the server dies, and one batch ahead of the caller."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from .errors import MagentoError, TimedOut

T = TypeVar("T")
R = TypeVar("R")
BATCH = 50
# So many records that kill the server one after another, alone, mean that the server is ill and not the records.
HOPELESS = 5
# After so many batches without trouble, larger ones are tried again.
PATIENCE = 8

FetchMany = Callable[[Sequence[T]], list[R | MagentoError]]


class Batches:
    """Asks for keys in batches. ``fetch`` gives one answer or error per key, or raises for the batch."""

    def __init__(self, fetch: FetchMany[Any, Any], size: int = BATCH) -> None:
        self._fetch = fetch
        self._size = self._largest = size
        self._streak = 0
        self._deadly = 0
        self._hopeless = 0
        self._timed_out = False

    def run(self, keys: Sequence[T]) -> Iterator[list[tuple[T, Any | MagentoError]]]:
        """Lists of (key, answer or error), in the order of ``keys``."""
        at = 0
        while at < len(keys):
            batch = keys[at : at + self._size]
            at += len(batch)
            yield self._pairs(batch)
            self._streak += 1
            if self._streak >= PATIENCE:
                self._size, self._streak = min(self._size * 2, self._largest), 0

    def _pairs(self, keys: Sequence[T]) -> list[tuple[T, Any | MagentoError]]:
        try:
            answers = self._fetch(keys)
        except MagentoError as error:
            return self._split(keys, error)
        self._hopeless, self._timed_out = 0, False
        return list(zip(keys, answers, strict=True))

    def _split(self, keys: Sequence[T], error: MagentoError) -> list[tuple[T, Any | MagentoError]]:
        """Halve ``keys`` after ``error``; the record that alone brings it about gets it as its answer."""
        if not error.splittable or (isinstance(error, TimedOut) and self._timed_out):
            raise error
        self._timed_out = self._timed_out or isinstance(error, TimedOut)
        if len(keys) == 1:
            self._hopeless += 1
            self._deadly += 1
            if self._hopeless >= HOPELESS:
                raise error
            return [(keys[0], error)]
        half, deadly = len(keys) // 2, self._deadly
        found = self._pairs(keys[:half]) + self._pairs(keys[half:])
        if deadly == self._deadly:
            # No record was to blame, so the batch was too big: the next ones are smaller, for a while.
            self._size, self._streak = max(1, min(self._size, half)), 0
        return found


def ahead(source: Iterator[T], depth: int = 1) -> Iterator[T]:
    """``source``, read by a thread up to ``depth`` items ahead of the caller.

    What ``source`` raises is raised here, in its place. The thread ends when the caller closes the generator.
    """
    results: queue.Queue[tuple[bool, Any]] = queue.Queue(maxsize=depth)
    stop = threading.Event()
    thread = threading.Thread(target=_read, args=(source, results, stop), name="magento-read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            more, value = results.get()
            if more:
                yield value
            elif value is None:
                return
            else:
                raise value
    finally:
        stop.set()
        thread.join(timeout=1)


def _read(source: Iterator[Any], results: queue.Queue[tuple[bool, Any]], stop: threading.Event) -> None:
    """Put the items into the queue, then the end: (False, None) or (False, what was raised)."""

    def put(entry: tuple[bool, Any]) -> bool:
        while not stop.is_set():
            try:
                results.put(entry, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    try:
        for item in source:
            if not put((True, item)):
                return
        put((False, None))
    except BaseException as error:  # handed over, whatever it is
        put((False, error))


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
        futures: list[Future[R | MagentoError]] = [pool.submit(safely, key) for key in keys]
        return [future.result() for future in futures]


def in_chunks(keys: Sequence[T], fetch: Callable[[Sequence[T]], list[Any]], size: int) -> Iterator[Any]:
    """Rows of a list method for ``keys``, so many keys at once, halved when the server dies."""
    for at in range(0, len(keys), size):
        yield from _chunk(keys[at : at + size], fetch, timed_out=False)


def _chunk(keys: Sequence[T], fetch: Callable[[Sequence[T]], list[Any]], *, timed_out: bool) -> list[Any]:
    try:
        return fetch(keys)
    except MagentoError as error:
        slow = isinstance(error, TimedOut)
        if not error.splittable or len(keys) == 1 or (slow and timed_out):
            raise
    half = len(keys) // 2
    return _chunk(keys[:half], fetch, timed_out=slow) + _chunk(keys[half:], fetch, timed_out=slow)
