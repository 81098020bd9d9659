"""SOAP v2 in both dialects, RPC/encoded and WS-I (document/literal). zeep writes the requests, from our own WSDL files.

The answers are not read by zeep but by :mod:`soap`, as those of v1: zeep takes six times as long
(4 ms an order), and stops at a field that a module of the shop added to its WSDL.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from .errors import MagentoError, Refused
from .soap import read_answer
from .soap_v2_operations import BY_NAME, OPERATIONS
from .soap_v2_parts import WSI_ITEM, Parts
from .transport import Answer, Transport
from .xmlrpc import text_answer

_FILES = Path(__file__).parent / "wsdl"
_NAMESPACE = "urn:OpenMage"
_ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PREFIXES = {
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "c": "http://schemas.xmlsoap.org/soap/encoding/",
}
# Parts that are lists even when nothing is in them, and what stands for them and for flags that are not given.
_LISTS = ("itemsQty", "qtys")
_EMPTY: dict[str, Any] = {"itemsQty": [], "email": 0, "includeComment": 0}


class SoapV2:
    """The protocol over one endpoint, in one dialect; methods and arguments are those of XML-RPC."""

    batch_form = "none"

    def __init__(self, transport: Transport, endpoint: str, *, wsi: bool = False) -> None:
        self._transport = transport
        self._wsi = wsi
        self._parts = Parts(WSI_ITEM if wsi else "item")
        self._namespace = _NAMESPACE
        self.endpoint = endpoint
        self.name = "soap_v2_wsi" if wsi else "soap_v2"

    def login(self, user: str, key: str) -> str:
        """A new session id.

        :raises Refused: the shop speaks the other dialect.
        """
        try:
            answer = self._request("login", {"username": user, "apiKey": key}, "login")
        except Refused:
            # PHP compares namespaces in WS-I only; stock Magento's is another than OpenMage's.
            if not self._wsi or self._namespace != _NAMESPACE:
                raise
            self._namespace = "urn:Magento"
            answer = self._request("login", {"username": user, "apiKey": key}, "login")
        return text_answer(answer, "login")

    def call(self, session: str, method: str, args: Sequence[Any], *, read: bool = True, split: bool = False) -> Any:
        """The answer of one method."""
        operation = OPERATIONS[method]
        names = operation.parts_in(self._wsi)
        values = dict(zip(names, args, strict=False))
        empty = {name: _EMPTY.get(name, "") for name in operation.always if values.get(name) is None}
        parts = {name: self._parts.write(name, value) for name, value in (values | empty).items() if value is not None}
        return self._request(operation.name, {"sessionId": session, **parts}, method, read=read, split=split)

    def call_many(
        self, session: str, calls: Sequence[tuple[str, Sequence[Any]]], *, read: bool = True
    ) -> list[Any | MagentoError]:
        """There is no multiCall in SOAP v2: :class:`connection.Connection` calls over several connections instead."""
        raise Refused("SOAP v2 takes one call in a request")

    def resources(self, session: str) -> Any:
        """What the user may call; the WS-I dialect cannot say."""
        if self._wsi:
            raise Refused("The WS-I dialect of SOAP v2 has no list of resources")
        return self._request("resources", {"sessionId": session}, "resources")

    def end(self, session: str) -> None:
        """End the session."""
        self._request("endSession", {"sessionId": session}, "endSession", read=False)

    def _request(self, name: str, parts: dict[str, Any], method: str, *, read: bool = True, split: bool = False) -> Any:
        body = self._write(name, parts)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        answer: Answer = self._transport.post(self.endpoint, body, headers, read=read, split=split)
        return read_answer(answer.body, method, self._transport)

    def _write(self, name: str, parts: dict[str, Any]) -> bytes:
        client, service, skip = self._zeep
        unset = {part: skip for part in _parts_of(name, self._wsi) if part not in parts}
        envelope = client.create_message(service, name, **parts, **unset)
        if not self._wsi:
            for element in envelope.iter():
                if element.tag in _LISTS or (len(element) and element[0].tag == "item"):
                    element.set(_ARRAY_TYPE, f"xsd:anyType[{len(element)}]")
                    element.set(_TYPE, "c:Array")
        text: bytes = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return text if self._namespace == _NAMESPACE else text.replace(_NAMESPACE.encode(), self._namespace.encode(), 1)

    @cached_property
    def _zeep(self) -> tuple[Any, Any, Any]:
        """zeep's client, its service at our endpoint, and its mark for a part that is left out."""
        client, skip = _zeep_client(self._wsi)
        return client, client.create_service(f"{{{_NAMESPACE}}}Binding", self.endpoint), skip


@cache
def _zeep_client(wsi: bool) -> tuple[Any, Any]:
    """zeep's client of one dialect, shared by all shops: reading the WSDL takes longer than logging in. It only
    writes; nothing is ever sent or fetched by it.
    """
    # Imported here, for it takes longer than everything else and most shops never need it.
    import zeep

    client: Any = zeep.Client(str(_FILES / ("soap_v2_wsi.wsdl" if wsi else "soap_v2_rpc.wsdl")))  # type: ignore[no-untyped-call]
    for prefix, namespace in _PREFIXES.items():
        client.set_ns_prefix(prefix, namespace)
    return client, zeep.xsd.SkipValue


def _parts_of(name: str, wsi: bool) -> tuple[str, ...]:
    return BY_NAME[name].parts_in(wsi) if name in BY_NAME else ()
