"""A request is over in time, whatever the other side does with its bytes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from test_transport import transport

from magento_api import MagentoError, connect
from magento_api.deadline import left, within
from magento_api.errors import TimedOut
from sandbox import start

LIMIT = 0.6
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@contextmanager
def listening(talk: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that talks with each connection as it is told."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                sock, _address = server.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(sock,), daemon=True).start()

    def one(sock: socket.socket) -> None:
        with suppress(OSError):  # the client has gone, which is what the tests are about
            talk(context.wrap_socket(sock, server_side=True) if context else sock)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()


def drip(sock: socket.socket, data: bytes) -> None:
    for byte in data:
        sock.sendall(bytes([byte]))
        time.sleep(0.05)


def dripping_headers(sock: socket.socket) -> None:
    sock.recv(65536)
    drip(sock, HEAD + b"X-Long: " + b"x" * 1000)


def dripping_status(sock: socket.socket) -> None:
    sock.recv(65536)
    drip(sock, HEAD)


def dripping_body(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    drip(sock, b"x" * 1000)


def dripping_chunks(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        drip(sock, b"1\r\nx\r\n")


def hanging(sock: socket.socket) -> None:
    sock.recv(65536)
    time.sleep(5)


def deaf(_sock: socket.socket) -> None:
    time.sleep(5)


def continuing(sock: socket.socket) -> None:
    sock.recv(65536)
    while True:
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


TALKS = [dripping_headers, dripping_status, dripping_body, dripping_chunks, hanging, deaf, continuing]


def refused(url: str, body: bytes = b"<x/>", **settings: object) -> tuple[MagentoError, float]:
    found = transport(timeout=(5, LIMIT), **settings)
    begin = time.monotonic()
    with pytest.raises(MagentoError) as caught:
        found.post(url, body, {})
    seconds = time.monotonic() - begin
    found.close()
    return caught.value, seconds


@pytest.mark.parametrize("talk", TALKS)
def test_in_time(talk: Callable[[socket.socket], None]) -> None:
    with listening(talk) as url:
        error, seconds = refused(url)
    assert isinstance(error, TimedOut)
    assert f"{url} did not answer within {LIMIT} seconds" in str(error)
    assert LIMIT * 0.9 < seconds < LIMIT + 0.5


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
@pytest.mark.parametrize("talk", [dripping_headers, dripping_body, hanging])
def test_in_time_over_tls(talk: Callable[[socket.socket], None], certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(talk, context) as url:
        error, seconds = refused(url, verify_tls=False)
    assert isinstance(error, TimedOut)
    assert seconds < LIMIT + 0.5


def test_a_handshake_that_drips() -> None:
    def talk(sock: socket.socket) -> None:
        drip(sock, b"\x16\x03\x03\x40\x00" + b"\x02" * 1000)

    with listening(talk) as url:
        error, seconds = refused(url.replace("http:", "https:"), verify_tls=False)
    assert isinstance(error, TimedOut)
    assert seconds < LIMIT + 0.5


def test_a_server_that_does_not_read() -> None:
    with listening(deaf) as url:
        error, seconds = refused(url, b"x" * 50_000_000)
    assert isinstance(error, TimedOut)
    assert seconds < LIMIT + 1


def test_tries_share_the_time() -> None:
    """A gateway that gives up again and again, just before the limit."""

    def talk(sock: socket.socket) -> None:
        sock.recv(65536)
        time.sleep(LIMIT * 0.7)
        sock.sendall(b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with listening(talk) as url:
        _error, seconds = refused(url)
    assert seconds < LIMIT + 0.5


def test_a_slow_answer_in_time_is_taken() -> None:
    def talk(sock: socket.socket) -> None:
        sock.recv(65536)
        drip(sock, b"HTTP/1.1 200 OK\r\n")
        sock.sendall(b"Content-Length: 5\r\n\r\n<?xml")

    found = transport(timeout=(5, 5))
    with listening(talk) as url:
        assert found.post(url, b"<x/>", {}).body == b"<?xml"
    found.close()


def test_the_earlier_end_counts() -> None:
    assert left() == 3600
    with within(10), within(100):
        assert left() <= 10
        with within(0):
            assert left() == 0
    assert left(7) == 7


@pytest.mark.parametrize("kind", ["drip", "drip_headers", "hang"])
def test_a_shop_that_drips(kind: str) -> None:
    with (
        start(products=20, orders=5, customers=5) as store,
        connect(store.url, store.user, store.key, timeout=(5, 1)) as shop,
    ):
        store.misbehave(kind, times=None, seconds=0.1)
        begin = time.monotonic()
        with pytest.raises(TimedOut):
            list(shop.order_summaries())
        assert time.monotonic() - begin < 1.5
