"""Records that are read while the caller works on those before."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
# How many records are read ahead of a caller who takes them one by one.
AHEAD = 50
# Seconds for which a caller who wants many waits for more than there are.
PATIENCE = 2.0


class Reader(Iterator[T]):
    """Reads batches of records in a thread of its own, and gives them one by one or many at a time.

    What the reading raises is raised here, behind the records that came before. The thread ends with the batches, or
    when the reader is closed or forgotten.
    """

    def __init__(self, batches: Iterator[list[T]]) -> None:
        self._reading = _Reading(batches)
        self._thread: threading.Thread | None = None

    def __next__(self) -> T:
        found = self.take(1)
        if not found:
            raise StopIteration
        return found[0]

    def __del__(self) -> None:
        self.stop()

    @property
    def is_cut_short(self) -> bool:
        """Whether it was stopped before all was read."""
        return self._reading.cut_short

    def take(self, most: int) -> list[T]:
        """What has been read, up to ``most`` records; waits for the first, and a little for more. Empty at the end."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._reading.run, name="magento-read-ahead", daemon=True)
            self._thread.start()
        return self._reading.take(most)

    def stop(self) -> None:
        """Start no further request; what has been read, and what is on its way, is still given."""
        self._reading.stop()

    def close(self) -> None:
        """Start no further request, and forget what has been read."""
        self.stop()
        if self._thread is not None:
            self._thread.join(timeout=1)


class _Reading(Generic[T]):
    """What the thread and its reader share; the thread does not hold on to the reader."""

    def __init__(self, batches: Iterator[list[T]]) -> None:
        self.cut_short = False
        self._batches = batches
        self._changed = threading.Condition()
        self._records: deque[T] = deque()
        self._ahead = AHEAD
        self._stopped = False
        self._ended = False
        self._error: BaseException | None = None

    def run(self) -> None:
        error = None
        try:
            while self._may_go_on():
                batch = next(self._batches, None)
                if batch is None:
                    break
                with self._changed:
                    self._records.extend(batch)
                    self._changed.notify_all()
        except BaseException as raised:  # handed over, whatever it is
            error = raised
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def _may_go_on(self) -> bool:
        """Wait until more is wanted; False when no more is."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._records) < self._ahead)
            self.cut_short = self._stopped
            return not self._stopped

    def take(self, most: int) -> list[T]:
        until = time.monotonic() + PATIENCE
        with self._changed:
            self._ahead = max(self._ahead, most)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._records or self._ended)
            self._changed.wait_for(
                lambda: len(self._records) >= most or self._ended or self._stopped, max(0, until - time.monotonic())
            )
            found = [self._records.popleft() for _number in range(min(most, len(self._records)))]
            self._changed.notify_all()
            if not found and self._error is not None:
                raise self._error
            return found

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
