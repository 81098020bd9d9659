"""A time by which a request has to be over, whatever the other side does with its bytes.

The time-outs of :mod:`requests` are for each read of the socket: one byte a second keeps them from ever running out, in
the headers as in the body. So here each read and each write is given what is left until the end.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# Seconds for all the halves together of something that was too much for the shop.
HALVES = 30.0
_END: ContextVar[float] = ContextVar("magento_api_end", default=float("inf"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Requests in here, of this thread, together take no longer; one inside the other, the earlier end counts."""
    token = _END.set(min(_END.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _END.reset(token)


def left(most: float = 3600) -> float:
    """Seconds until the end, 0 when it has come.

    :param most: the answer where there is no end, or a later one
    """
    return max(0.0, min(most, _END.get() - time.monotonic()))


def _in_time(most: float = 3600) -> float:
    """A time-out for the next thing that a socket does."""
    seconds = left(most)
    if not seconds:
        raise TimeoutError("timed out")
    return seconds


class _Reads(io.RawIOBase):
    """What comes in, read in time."""

    def __init__(self, sock: socket.socket, file: Any) -> None:
        self._sock = sock
        self._file = file  # closing it is what lets go of the socket

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._sock.fileno()

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_in_time())
        found: int | None = self._file.raw.readinto(buffer)
        return found

    def close(self) -> None:
        self._file.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reads(sock, self.fp))


class _InTime:
    """What connections of both kinds do otherwise."""

    response_class: Any = _Response
    sock: Any
    timeout: Any

    def connect(self) -> None:
        """Connect, with TLS where that is used; each address of a host gets the time-out anew."""
        self.timeout = _in_time(self.timeout)
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> None:
        """Send a piece of the request."""
        if self.sock is not None:
            self.sock.settimeout(_in_time())
        super().send(data)  # type: ignore[misc]


class _Http(_InTime, HTTPConnection):
    pass


class _Https(_InTime, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class DeadlineAdapter(HTTPAdapter):
    """Sends requests that are over :func:`within` the time given, also through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The pools of connections of a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
