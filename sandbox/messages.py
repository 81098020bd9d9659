"""What goes over HTTP, without the sockets: requests, answers, and a call that an adapter has understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Protocol

from .faults import Fault
from .log import Sent

HTML = "text/html; charset=UTF-8"


@dataclass
class Request:
    """What was asked."""

    verb: str
    target: str
    headers: Mapping[str, str] | Message
    body: bytes = b""


@dataclass
class Answer:
    """What goes back; `cut` closes the connection after that many bytes of the body, `pause` waits in its middle.

    `drip` is how long each byte of the body takes, `drip_head` each one of the headers; `hang`: nothing goes back at
    all, and the connection stays open until the caller closes it.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = HTML
    location: str | None = None
    cut: int | None = None
    padding: int = 0
    pause: float = 0.0
    drip: float = 0.0
    drip_head: float = 0.0
    hang: bool = False
    encoding: str | None = None


class Adapter(Protocol):
    """Understands the requests of one protocol."""

    def read(self, request: Request, query: dict[str, str], /) -> Call | Answer:
        """The call that a request is; or an answer, where none is needed."""


@dataclass
class Call:
    """A request that an adapter has read: what it is for the log, how to do it, how to say a fault."""

    sent: Sent
    run: Callable[[], Answer]
    refuse: Callable[[Fault], Answer]


class Dropped(Exception):
    """The connection is to be closed without an answer."""
