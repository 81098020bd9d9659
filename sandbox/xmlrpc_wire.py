"""The XML-RPC adapter: reading a request, writing an answer as Zend's server writes it.

The writing is done by joining strings, since an answer may hold 50 orders of 500 values each.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from .faults import Fault
from .values import Native, Value

CONTENT_TYPE = "text/xml; charset=UTF-8"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'

NOTHING_READ = Fault(630, "Unable to read request")
NO_METHOD = Fault(632, "Invalid request, no method passed; request must contain a 'methodName' tag")
BAD_PARAMETERS = Fault(623, "Calling parameters do not match signature")

_SPECIAL = re.compile('[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Text as PHP's XMLWriter writes it; control characters have become references before, and are escaped again."""
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found.group()) or f"&amp;#{ord(found.group())};", text)


def parser() -> etree.XMLParser:
    """A parser that follows nothing outside the request."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)


def read_request(body: bytes) -> tuple[str, list[Value]]:
    """The method's name and its arguments."""
    if not body.strip():
        raise NOTHING_READ
    try:
        root = etree.fromstring(body, parser())
    except (etree.XMLSyntaxError, ValueError):
        raise NO_METHOD from None
    name = root.findtext("methodName")
    if not name:
        raise NO_METHOD
    return name, [_read(value) for value in root.iterfind("params/param/value")]


def _read(element: Any) -> Value:
    if not len(element):
        return element.text or ""
    child = element[0]
    tag = etree.QName(child).localname
    text = child.text or ""
    if tag in ("int", "i4", "i8"):
        return int(text)
    if tag == "boolean":
        return text.strip() == "1"
    if tag == "double":
        return float(text)
    if tag == "nil":
        return None
    if tag == "array":
        return [_read(value) for value in child.iterfind("data/value")]
    if tag == "struct":
        return {member.findtext("name") or "": _read(member.find("value")) for member in child.iterfind("member")}
    return text


class _Members(dict[str, str]):
    """The opening of a struct's member, by its name."""

    def __missing__(self, name: str) -> str:
        opening = self[name] = f"<member><name>{escape(name)}</name><value>"
        return opening


_MEMBERS = _Members()


def _write(value: Value, out: list[str], strings: bool) -> None:
    """Append what stands inside <value>."""
    kind = type(value)
    if value is None:
        out.append("<nil/>")
    elif kind is str:
        out.append(f"<string>{escape(value)}</string>")
    elif kind is int:
        out.append(f"<string>{value}</string>" if strings else f"<int>{value}</int>")
    elif kind is dict and value:
        out.append("<struct>")
        for name, inner in value.items():
            out.append(_MEMBERS[name])
            _write(inner, out, strings)
            out.append("</value></member>")
        out.append("</struct>")
    elif kind is list and value:
        out.append("<array><data>")
        for inner in value:
            out.append("<value>")
            _write(inner, out, strings)
            out.append("</value>")
        out.append("</data></array>")
    else:
        out.append(_rare(value))


def _rare(value: Value) -> str:
    if isinstance(value, bool):
        return f"<boolean>{int(value)}</boolean>"
    if isinstance(value, Native):
        return f"<int>{value}</int>"
    if isinstance(value, float):
        return f"<double>{value:g}</double>"
    return "<array><data/></array>"


def write_answer(value: Value, strings: bool = False) -> str:
    """The answer with that value; `strings` for a server that gives a database's ints as strings."""
    out = [PROLOGUE, "<methodResponse><params><param><value>"]
    _write(value, out, strings)
    out.append("</value></param></params></methodResponse>")
    return "".join(out)


def write_fault(fault: Fault) -> str:
    """The answer that is a fault."""
    return (
        f"{PROLOGUE}<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>{fault.code}</int>"
        f"</value></member><member><name>faultString</name><value><string>{escape(fault.message)}</string></value>"
        f"</member></struct></value></fault></methodResponse>"
    )
