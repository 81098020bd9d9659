"""What becomes of a value that is written: the database takes most things, in its own way."""

from __future__ import annotations

from ..values import Value, amount


def stored(value: Value) -> Value:
    """The value as it is read again: a character of four bytes becomes four question marks, without a word."""
    if isinstance(value, str):
        return "".join(char if char <= "\uffff" else "????" for char in value)
    if isinstance(value, list):
        return [stored(one) for one in value]
    return value


def decimal(value: Value) -> str:
    """A price as Magento reads it: a comma is a point, what is no number is nothing."""
    text = str(value).replace(",", ".")
    try:
        return amount(text)
    except ValueError:
        return "0.0000"
