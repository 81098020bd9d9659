"""The hosts that pictures are fetched from."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import requests

from .errors import BadUrl, ForeignHost
from .url import parse_url

_PORTS = {"http": 80, "https": 443}


class Hosts:
    """The hosts besides the shop's own whose pictures may be fetched: ``cdn.example.com`` on the usual ports, or
    ``cdn.example.com:8080``.

    :raises BadUrl: one of ``names`` is no host.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._places: set[tuple[str, int]] = set()
        for name in names:
            self._places |= _places(parse_url(f"https://{name.partition('://')[2] or name}").base)

    def checked(self, url: str, own: str) -> str:
        """``url`` as it will be asked for, if it is of these hosts or of the shop's own.

        :param own: the shop's address.
        :raises BadUrl: it is no address of the web.
        :raises ForeignHost: it is of another host.
        """
        try:
            address = _as_sent(url)
            host, port = _place(address)
        except (requests.RequestException, ValueError, KeyError):
            raise BadUrl(f"{url[:80]} is not an address of the web", "see the base URLs of the shop") from None
        if (host, port) not in self._places | _places(own):
            raise ForeignHost(
                f"The picture is on {host[:100]} (port {port}), which is not the shop's own host",
                "if it is the server of the shop's pictures, name it among its picture hosts",
            )
        return address


def _places(address: str) -> set[tuple[str, int]]:
    """Host and ports of an address; the usual ones always belong to it."""
    host, port = _place(_as_sent(address))
    return {(host, one) for one in (port, *_PORTS.values())}


def _place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]


def _as_sent(url: str) -> str:
    """An address as requests will ask for it: two readings of one address may differ in the host."""
    return requests.Request("GET", url).prepare().url or ""
