"""Filters of Magento's lists, in the form of XML-RPC and SOAP v1; :mod:`soap_v2` turns them into its own.

Two traps are avoided here: of ``gteq`` and ``lteq`` on one field the second is silently ignored, only ``from`` with
``to`` works; and an operator that Magento does not know is read as "equals".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

Filters = dict[str, Any]


def moment(value: datetime) -> str:
    """``value`` as Magento stores times: UTC. A naive value is taken as UTC."""
    aware = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    return aware.strftime("%Y-%m-%d %H:%M:%S")


def since(**fields: datetime | None) -> Filters:
    """Rows whose time fields are at or after the given moments; ``None`` does not filter."""
    return {name: {"from": moment(value)} for name, value in fields.items() if value is not None}


def between(low: int, high: int) -> dict[str, str]:
    """Both ends included."""
    return {"from": str(low), "to": str(high)}


def above(low: int) -> dict[str, str]:
    """Greater than ``low``."""
    return {"gt": str(low)}


def one_of(values: Sequence[str]) -> dict[str, list[str]]:
    """Any of ``values``."""
    return {"in": list(values)}
