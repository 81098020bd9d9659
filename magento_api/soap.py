"""Reading SOAP answers, of v1 and of both dialects of v2, into plain JSON values.

Their structs come in three forms: ``Map`` of items with key and value (v1), elements named as the keys (v2), and
lists as ``item`` elements (RPC) or ``complexObjectArray`` elements (WS-I).
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from .errors import NotUnderstood
from .faults import fault_error
from .transport import Transport
from .xml import DEEPEST, parse

_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"
_TYPE, _NIL = f"{_XSI}type", f"{_XSI}nil"


def read_answer(body: bytes, method: str, transport: Transport) -> Any:
    """The one value of an answer; None for an empty one.

    :raises MagentoError: the fault in it, see :mod:`faults`.
    """
    root = parse(body, _envelope_tag(body), transport.secrets)
    content = root.find(f"{_ENVELOPE}Body")
    if root.tag != f"{_ENVELOPE}Envelope" or content is None or not len(content):
        raise NotUnderstood(
            f"The shop's answer is XML, but not SOAP: {transport.secrets.snippet(body)}", "check the shop's address"
        )
    answer = content[0]
    if answer.tag == f"{_ENVELOPE}Fault":
        text = answer.findtext("faultstring") or ""
        raise fault_error(answer.findtext("faultcode") or "", text, method, transport.secrets)
    return _value(answer[0], 0) if len(answer) else None


def _envelope_tag(body: bytes) -> str:
    """The name of the envelope's element with its prefix, as it stands in the text: PHP writes
    ``SOAP-ENV:Envelope``.
    """
    at = body.rfind(b":Envelope>")
    start = body.rfind(b"</", 0, at) if at >= 0 else -1
    return (
        body[start + 2 : at].decode("ascii", "replace") + ":Envelope"
        if start >= 0 and at - start < 40
        else "SOAP-ENV:Envelope"
    )


def _value(element: etree._Element, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotUnderstood("Magento sent values nested too deeply")
    if not len(element):
        return _scalar(element)
    kind = element.get(_TYPE)
    if element.get(_ARRAY_TYPE) is not None:
        return [_value(item, depth + 1) for item in element]
    if kind is not None and kind.endswith(":Map"):
        return _map(element, depth)
    first = element[0].tag
    if first == "complexObjectArray" or (first == "item" and kind is not None and kind.endswith("Array")):
        return [_value(item, depth + 1) for item in element]
    return {str(child.tag): _value(child, depth + 1) if len(child) else _scalar(child) for child in element}


def _map(element: etree._Element, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for item in element:
        if len(item) != 2:
            raise NotUnderstood("Magento sent a map with an item that is not a key and a value")
        key, value = item
        result[key.text or ""] = _value(value, depth + 1) if len(value) else _scalar(value)
    return result


def _scalar(element: etree._Element) -> Any:
    """A value without elements in it. Magento writes a line break into empty elements of v2, for it puts one between
    all tags.
    """
    if element.get(_ARRAY_TYPE) is not None:
        return []
    text = element.text or ""
    kind = element.get(_TYPE)
    if kind is None or kind.endswith(":string"):
        return None if element.get(_NIL) == "true" else "" if text == "\n" else text
    kind = kind.rpartition(":")[2]
    if kind in ("int", "integer", "long", "short"):
        try:
            return int(text)
        except ValueError:
            return text
    if kind == "boolean":
        return text.strip() in ("true", "1")
    if kind == "Map" or kind.endswith("Array"):
        return [] if kind != "Map" else {}
    return "" if text == "\n" else text
