"""A web server that answers as a real store did: with the answers in ``tests/recorded``, over real HTTP."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lxml import etree

RECORDED = Path(__file__).parent.parent / "recorded"
SUFFIX = {"xmlrpc": "xmlrpc", "soap_v1": "soapv1", "soap_v2": "soapv2", "soap_v2_wsi": "soapwsi"}
ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
# What the store's web server sent along with answers that are not faults of Magento.
STATUS = [
    (r"err~(maintenance|db_down|filter_category_ids)\.", 503),
    (r"err~fpm_down\.", 502),
    (r"err~(memory_limit|customer\.list_no_filter|too_few_args)\.xmlrpc", 500),
    (r"multiCall~argerror\.xmlrpc", 500),
    (r"err~(rpc_client_on_wsi|bad_int|base_url|unknown_op)\.soap", 500),
    (r"err~v[12]_.*\.raw", 500),
]


def recorded(name: str, folder: str = "") -> bytes:
    """The body of an answer, by the name of its file without ``.res.xml``."""
    path = RECORDED / folder / f"{name}.res.xml"
    packed = path.with_name(path.name + ".gz")
    return gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()


def names(pattern: str, folder: str = "") -> list[str]:
    """Names of recorded answers."""
    found = {re.sub(r"\.res\.xml(\.gz)?$", "", path.name) for path in (RECORDED / folder).glob("*.res.xml*")}
    return sorted(name for name in found if re.fullmatch(pattern, name))


def status_of(name: str) -> int:
    """The HTTP status that went with an answer."""
    return next((status for pattern, status in STATUS if re.match(pattern, name)), 200)


def called(body: bytes) -> tuple[str, list[str]]:
    """The method (or SOAP v2 operation) of a request, and the texts of its arguments in order; multiCall: its calls."""
    root = etree.fromstring(body)
    if root.tag == "methodCall":
        name = root.findtext("methodName") or ""
        params = root.findall("params/param/value")
        if name == "call":
            return params[1][0].text or "", _texts(params[2])
        return name, _texts(params[-1])
    content = root.find(f"{ENVELOPE}Body")
    assert content is not None
    operation = content[0]
    local = etree.QName(operation).localname
    if local == "call":
        return operation.findtext("resourcePath") or "", _texts(operation.find("args"))
    parts = [part for part in operation if part.tag != "sessionId"]
    return re.sub(r"(Request)?Param$", "", local), [text for part in parts for text in _texts(part)]


def _texts(element: etree._Element | None) -> list[str]:
    return [] if element is None else [text.strip() for text in element.itertext() if text.strip()]


class RecordedServer:
    """Answers every request with what ``answer(method, arguments)`` gives: a status and a body."""

    def __init__(self, answer: Callable[[str, list[str]], tuple[int, bytes]]) -> None:
        self.requests: list[tuple[str, list[str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # headers and body in one packet, else each answer waits 40 ms for an ACK

            def do_POST(self) -> None:
                method, arguments = called(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((method, arguments))
                status, body = answer(method, arguments)
                self.send_response(status)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> RecordedServer:
        return self

    def __exit__(self, *_error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()


def joined(protocol: str, bodies: list[bytes]) -> bytes:
    """Single answers as the one answer of a multiCall."""
    parts = []
    for body in bodies:
        root = etree.fromstring(body)
        if protocol == "xmlrpc":
            value = root.find("params/param/value")
            assert value is not None
        else:
            content = root.find(f"{ENVELOPE}Body")
            assert content is not None
            value = content[0][0]
            value.tag = "item"
        parts.append(etree.tostring(value))
    inside = b"".join(parts)
    if protocol == "xmlrpc":
        start, end = b"<array><data>", b"</data></array>"
        return (
            b"<?xml version='1.0'?><methodResponse><params><param><value>"
            + start
            + inside
            + end
            + (b"</value></param></params></methodResponse>")
        )
    return (
        b'<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        b' xmlns:ns1="urn:OpenMage" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Body>'
        b'<ns1:multiCallResponse><multiCallReturn SOAP-ENC:arrayType="xsd:ur-type[%d]" xsi:type="ns1:FixedArray">'
        % len(bodies)
        + inside
        + b"</multiCallReturn></ns1:multiCallResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
