"""PHP's serialize(), as it stands in an order item's options."""

from __future__ import annotations

from .values import Value


def serialize(value: Value) -> str:
    """The value as PHP writes it; lengths are in bytes."""
    if value is None:
        return "N;"
    if isinstance(value, bool):
        return f"b:{int(value)};"
    if isinstance(value, int):
        return f"i:{value};"
    if isinstance(value, float):
        return f"d:{value!r};".replace(".0;", ";")
    if isinstance(value, str):
        return f's:{len(value.encode())}:"{value}";'
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    body = "".join(serialize(key) + serialize(inner) for key, inner in pairs)
    return f"a:{len(value)}:{{{body}}}"
