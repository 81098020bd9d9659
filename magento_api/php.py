"""Reading what PHP's ``serialize()`` wrote, as plain data. Nothing in it is ever run; objects are read as their
fields.
"""

from __future__ import annotations

import re
from typing import Any

DEEPEST = 50
LONGEST = 4 * 2**20
_SCALAR = re.compile(rb"([bidNrR])(?::([-+0-9.eEINFAinfa]{1,40}))?;")
_LENGTH = re.compile(rb":(\d{1,9}):")
_NEXT = b"abdiNOsrRC}"
_REFERENCE = re.compile(r"&#(\d{1,2});")


class NotSerialized(ValueError):
    """The text is not what ``serialize()`` writes."""


def unserialize(text: str) -> Any:
    """The value in ``text``; arrays become lists when their keys are 0, 1, 2..., else dicts with text keys.

    PHP counts bytes, and what Magento sends may have changed since: control characters come as text (``&#11;``), line
    ends and broken characters are replaced. So where the counts do not fit, the text is read as it would have been
    written, then by its quotes.

    :raises NotSerialized: it cannot be read.
    """
    if len(text) > LONGEST:
        raise NotSerialized(f"{len(text)} characters")
    last: NotSerialized | None = None
    original = _REFERENCE.sub(lambda match: chr(int(match[1])), text)
    for candidate, tolerant in ((text, False), (original, False), (text, True)):
        try:
            return _Reader(candidate.encode("utf-8", "replace"), tolerant).whole()
        except NotSerialized as error:
            last = error
    raise last or NotSerialized("empty")


class _Reader:
    def __init__(self, data: bytes, tolerant: bool) -> None:
        self._data = data
        self._tolerant = tolerant
        self._at = 0

    def whole(self) -> Any:
        value = self._value(0)
        if self._data[self._at :].strip():
            raise NotSerialized(f"something follows at byte {self._at}")
        return value

    def _value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise NotSerialized("nested too deeply")
        kind = self._data[self._at : self._at + 1]
        if kind == b"s":
            self._at += 1
            return self._string(self._length())
        if kind == b"a":
            self._at += 1
            return self._array(self._length(), depth)
        if kind == b"O":
            self._at += 1
            return self._object(depth)
        return self._scalar()

    def _scalar(self) -> Any:
        match = _SCALAR.match(self._data, self._at)
        if not match or (match[1] == b"N") != (match[2] is None):
            raise NotSerialized(f"nothing known at byte {self._at}")
        self._at = match.end()
        kind, value = match[1], (match[2] or b"").decode()
        try:
            if kind == b"d":
                return float(value.replace("INF", "inf").replace("NAN", "nan"))
            return {b"N": None}.get(kind, bool(int(value)) if kind == b"b" else int(value)) if kind != b"N" else None
        except ValueError:
            raise NotSerialized(f"no number at byte {self._at}") from None

    def _length(self) -> int:
        match = _LENGTH.match(self._data, self._at)
        if not match:
            raise NotSerialized(f"no length at byte {self._at}")
        self._at = match.end()
        return int(match[1])

    def _expect(self, what: bytes) -> None:
        if not self._data.startswith(what, self._at):
            raise NotSerialized(f"no {what.decode()} at byte {self._at}")
        self._at += len(what)

    def _string(self, length: int, end: bytes = b'";') -> str:
        self._expect(b'"')
        stop = self._at + length
        if not self._data.startswith(end, stop):
            stop = self._quote(end)
        value = self._data[self._at : stop]
        self._at = stop + len(end)
        return value.decode("utf-8", "replace")

    def _quote(self, end: bytes) -> int:
        """Where a string ends whose count does not fit: at the next ``";`` that something known follows."""
        stop = self._data.find(end, self._at) if self._tolerant else -1
        while stop >= 0:
            after = self._data[stop + len(end) : stop + len(end) + 1]
            if not after or after in _NEXT:
                return stop
            stop = self._data.find(end, stop + 1)
        raise NotSerialized(f"a string without end at byte {self._at}")

    def _array(self, count: int, depth: int) -> Any:
        self._expect(b"{")
        keys, values = [], []
        for _ in range(count):
            key = self._value(depth + 1)
            if not isinstance(key, str | int):
                raise NotSerialized(f"a key that is none at byte {self._at}")
            keys.append(key)
            values.append(self._value(depth + 1))
        self._expect(b"}")
        if keys == list(range(len(keys))):
            return values
        return {str(key): value for key, value in zip(keys, values, strict=True)}

    def _object(self, depth: int) -> Any:
        self._string(self._length(), end=b'"')
        fields = self._array(self._length(), depth)
        return fields if isinstance(fields, dict) else dict(enumerate(fields))
