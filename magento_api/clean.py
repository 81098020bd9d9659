"""Making an answer fit to be kept: secrets and card data dropped, control characters removed."""

from __future__ import annotations

import re
from typing import Any

_SECRET = re.compile(
    r"cc_.*|echeck_.*|paybox_.*|protect_code|password.*|.*_password|rp_token.*|rp_customer_id|confirmation|.*_token|token"
    r"|card_?(number|verification|cvv)|cvv|cvc|cvv2|session_?id|form_key|api_?key|secret.*",
    re.IGNORECASE,
)
# A control character in the shop's data arrives as the literal text of its reference (&#11;): made so before it was
# escaped.
_CONTROL = re.compile(
    r"&#(?:[0-8]|1[124-9]|2\d|3[01]);|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_LINE_END = re.compile(r"\r\n?|&#13;\n?")
_DEEPEST = 150


def clean_text(text: str) -> str:
    """``text`` without control characters, its line ends as ``\\n``."""
    if text.isprintable() and "&#" not in text:
        return text
    if "\r" in text or "&#13;" in text:
        text = _LINE_END.sub("\n", text)
    return _CONTROL.sub("", text)


def clean(value: Any, depth: int = 0) -> Any:
    """A copy of an answer without secrets and control characters.

    ``product_options`` stays as it is: it is serialized by PHP, which counts bytes; :mod:`php` reads it, then its
    texts are cleaned.
    """
    if isinstance(value, str):
        return clean_text(value)
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            clean_text(key): item if key == "product_options" and isinstance(item, str) else clean(item, depth + 1)
            for key, item in value.items()
            if not _is_secret(key)
        }
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    return value


_KNOWN: dict[str, bool] = {}


def _is_secret(key: str) -> bool:
    """Whether ``key`` names a secret; remembered, for there are few keys and millions of values."""
    known = _KNOWN.get(key)
    if known is None:
        known = bool(_SECRET.fullmatch(key))
        if len(_KNOWN) < 10_000:
            _KNOWN[key] = known
    return known
