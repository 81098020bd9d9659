"""HTTP: what a web server, a proxy or a network does to a caller."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

import pytest
from recorded_server import recorded

from magento_api import BadUrl, CredentialsRefused, MagentoError, NotUnderstood, TooBig, Unreachable, connect
from magento_api.errors import CutOff, TimedOut
from magento_api.masking import Secrets
from magento_api.transport import Transport
from magento_api.xml import parse

LOGIN = recorded("login~ok.xmlrpc")
OK = recorded("store.list.xmlrpc")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.001)


@contextmanager
def server(do: Callable[[BaseHTTPRequestHandler, int], None]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A web server that does what ``do(handler, number of the request)`` does.

    Gives its address and the headers it got.
    """
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(dict(self.headers))
            do(self, len(seen))

        def log_message(self, *_arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: Any) -> None:
            pass

    found = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{found.server_address[1]}", seen
    finally:
        found.shutdown()
        found.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    headers.setdefault("Content_Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def transport(**settings: Any) -> Transport:
    return Transport(
        Secrets(),
        **{"basic_auth": None, "verify_tls": True, "timeout": (2, 2), "max_answer_bytes": 10**7, **settings},
    )


def post(url: str, **settings: Any) -> bytes:
    found = transport(**settings)
    try:
        return found.post(f"{url}/index.php/api/xmlrpc/", b"<x/>", {}).body
    finally:
        found.close()


def test_headers() -> None:
    with server(lambda handler, _number: send(handler, 200, OK)) as (url, seen):
        post(url)
    assert seen[0]["User-Agent"]
    assert "xml" in seen[0]["Accept"]
    assert "gzip" in seen[0]["Accept-Encoding"]
    assert "Authorization" not in seen[0]


def test_http_basic() -> None:
    with server(lambda handler, _number: send(handler, 200, OK)) as (url, seen):
        post(url, basic_auth=("user", "pässword"))
        assert seen[0]["Authorization"].startswith("Basic ")
    with server(lambda handler, _number: send(handler, 401, b"no")) as (url, seen):
        with pytest.raises(CredentialsRefused, match="HTTP Basic"):
            post(url)
        assert len(seen) == 1


def test_a_netrc_file_is_not_asked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with server(lambda handler, _number: send(handler, 200, OK)) as (url, seen):
        post(url)
    assert "Authorization" not in seen[0]


def test_cookies_are_not_kept() -> None:
    with server(lambda handler, _number: send(handler, 200, OK, Set_Cookie="frontend=1")) as (url, seen):
        found = transport()
        for _ in range(2):
            found.post(f"{url}/", b"<x/>", {})
        assert "Cookie" not in seen[1]


def test_gzip_and_its_bombs() -> None:
    body = gzip.compress(OK)
    with server(lambda handler, _number: send(handler, 200, body, Content_Encoding="gzip")) as (url, _seen):
        assert post(url) == OK
    bomb = gzip.compress(b"<?xml" + b" " * 30_000_000)
    with (
        server(lambda handler, _number: send(handler, 200, bomb, Content_Encoding="gzip")) as (url, _seen),
        pytest.raises(TooBig, match="larger than"),
    ):
        post(url, max_answer_bytes=2**20)


def test_a_gateway_error_passes() -> None:
    with server(lambda handler, number: send(handler, 502 if number < 3 else 200, OK)) as (url, seen):
        assert post(url) == OK
        assert len(seen) == 3


@pytest.mark.parametrize(
    ("status", "body", "kind", "tries"),
    [
        (502, b"<html>", Unreachable, 3),
        (503, b"<html>", Unreachable, 3),
        (504, b"", Unreachable, 3),
        (429, b"", Unreachable, 3),
        (500, b"", TooBig, 2),
        (500, b"<html>oops</html>", TooBig, 2),
        (413, b"", TooBig, 2),
        (200, b"", TooBig, 2),
        (200, b"<b>Fatal error</b>: Allowed memory size of 1 bytes exhausted", TooBig, 2),
        (200, b"<b>Fatal error</b>: Uncaught TypeError", CutOff, 1),
        (200, b"<html>shop</html>", NotUnderstood, 1),
        (404, b"<html>", BadUrl, 1),
        (405, b"", BadUrl, 1),
        (403, b"<html>", Unreachable, 1),
    ],
)
def test_statuses(status: int, body: bytes, kind: type[MagentoError], tries: int) -> None:
    with server(lambda handler, _number: send(handler, status, body)) as (url, seen):
        with pytest.raises(kind) as caught:
            post(url)
        assert len(seen) == tries
        assert str(caught.value).endswith(".")


def test_a_write_is_never_repeated() -> None:
    with server(lambda handler, _number: send(handler, 502)) as (url, seen):
        with pytest.raises(Unreachable):
            transport().post(url + "/", b"<x/>", {}, read=False)
        assert len(seen) == 1


def test_what_the_caller_will_split_is_not_repeated() -> None:
    with server(lambda handler, _number: send(handler, 500)) as (url, seen):
        with pytest.raises(TooBig):
            transport().post(url + "/", b"<x/>", {}, split=True)
        assert len(seen) == 1


def test_time_out() -> None:
    with (
        server(lambda _handler, _number: time.sleep(1)) as (url, seen),
        pytest.raises(TimedOut, match=r"within 0\.2 seconds"),
    ):
        post(url, timeout=(1, 0.2))
    assert len(seen) == 1, "who waits for a shop that hangs keeps others waiting"


def test_a_dropped_connection() -> None:
    def drop(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number < 3:
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
        else:
            send(handler, 200, OK)

    with server(drop) as (url, seen):
        assert post(url) == OK
        assert len(seen) == 3


def test_half_an_answer_is_noticed() -> None:
    def half(handler: BaseHTTPRequestHandler, _number: int) -> None:
        send(handler, 200, OK[:-50], Content_Length=str(len(OK)))
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True

    with server(half) as (url, seen), pytest.raises(Unreachable, match="broke off"):
        post(url)
    assert len(seen) == 3


def test_names_and_ports_that_do_not_answer() -> None:
    with pytest.raises(Unreachable, match="refused the connection"):
        post("http://127.0.0.1:1")
    with pytest.raises(Unreachable, match="host name"):
        post("http://no-such-host.invalid")


def test_tls() -> None:
    with server(lambda handler, _number: send(handler, 200, OK)) as (url, _seen):
        with pytest.raises(Unreachable, match="TLS") as caught:
            post(url.replace("http:", "https:"))
        assert not caught.value.retryable


def test_redirects() -> None:
    def to(target: str) -> Callable[[BaseHTTPRequestHandler, int], None]:
        return lambda handler, _number: send(handler, 301, Location=target)

    for target in ("https://www.shop.example/index.php/api/xmlrpc/", "/", "http://127.0.0.1:2/index.php/api/xmlrpc/"):
        with server(to(target)) as (url, seen):
            with pytest.raises(BadUrl, match="redirects to"):
                post(url)
            assert len(seen) == 1


def test_server_time() -> None:
    with server(lambda handler, _number: send(handler, 200, OK)) as (url, _seen):
        found = transport()
        found.post(url + "/", b"<x/>", {})
        assert found.server_time is not None
        assert found.server_time.utcoffset() is not None
        assert abs(found.server_time.timestamp() - time.time()) < 5


def test_connect_says_what_is_wrong_with_the_address() -> None:
    with (
        server(lambda handler, _number: send(handler, 404, b"<html>")) as (url, _seen),
        pytest.raises(BadUrl, match="There is no Magento API at"),
    ):
        connect(url, "user", "the key")
    with pytest.raises(CredentialsRefused, match="empty"):
        connect("http://127.0.0.1:1", "", "")
    with pytest.raises(BadUrl, match="not a protocol"):
        connect("http://127.0.0.1:1", "u", "k", protocol="rest")


def test_a_folder_is_found() -> None:
    """The address of a page in the shop is understood too."""

    def answer(handler: BaseHTTPRequestHandler, _number: int) -> None:
        send(handler, 200, LOGIN) if handler.path == "/shop/index.php/api/xmlrpc/" else send(handler, 404)

    with server(answer) as (url, _seen), connect(f"{url}/shop/de/", "user", "the key") as client:
        assert client.url == f"{url}/shop"
        assert client.protocol == "xmlrpc"


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><methodResponse>&z;</methodResponse>',
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><methodResponse>&x;</methodResponse>',
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML//EN" "http://127.0.0.1:1/x.dtd"><html/>',
    ],
)
def test_no_entities_and_no_document_types(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        parse(body, "methodResponse", Secrets())


def test_noise_around_the_xml() -> None:
    for body in (b"\xef\xbb\xbf" + OK, b"<br />\n<b>Notice</b>: x\n" + OK, OK + b"\n<b>Warning</b>: y", b"\n\n" + OK):
        assert parse(body, "methodResponse", Secrets()).tag == "methodResponse"
    for body in (
        OK.replace(b"English", b"Eng\x0blish"),
        OK.replace(b"English", b"\xe4&#11;"),
        OK.replace(b"English", b"&#x1F;"),
    ):
        assert parse(body, "methodResponse", Secrets()).tag == "methodResponse"


def test_deep_nesting_is_no_crash() -> None:
    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        deep = b"<value><array><data>" * 500 + b"</data></array></value>" * 500
        body = b"<?xml version='1.0'?><methodResponse><params><param>%s</param></params></methodResponse>" % deep
        send(handler, 200, LOGIN if number == 1 else body)

    with server(answer) as (url, _seen), connect(url, "user", "the key") as client, pytest.raises(NotUnderstood):
        client.store_views()


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_https(certificate: str) -> None:
    """http that redirects to https of the same place is followed, and remembered; certificates are checked."""

    class Both(socketserver.ThreadingMixIn, HTTPServer):
        """Speaks TLS to those who begin with it, and sends all others there."""

        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            if request.recv(1, socket.MSG_PEEK) == b"\x16":
                request = context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)

        def handle_error(self, *_arguments: Any) -> None:
            pass

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((isinstance(self.connection, ssl.SSLSocket), b"login" in body))
            if isinstance(self.connection, ssl.SSLSocket):
                send(self, 200, LOGIN if b"login" in body else OK)
            else:
                send(self, 301, Location=f"https://127.0.0.1:{port}{self.path}")

        def log_message(self, *_arguments: Any) -> None:
            pass

    seen: list[tuple[bool, bool]] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    found = Both(("127.0.0.1", 0), Handler)
    port = found.server_address[1]
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        with connect(f"http://127.0.0.1:{port}", "user", "the key", verify_tls=False) as client:
            assert client.url == f"https://127.0.0.1:{port}"
            client.store_views()
        assert seen[:3] == [(False, True), (True, True), (True, False)]
        with pytest.raises(Unreachable, match="certificate") as caught:
            connect(f"https://127.0.0.1:{port}", "user", "the key")
        assert "verify TLS" in str(caught.value)
    finally:
        found.shutdown()
        found.server_close()


@pytest.mark.parametrize(
    "location", ["http://[::1/", "http://127.0.0.1:99999/api", "https://x:y/", "//[", "http://\xe9["]
)
def test_a_redirect_to_no_address(location: str) -> None:
    with (
        server(lambda handler, _number: send(handler, 302, b"", Location=location)) as (url, seen),
        pytest.raises(BadUrl, match="redirects to"),
    ):
        post(url)
    assert len(seen) == 1


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 +2359", "soon", ""])
def test_a_date_that_is_none(date: str) -> None:
    def do(handler: BaseHTTPRequestHandler, _number: int) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nDate: %s\r\n" % date.encode())
        handler.wfile.write(b"Content-Length: %d\r\n\r\n" % len(OK) + OK)

    with server(do) as (url, _seen):
        assert post(url) == OK
