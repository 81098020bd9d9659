"""Records that are read while the caller works on those before."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# How many records are read ahead of a caller who takes them one by one.
AHEAD = 50
# Seconds for which a caller who wants many waits for more than there are.
PATIENCE = 2.0


class Question(Generic[R]):
    """Something that those who read want to know of the caller; it is asked among the batches.

    :param ask: gives the answer, in the caller's thread
    """

    def __init__(self, ask: Callable[[], R]) -> None:
        self._ask = ask
        self._future: Future[R] = Future()

    def put(self) -> None:
        """Ask, in the caller's thread."""
        try:
            self._future.set_result(self._ask())
        except BaseException:
            self.drop()
            raise

    def answer(self) -> R:
        """The answer; waits for it.

        :raises CancelledError: there will be none.
        """
        return self._future.result()

    def drop(self) -> None:
        """Nobody answers any more."""
        self._future.cancel()


class Reader(Iterator[T]):
    """Reads batches of records in a thread of its own, and gives them one by one or many at a time.

    What the reading raises is raised here, behind the records that came before. The thread ends with the batches, or
    when the reader is closed or forgotten.

    :param batches: lists of records, and questions among them, which are answered when the caller next takes records
    """

    def __init__(self, batches: Iterator[list[T] | Question[Any]]) -> None:
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

    def __init__(self, batches: Iterator[list[T] | Question[Any]]) -> None:
        self.cut_short = False
        self._batches = batches
        self._changed = threading.Condition()
        self._records: deque[T] = deque()
        self._questions: deque[Question[Any]] = deque()
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
                self._add(batch)
        except CancelledError:  # stopped, and waiting for an answer
            self.cut_short = True
        except BaseException as raised:  # handed over, whatever it is
            error = raised
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def _add(self, batch: list[T] | Question[Any]) -> None:
        with self._changed:
            if not isinstance(batch, Question):
                self._records.extend(batch)
            elif self._stopped:
                batch.drop()
            else:
                self._questions.append(batch)
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
            self._wait_for(lambda: self._records or self._ended)
            self._wait_for(lambda: len(self._records) >= most or self._ended or self._stopped, until)
            found = [self._records.popleft() for _number in range(min(most, len(self._records)))]
            self._changed.notify_all()
            if not found and self._error is not None:
                raise self._error
            return found

    def _wait_for(self, condition: Callable[[], object], until: float = float("inf")) -> None:
        """Wait, and answer what is asked meanwhile."""
        while True:
            seconds = None if until == float("inf") else max(0, until - time.monotonic())
            self._changed.wait_for(lambda: self._questions or condition(), seconds)
            if not self._questions:
                return
            self._questions.popleft().put()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            while self._questions:
                self._questions.popleft().drop()
            self._changed.notify_all()
