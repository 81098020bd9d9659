"""The customer's choices on an order item, as readable text, out of PHP-serialized ``product_options``."""

from __future__ import annotations

import html
import re
from typing import Any

from .clean import clean_text
from .php import NotSerialized, unserialize

Options = tuple[tuple[str, str], ...]
_TAG = re.compile(r"<[^<>]*>")
_MOST = 200
_LONGEST = 10_000


def read_options(value: Any) -> dict[str, Any]:
    """``product_options`` as a dict; empty when there is none, or what is there cannot be read (it is not needed for
    the money).
    """
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or not value.strip():
        return {}
    try:
        found = unserialize(value.strip())
    except NotSerialized:
        return {}
    return found if isinstance(found, dict) else {}


def choices(options: dict[str, Any]) -> Options:
    """(label, value) of custom options, attributes of a configurable, parts of a bundle, options of modules,
    downloads.
    """
    found: list[tuple[str, str]] = []
    for kind in ("options", "additional_options", "attributes_info"):
        found.extend(_pair(entry) for entry in _structs(options.get(kind)))
    for entry in _structs(options.get("bundle_options")):
        found.append((_text(entry.get("label")), ", ".join(_part(part) for part in _structs(entry.get("value")))))
    links = options.get("links")
    if isinstance(links, list) and links:
        found.append(("Downloads", ", ".join(f"#{_text(link)}" for link in links[:_MOST])))
    return tuple((label, value) for label, value in found[:_MOST] if label or value)


def _pair(entry: dict[str, Any]) -> tuple[str, str]:
    value = entry.get("print_value")
    if value is None:
        value = entry.get("value")
        value = html.unescape(value) if isinstance(value, str) else value
    text = _text(value)
    if entry.get("option_type") == "file":
        text = html.unescape(_TAG.sub("", text)).strip()
    return _text(entry.get("label")), text


def _part(part: dict[str, Any]) -> str:
    """``2 x Keyboard (396.52)``; the price is of one set of the bundle, in the order's currency."""
    quantity, title, price = part.get("qty"), _text(part.get("title")), part.get("price")
    text = f"{_number(quantity)} x {title}" if quantity is not None else title
    return f"{text} ({price:.2f})" if isinstance(price, int | float) and not isinstance(price, bool) and price else text


def _number(value: Any) -> str:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _text(value)
    return f"{value:g}" if isinstance(value, int | float) and abs(value) < 1e15 else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(_text(item) for item in value[:_MOST] if not isinstance(item, list | dict))
    if value is None or isinstance(value, dict) or (isinstance(value, int) and abs(value) > 10**40):
        return ""
    return clean_text(str(value)[:_LONGEST]).strip()


def _structs(value: Any) -> list[dict[str, Any]]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, dict)]
