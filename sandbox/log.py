"""What the store was sent: counted, and kept with its secrets masked."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone

from .values import Row, Value

SECRET_NAMES = frozenset({"apiKey", "api_key", "password", "password_hash", "key"})


@dataclass
class Sent:
    """One request: its protocol, its method, the calls in it, and the HTTP status of the answer."""

    protocol: str
    method: str
    calls: list[tuple[str, list[Value]]]
    status: int = 0
    bytes: int = 0
    at: str = field(default_factory=lambda: datetime.now(timezone.utc).isoformat(timespec="milliseconds"))

    def names(self) -> list[str]:
        """The names that it goes by: the method, and those of the calls in it."""
        return [self.method, *(name for name, _ in self.calls if name != self.method)]


class Requests:
    """Counts of requests (`total`, `by_method`, `by_protocol`) and of the calls in them (`calls`), and their log."""

    def __init__(self, kept: int = 50_000) -> None:
        self.log: deque[Sent] = deque(maxlen=kept)
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self.total = 0
            self.by_method: Counter[str] = Counter()
            self.by_protocol: Counter[str] = Counter()
            self.calls: Counter[str] = Counter()
            self.log.clear()

    def add(self, sent: Sent) -> None:
        """Count a request."""
        with self._lock:
            self.total += 1
            self.by_method[sent.method] += 1
            self.by_protocol[sent.protocol] += 1
            self.calls.update(name for name, _ in sent.calls)
            self.log.append(sent)

    def state(self, last: int = 100) -> Row:
        """All of it as JSON can say it."""
        with self._lock:
            return {
                "total": self.total,
                "by_method": dict(self.by_method),
                "by_protocol": dict(self.by_protocol),
                "calls": dict(self.calls),
                "log": [asdict(sent) for sent in list(self.log)[-last:]],
            }


def masked(value: Value) -> Value:
    """The value without what must not be kept."""
    if isinstance(value, dict):
        return {
            name: "***" if name in SECRET_NAMES and isinstance(inner, str) else masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value
