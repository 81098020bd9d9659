"""Data of a caller as what goes over the wire: text, whole numbers, lists and structs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .errors import Refused
from .filters import moment


def plain_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` without its None values, which Magento ignores (an empty text clears a value).

    :raises Refused: something in it cannot be sent.
    """
    return {key: plain_value(value, key) for key, value in data.items() if value is not None}


def plain_value(value: Any, key: str) -> Any:
    """A value as Magento takes it: a Decimal as text without exponent, a time in UTC, a boolean as 0 or 1."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | str):
        return value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Refused(f"{key} is {value}, which is no number that Magento could keep")
        return f"{value:f}"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return plain_data(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item, key) for item in value if item is not None]
    raise Refused(f"{key} is a {type(value).__name__}, which cannot be sent to Magento")
