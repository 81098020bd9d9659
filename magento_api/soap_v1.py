"""SOAP v1, written and read with lxml: its ``Map`` structs are of a type that no schema declares, so zeep cannot read
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from .errors import MagentoError
from .soap import read_answer
from .transport import Transport
from .xml import legal
from .xmlrpc import judge_many, text_answer

_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:Mage_Api_Model_Server_HandlerAction"'}
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="urn:Magento" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:c="http://schemas.xmlsoap.org/soap/encoding/" xmlns:x="http://xml.apache.org/xml-soap"'
    ' e:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><e:Body>'
)


class SoapV1:
    """The protocol over one endpoint; the same methods and arguments as XML-RPC."""

    name = "soap_v1"
    batch_form = "array"

    def __init__(self, transport: Transport, endpoint: str) -> None:
        self._transport = transport
        self.endpoint = endpoint

    def login(self, user: str, key: str) -> str:
        """A new session id."""
        return text_answer(self._request("login", {"username": user, "apiKey": key}, "login"), "login")

    def call(self, session: str, method: str, args: Sequence[Any], *, read: bool = True, split: bool = False) -> Any:
        """The answer of one method."""
        parts = {"sessionId": session, "resourcePath": method, "args": list(args)}
        return self._request("call", parts, method, read=read, split=split)

    def call_many(
        self, session: str, calls: Sequence[tuple[str, Sequence[Any]]], *, read: bool = True
    ) -> list[Any | MagentoError]:
        """The answers of many methods in one request, in their order; a fault of one is the error in its place."""
        payload = [[method, list(args)] for method, args in calls]
        parts = {"sessionId": session, "calls": payload, "options": None}
        answers = self._request("multiCall", parts, "multiCall", read=read, split=True)
        return judge_many(answers, calls, self._transport)

    def resources(self, session: str) -> Any:
        """What the user may call, see :func:`permissions.allowed_methods`."""
        return self._request("resources", {"sessionId": session}, "resources")

    def end(self, session: str) -> None:
        """End the session."""
        self._request("endSession", {"sessionId": session}, "endSession", read=False)

    def _request(self, name: str, parts: dict[str, Any], method: str, *, read: bool = True, split: bool = False) -> Any:
        answer = self._transport.post(self.endpoint, encode(name, parts), _HEADERS, read=read, split=split)
        return read_answer(answer.body, method, self._transport)


def encode(name: str, parts: dict[str, Any]) -> bytes:
    """A request with named parts; str, int, bool, None, lists and dicts, nested."""
    out = [_OPEN, f"<m:{name}>"]
    for part, value in parts.items():
        _encode(part, value, out)
    out.append(f"</m:{name}></e:Body></e:Envelope>")
    return "".join(out).encode()


def _encode(tag: str, value: Any, out: list[str]) -> None:
    if value is None:
        out.append(f'<{tag} xsi:nil="true"/>')
    elif isinstance(value, bool):
        out.append(f'<{tag} xsi:type="xsd:boolean">{str(value).lower()}</{tag}>')
    elif isinstance(value, int):
        out.append(f'<{tag} xsi:type="xsd:int">{value}</{tag}>')
    elif isinstance(value, dict):
        out.append(f'<{tag} xsi:type="x:Map">')
        for key, item in value.items():
            out.append(f'<item><key xsi:type="xsd:string">{escape(legal(str(key)), quote=False)}</key>')
            _encode("value", item, out)
            out.append("</item>")
        out.append(f"</{tag}>")
    elif isinstance(value, list | tuple):
        out.append(f'<{tag} c:arrayType="xsd:anyType[{len(value)}]" xsi:type="c:Array">')
        for item in value:
            _encode("item", item, out)
        out.append(f"</{tag}>")
    else:
        out.append(f'<{tag} xsi:type="xsd:string">{escape(legal(str(value)), quote=False)}</{tag}>')
