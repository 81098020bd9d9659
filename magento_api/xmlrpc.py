"""XML-RPC as Magento speaks it, written and read with lxml: an answer of 50 orders is 2 MB and has 25,000 values."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from lxml import etree

from .errors import MagentoError, NotUnderstood, Refused
from .faults import fault_error, is_mismatch
from .transport import Transport
from .xml import DEEPEST, legal, parse

_HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
_NIL = ("nil", "{http://ws.apache.org/xmlrpc/namespaces/extensions}nil")


class XmlRpc:
    """The protocol over one endpoint. Knows nothing of sessions but that the id comes first."""

    name = "xmlrpc"

    def __init__(self, transport: Transport, endpoint: str) -> None:
        self._transport = transport
        self.endpoint = endpoint
        self.batch_form = "array"

    def login(self, user: str, key: str) -> str:
        """A new session id."""
        return text_answer(self._request("login", (user, key), "login"), "login")

    def call(self, session: str, method: str, args: Sequence[Any], *, read: bool = True, split: bool = False) -> Any:
        """The answer of one method. Arguments always go as an array: a bare value is fault 623."""
        return self._request("call", (session, method, list(args)), method, read=read, split=split)

    def call_many(
        self, session: str, calls: Sequence[tuple[str, Sequence[Any]]], *, read: bool = True
    ) -> list[Any | MagentoError]:
        """The answers of many methods in one request, in their order; a fault of one is the error in its place.

        Up to OpenMage 20.10 the calls are an array, from 20.12 on a struct; the other form is refused with fault 623
        before anything is done, so that writes may be sent again, too. What is taken is kept in
        ``batch_form``.
        """
        array = [[method, list(args)] for method, args in calls]
        forms = {"array": array, "struct": {str(place): call for place, call in enumerate(array)}}
        for form in sorted(forms, key=lambda form: form != self.batch_form):
            try:
                answers = self._request("multiCall", (session, forms[form]), "multiCall", read=read, split=True)
            except Refused as error:
                if not is_mismatch(error):
                    raise
                refusal = error
            else:
                self.batch_form = form
                return judge_many(answers, calls, self._transport)
        self.batch_form = "none"
        raise refusal

    def resources(self, session: str) -> Any:
        """What the user may call, see :func:`permissions.allowed_methods`."""
        return self._request("resources", (session,), "resources")

    def end(self, session: str) -> None:
        """End the session."""
        self._request("endSession", (session,), "endSession", read=False)

    def _request(self, name: str, params: Sequence[Any], method: str, *, read: bool = True, split: bool = False) -> Any:
        answer = self._transport.post(self.endpoint, encode(name, params), _HEADERS, read=read, split=split)
        return decode(answer.body, method, self._transport)


def text_answer(value: Any, method: str) -> str:
    """A session id; empty or anything else is an answer not understood."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise NotUnderstood(f"Magento answered {method} without a session id", "see exception.log of the shop")


def judge_many(
    answers: Any, calls: Sequence[tuple[str, Sequence[Any]]], transport: Transport
) -> list[Any | MagentoError]:
    """The entries of a multiCall, its fault structs turned into errors. Magento sends their code as text."""
    if not isinstance(answers, list) or len(answers) != len(calls):
        raise NotUnderstood(f"Magento answered {len(calls)} calls with something else than {len(calls)} answers")
    result: list[Any | MagentoError] = []
    for (method, _args), value in zip(calls, answers, strict=True):
        if isinstance(value, dict) and value.get("isFault") is True and "faultCode" in value:
            text = str(value.get("faultMessage") or "")
            result.append(fault_error(value["faultCode"], text, method, transport.secrets))
        else:
            result.append(value)
    return result


def encode(name: str, params: Sequence[Any]) -> bytes:
    """A request; str, int, bool, None, lists and dicts, nested."""
    out = ['<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>', name, "</methodName><params>"]
    for param in params:
        out.append("<param>")
        _encode(param, out)
        out.append("</param>")
    out.append("</params></methodCall>")
    return "".join(out).encode()


def _encode(value: Any, out: list[str]) -> None:
    if value is None:
        out.append("<value><nil/></value>")
    elif isinstance(value, bool):
        out.append(f"<value><boolean>{value:d}</boolean></value>")
    elif isinstance(value, int):
        out.append(f"<value><int>{value}</int></value>")
    elif isinstance(value, dict):
        out.append("<value><struct>")
        for key, item in value.items():
            out.append(f"<member><name>{escape(legal(str(key)), quote=False)}</name>")
            _encode(item, out)
            out.append("</member>")
        out.append("</struct></value>")
    elif isinstance(value, list | tuple):
        out.append("<value><array><data>")
        for item in value:
            _encode(item, out)
        out.append("</data></array></value>")
    else:
        out.append(f"<value><string>{escape(legal(str(value)), quote=False)}</string></value>")


def decode(body: bytes, method: str, transport: Transport) -> Any:
    """The value of an answer as plain JSON values; a ``double`` stays text, for it is money.

    :raises MagentoError: the fault in the answer, see :mod:`faults`.
    """
    root = parse(body, "methodResponse", transport.secrets)
    value = root.find("params/param/value")
    if root.tag == "methodResponse" and value is not None:
        return _value(value, 0)
    fault = root.find("fault/value")
    details = _value(fault, 0) if fault is not None else None
    if isinstance(details, dict) and "faultCode" in details:
        raise fault_error(details["faultCode"] or 0, str(details.get("faultString") or ""), method, transport.secrets)
    raise NotUnderstood(
        f"The shop's answer is XML, but not XML-RPC: {transport.secrets.snippet(body)}", "check the shop's address"
    )


def _value(value: etree._Element, depth: int) -> Any:
    if not len(value):
        return value.text or ""
    inner = value[0]
    tag = inner.tag
    if tag == "string":
        return inner.text or ""
    if tag == "struct":
        return _struct(inner, depth + 1)
    if tag == "array":
        return _array(inner, depth + 1)
    return _scalar(str(tag), inner.text or "")


def _struct(struct: etree._Element, depth: int) -> dict[str, Any]:
    _check(depth)
    result: dict[str, Any] = {}
    for member in struct:
        if len(member) != 2:
            raise NotUnderstood("Magento sent a struct with a member that is not a name and a value")
        name, value = member
        # Nearly all values are these three, so they are read here, without a call.
        if len(value):
            inner = value[0]
            tag = inner.tag
            if tag == "string":
                result[name.text or ""] = inner.text or ""
            elif tag == "nil":
                result[name.text or ""] = None
            else:
                result[name.text or ""] = _value(value, depth)
        else:
            result[name.text or ""] = value.text or ""
    return result


def _array(array: etree._Element, depth: int) -> list[Any]:
    _check(depth)
    return [_value(value, depth) for data in array for value in data]


def _scalar(tag: str, text: str) -> Any:
    if tag in _NIL:
        return None
    if tag in ("int", "i4", "i8") or tag.endswith("}i8"):
        try:
            return int(text)
        except ValueError:
            return text
    if tag == "boolean":
        return text.strip() in ("1", "true")
    return text


def _check(depth: int) -> None:
    if depth > DEEPEST:
        raise NotUnderstood("Magento sent values nested too deeply")
