"""Requests that are no requests, and addresses."""

from __future__ import annotations

import gzip
import socket

import pytest
from caller import http
from replaying import ADDRESSES, differences, read, tree

from sandbox import Sandbox, start

RAW = {
    "err~v1_empty": "soapv1",
    "err~v1_malformed": "soapv1",
    "err~v2_control_char": "soapv2",
    "err~v2_empty": "soapv2",
    "err~v2_malformed": "soapv2",
    "err~xmlrpc_control_char": "xmlrpc",
    "err~xmlrpc_empty": "xmlrpc",
    "err~xmlrpc_html": "xmlrpc",
    "err~xmlrpc_listMethods": "xmlrpc",
    "err~xmlrpc_malformed": "xmlrpc",
    "err~xmlrpc_multicall": "xmlrpc",
    "err~xmlrpc_unknown_method": "xmlrpc",
}


@pytest.mark.parametrize(("name", "protocol"), RAW.items())
def test_what_is_no_request(recorded_shop: Sandbox, name: str, protocol: str) -> None:
    status, _, body = http(recorded_shop.url + ADDRESSES[protocol], read(f"{name}.raw.req.xml"))
    assert differences(tree(body), tree(read(f"{name}.raw.res.xml"))) == []
    assert status == (200 if protocol == "xmlrpc" else 500)


@pytest.mark.parametrize("path", ["/index.php/api/xmlrpc/", "/api/xmlrpc/", "/api/xmlrpc", "/api.php?type=xmlrpc"])
def test_addresses_of_xmlrpc(recorded_shop: Sandbox, path: str) -> None:
    body = b"<methodCall><methodName>startSession</methodName><params/></methodCall>"
    assert b"methodResponse" in http(recorded_shop.url + path, body)[2]


@pytest.mark.parametrize(
    ("path", "binding"),
    [
        ("/index.php/api/soap/?wsdl", b'style="rpc"'),
        ("/api.php?type=soap&wsdl", b'style="rpc"'),
        ("/index.php/api/v2_soap/?wsdl=1", b"salesOrderInfo"),
        ("/index.php/api/v2_soap/index/?wsdl=1", b"salesOrderInfo"),
    ],
)
def test_addresses_of_wsdl(recorded_shop: Sandbox, path: str, binding: bytes) -> None:
    status, headers, body = http(recorded_shop.url + path)
    assert status == 200 and headers["Content-Type"].startswith("text/xml")
    assert binding in body and recorded_shop.url.encode() in body


def test_other_addresses(recorded_shop: Sandbox) -> None:
    assert http(recorded_shop.url + "/")[0] == 200
    assert http(recorded_shop.url + "/nothing/here")[0] == 404
    assert b"<html" in http(recorded_shop.url + "/api/nosuch/")[2]
    assert http(recorded_shop.url + "/api.php?type=nosuch")[::2] == (200, b"Invalid webservice adapter specified.")
    assert http(recorded_shop.url + "/default/api/xmlrpc/")[0] == 404


def test_compressed_answers() -> None:
    with start(recorded_only=True, gzip=True) as shop:
        url = shop.url + "/index.php/api/soap/?wsdl"
        plain, packed = http(url), http(url, None, **{"Accept-Encoding": "gzip"})
    assert packed[1]["Content-Encoding"] == "gzip" and gzip.decompress(packed[2]) == plain[2]


def test_store_code_in_the_address() -> None:
    with start(recorded_only=True, store_code_in_url=True) as shop:
        assert http(shop.url + "/index.php/eu_de/api/xmlrpc/", b"")[0] == 200


def test_a_client_of_the_other_dialect() -> None:
    with start(recorded_only=True, wsi=True) as shop:
        status, _, body = http(shop.url + ADDRESSES["soapv2"], read("err~rpc_client_on_wsi.soapv2.req.xml"))
    assert status == 500
    assert differences(tree(body), tree(read("err~rpc_client_on_wsi.soapv2.res.xml"))) == []


def test_a_store_that_is_asked_under_another_name() -> None:
    with start(recorded_only=True, base_url="http://shop.example") as shop:
        here = f"http://127.0.0.1:{shop.port}"
        with socket.create_connection(("127.0.0.1", shop.port)) as connection:
            connection.sendall(b"GET /index.php/api/soap/?wsdl HTTP/1.0\r\nHost: other\r\n\r\n")
            answer = connection.recv(65536)
        assert b" 302 " in answer.splitlines()[0] and b"Location: http://shop.example/\r\n" in answer
        assert b"methodResponse" in http(here + "/index.php/api/xmlrpc/", b"")[2]
        wsdl = http(here + "/index.php/api/soap/?wsdl", Host="shop.example")[2]
    assert b"http://shop.example/index.php/api/soap/" in wsdl
