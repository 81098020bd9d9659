"""The values that travel: what PHP knows, as Python has it.

An answer is made of ``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` and ``dict``. Amounts are strings with
four digits, as the database gives them. An int that PHP itself made (rather than one read from the database) is a
`Native`: it stays an int on servers whose database driver answers strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Value = Any
Row = dict[str, Any]


class Native(int):
    """An int that does not come from the database."""


def expand(row: Mapping[str, Any], keys: list[str], optional: frozenset[str] = frozenset()) -> Row:
    """The row with all its keys, in order, None where it has none; optional keys only where it has them."""
    return {key: row.get(key) for key in keys if key in row or key not in optional}


def amount(value: float | int | str) -> str:
    """A decimal column's text."""
    return f"{float(value):.4f}"


def as_int(value: Value) -> int:
    """PHP's (int) cast."""
    if isinstance(value, (bool, int, float)):
        return int(value)
    text = str(value).strip() if isinstance(value, str) else ""
    digits = ""
    for char in text:
        if char.isdigit() or (char in "+-" and not digits):
            digits += char
        else:
            break
    return int(digits) if digits.strip("+-") else 0


def as_rows(value: Value) -> list[Any]:
    """A PHP array, given as a list or as a struct, as a list; a scalar is a list of one."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [] if value is None else [value]
