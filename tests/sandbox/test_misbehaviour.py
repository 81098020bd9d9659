"""Each misbehaviour, as a caller sees it."""

from __future__ import annotations

import http.client
import socket
import time
import urllib.error
import xmlrpc.client

import pytest
from caller import Caller, control
from caller import http as ask

from sandbox import Sandbox, start
from sandbox.misbehave import KINDS

LIST = b"<methodCall><methodName>system.listMethods</methodName><params/></methodCall>"
PATH = "/index.php/api/xmlrpc/"
SEEN = {
    "http_500": (500, b""),
    "http_502": (502, b"nginx"),
    "http_503": (503, b""),
    "maintenance": (503, b"Service Unavailable"),
    "maintenance_200": (200, b"Service Unavailable"),
    "error_page": (503, b"There has been an error processing your request"),
    "php_fatal": (200, b"Fatal error"),
    "http_500_after": (500, b""),
    "fault": (200, b"faultCode"),
    "latin1": (200, b"methodResponse"),
}


@pytest.mark.parametrize("kind", SEEN)
def test_answers(shop: Sandbox, kind: str) -> None:
    shop.misbehave(kind)
    status, _, body = ask(shop.url + PATH, LIST)
    assert (status, SEEN[kind][1] in body, bool(body)) == (SEEN[kind][0], True, bool(SEEN[kind][1]))
    assert ask(shop.url + PATH, LIST)[0] == 200, "once only"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "lost_answer", "cut_connection"])
def test_broken_connections(shop: Sandbox, kind: str) -> None:
    shop.misbehave(kind)
    with pytest.raises((http.client.HTTPException, ConnectionError, urllib.error.URLError)):
        ask(shop.url + PATH, LIST)
    assert ask(shop.url + PATH, LIST)[0] == 200


@pytest.mark.parametrize("kind", ["latency", "slow_body"])
def test_waiting(shop: Sandbox, kind: str) -> None:
    shop.misbehave(kind, seconds=0.3)
    before = time.monotonic()
    assert ask(shop.url + PATH, LIST)[2].endswith(b"</methodResponse>")
    assert time.monotonic() - before >= 0.3


@pytest.mark.parametrize(("kind", "head"), [("drip", b"HTTP/1.1 200 OK"), ("drip_headers", b"HTTP/")])
def test_a_byte_at_a_time(shop: Sandbox, kind: str, head: bytes) -> None:
    shop.misbehave(kind, seconds=0.05)
    with _asking(shop) as connection:
        time.sleep(0.5)
        seen = connection.recv(65536)
        assert seen.startswith(head)
        dripped = seen.partition(b"\r\n\r\n")[2] if kind == "drip" else seen
        assert 5 <= len(dripped) <= 11
        assert connection.recv(65536), "it goes on"
    assert ask(shop.url + PATH, LIST)[0] == 200


def test_no_answer(shop: Sandbox) -> None:
    shop.misbehave("hang")
    with _asking(shop) as connection:
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    assert ask(shop.url + PATH, LIST)[0] == 200


def _asking(shop: Sandbox) -> socket.socket:
    """A connection on which something was asked."""
    connection = socket.create_connection(("127.0.0.1", shop.port), timeout=5)
    connection.sendall(b"POST %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (PATH.encode(), len(LIST), LIST))
    return connection


def test_changed_bodies(shop: Sandbox) -> None:
    whole = ask(shop.url + PATH, LIST)[2]
    seen = {}
    for kind in ("php_warning", "bom", "truncated"):
        shop.misbehave(kind)
        seen[kind] = ask(shop.url + PATH, LIST)[2]
    assert seen["php_warning"].endswith(whole) and b"<b>Notice</b>" in seen["php_warning"]
    assert seen["bom"] == b"\xef\xbb\xbf" + whole
    assert seen["truncated"] == whole[: len(whole) // 2]
    shop.misbehave("huge_answer", size=1_000_000)
    assert len(ask(shop.url + PATH, LIST)[2]) == len(whole) + 1_000_000


def test_text_before_the_xml_cuts_off_its_end_in_soap(shop: Sandbox) -> None:
    whole = ask(shop.url + "/index.php/api/soap/", b"<x")[2]
    shop.misbehave("php_warning")
    cut = ask(shop.url + "/index.php/api/soap/", b"<x")[2]
    assert len(cut) == len(whole) and b"<b>Notice</b>" in cut


def test_which_how_often_and_when(shop: Sandbox) -> None:
    caller = Caller(shop.url).login()
    shop.misbehave("fault", "sales_order.*", code=1, message="No", after=1, times=2)
    assert caller("store.list")
    assert caller.many(["sales_order.info", ["x"]])[0]["faultCode"] == "100", "the first one is let through"
    assert [caller.fault("sales_order.info", "x")[0] for _ in range(3)] == [1, 1, 100]


def test_sessions_expire_on_demand(shop: Sandbox, caller: Caller) -> None:
    shop.misbehave("expire_session", "store.list")
    assert caller.fault("store.list")[0] == 5


def test_a_write_whose_answer_is_lost(shop: Sandbox, caller: Caller) -> None:
    shop.misbehave("lost_answer", "sales_order.hold")
    with pytest.raises((http.client.HTTPException, ConnectionError, xmlrpc.client.Error)):
        # the standard library repeats a call whose connection was closed under it: it is told that this is on hold
        caller("sales_order.hold", "100000001")
    assert Caller(shop.url).login()("sales_order.info", "100000001")["state"] == "holded"


def test_basic_credentials() -> None:
    with start(recorded_only=True, basic_auth=("guard", "word")) as shop:
        status, headers, _ = ask(shop.url + PATH, LIST)
        assert status == 401 and headers["WWW-Authenticate"].startswith("Basic")
        assert ask(shop.url + PATH, LIST, Authorization="Basic Z3VhcmQ6d29yZA==")[0] == 200
        control(shop.url, "basic-auth")
        assert ask(shop.url + PATH, LIST)[0] == 200


def test_an_unknown_kind_is_refused(shop: Sandbox) -> None:
    with pytest.raises(ValueError, match="unknown misbehaviour"):
        shop.misbehave("nosuch")
    assert set(SEEN) < set(KINDS)
