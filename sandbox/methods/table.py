"""The form of the method table: what one line of it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..shop import Shop
from ..values import Value

Handler = Callable[..., Value]


@dataclass(frozen=True)
class Method:
    """One method of the API, for all protocols.

    `required` arguments must be given in XML-RPC and SOAP v1. `operation` is its name in SOAP v2, `parts` its named
    arguments there, "name" or "name:type" ("!" marks those that WS-I requires), in the order of the handler's; `wsi`
    are the names that WS-I has instead, and `wsi_int` says that it answers an int there.
    `result` is "name:type" of the answer. `v2` is called in SOAP v2 instead of `handler` where that behaves otherwise.
    """

    path: str
    handler: Handler
    required: int = 0
    operation: str = ""
    parts: tuple[str, ...] = ()
    result: str = "result:boolean"
    wsi: tuple[tuple[str, str], ...] = ()
    wsi_int: bool = False
    v2: Handler | None = None
    v2_only: bool = False

    @property
    def resource(self) -> str:
        """The resource whose fault numbers it uses."""
        return self.path.rpartition(".")[0]

    def call(self, shop: Shop, args: list[Value]) -> Value:
        """Do it; as in PHP, more arguments than it takes do not matter."""
        count = self.handler.__code__.co_argcount - 1
        return self.handler(shop, *args[:count])


def method(path: str, handler: Handler, operation: str, *parts: str, **more: Any) -> Method:
    """A line of the table."""
    return Method(path, handler, operation=operation, parts=parts, **more)
