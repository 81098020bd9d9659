"""Magento's list filters, with the traps that its SQL builder lays.

Of several operators on one field only the first counts (but ``from`` and ``to`` go together), an operator that Magento
does not know reads as "equals its value", ``in`` wants a list, and a filter that is no array at all is ignored.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from .values import Value, as_int, as_rows

Test = Callable[[Value], bool]

_DECIMAL = re.compile(r"-?\d+\.\d{4}\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d*)?")


class Filterable(Protocol):
    """A row that can be asked for one field without building the rest of it."""

    def get(self, field: str, /) -> Value: ...


def _number(value: Value) -> float:
    """MySQL's cast of a text to a number: its numeric beginning."""
    if isinstance(value, (int, float)):
        return float(value)
    found = _NUMBER.match(str(value))
    return float(found.group()) if found else 0.0


def _moment(value: Value) -> str:
    """A point in time as the database writes it; a bare date is its midnight."""
    text = str(value).replace("T", " ").rstrip("Z")[:19].strip()
    return text + " 00:00:00" if len(text) == 10 else text


def _pair(cell: Value, operand: Value) -> tuple[float, float] | tuple[str, str]:
    """Both sides as the database compares them."""
    if isinstance(cell, (int, float)) or isinstance(operand, (int, float)) or _DECIMAL.match(str(cell)):
        return _number(cell), _number(operand)
    if _MOMENT.match(str(cell)):
        return _moment(cell), _moment(operand)
    return str(cell).rstrip().casefold(), str(operand).rstrip().casefold()


def _comparison(operand: Value, accept: Callable[[int], bool]) -> Test:
    def test(cell: Value) -> bool:
        if cell is None or operand is None:
            return False
        left, right = _pair(cell, operand)
        return accept((left > right) - (left < right))  # type: ignore[operator]

    return test


def _like(operand: Value) -> Test:
    body = "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in str(operand))
    pattern = re.compile(body + r"\Z", re.IGNORECASE | re.DOTALL)
    return lambda cell: cell is not None and bool(pattern.match(str(cell)))


def _among(operand: Value) -> Test:
    """Equal to one of many: looked up, for lists have thousands."""
    given = [one for one in as_rows(operand) if one is not None]
    equals = [_comparison(one, lambda sign: sign == 0) for one in given]
    numbers = {_number(one) for one in given}
    texts = {str(one).rstrip().casefold() for one in given if not isinstance(one, (int, float))}
    figures = {float(one) for one in given if isinstance(one, (int, float))}

    def test(cell: Value) -> bool:
        if cell is None:
            return False
        if isinstance(cell, (int, float)) or _DECIMAL.match(str(cell)):
            return _number(cell) in numbers
        if _MOMENT.match(str(cell)):
            return any(equal(cell) for equal in equals)
        return str(cell).rstrip().casefold() in texts or _number(cell) in figures

    return test


def _not(test: Test) -> Test:
    return lambda cell: cell is not None and not test(cell)


OPERATORS: dict[str, Callable[[Value], Test]] = {
    "eq": lambda operand: _comparison(operand, lambda sign: sign == 0),
    "neq": lambda operand: _comparison(operand, lambda sign: sign != 0),
    "gt": lambda operand: _comparison(operand, lambda sign: sign > 0),
    "gteq": lambda operand: _comparison(operand, lambda sign: sign >= 0),
    "lt": lambda operand: _comparison(operand, lambda sign: sign < 0),
    "lteq": lambda operand: _comparison(operand, lambda sign: sign <= 0),
    "like": _like,
    "nlike": lambda operand: _not(_like(operand)),
    "in": _among,
    "nin": lambda operand: _not(_among(operand)),
    "null": lambda operand: lambda cell: cell is None,
    "notnull": lambda operand: lambda cell: cell is not None,
}


R = TypeVar("R", bound=Filterable)


def condition(value: Value) -> Test:
    """The test that one field's filter stands for."""
    if not isinstance(value, (dict, list)):
        return OPERATORS["eq"](value)
    if isinstance(value, dict):
        if value.get("from") is not None or value.get("to") is not None:
            return _range(value.get("from"), value.get("to"))
        for name, operand in value.items():
            if name in OPERATORS:
                return OPERATORS[name](operand)
    tests = [condition(one) for one in as_rows(value)]
    return lambda cell: any(test(cell) for test in tests)


def _range(low: Value, high: Value) -> Test:
    above = OPERATORS["gteq"](low) if low is not None else lambda cell: True
    below = OPERATORS["lteq"](high) if high is not None else lambda cell: True
    return lambda cell: above(cell) and below(cell)


def fields(filters: Value) -> dict[str, Value]:
    """The filters by field, as PHP's array would hold them; anything else is no filter."""
    if isinstance(filters, list):
        return {str(index): one for index, one in enumerate(filters)}
    return filters if isinstance(filters, dict) else {}


def select(rows: Sequence[R], filters: dict[str, Value], key: str) -> list[R]:
    """The rows that pass; `rows` ascend by the int field `key`, of which windows are cut out directly."""
    rest = dict(filters)
    window = rest.get(key)
    chosen: Iterable[R] = rows
    if isinstance(window, dict) and window and set(window) <= {"from", "to"} and None not in window.values():
        del rest[key]
        low = bisect_left(rows, as_int(window["from"]), key=lambda row: row.get(key)) if "from" in window else 0
        high = bisect_right(rows, as_int(window["to"]), key=lambda row: row.get(key)) if "to" in window else None
        chosen = rows[low:high]
    tests = [(field, condition(value)) for field, value in rest.items()]
    return [row for row in chosen if all(test(row.get(field)) for field, test in tests)]


def from_soap_v2(filters: Value) -> Value:
    """The filters of SOAP v2, {filter: [{key, value}], complex_filter: [{key, value: {key, value}}]}, by field."""
    if not isinstance(filters, dict):
        return {}
    parsed: dict[str, Value] = {}
    for row in _pairs(filters.get("complex_filter")):
        inner = row.get("value")
        if not isinstance(inner, dict) or "key" not in inner:
            continue
        operand = inner.get("value")
        if inner["key"] in ("in", "nin", "finset") and isinstance(operand, str):
            operand = operand.split(",")
        parsed.setdefault(row["key"], {}).setdefault(inner["key"], operand)
    for row in _pairs(filters.get("filter")):
        parsed.setdefault(row["key"], row.get("value"))
    return parsed


def _pairs(value: Value) -> list[dict[str, Value]]:
    return [row for row in as_rows(value) if isinstance(row, dict) and "key" in row]
