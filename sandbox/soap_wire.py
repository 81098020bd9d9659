"""SOAP envelopes, and the encoding of SOAP v1, in which every value carries its type and structs are Maps."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from .faults import Fault
from .values import Native, Value
from .xmlrpc_wire import parser

CONTENT_TYPE = "text/xml; charset=UTF-8"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES = (
    ' xmlns:ns1="urn:OpenMage" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    f' xmlns:xsi="{XSI}" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/"'
)
ENCODED = ' SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
MAP = ' xmlns:ns2="http://xml.apache.org/xml-soap"'
NIL = ' xsi:nil="true"/>'

INVALID = Fault("Sender", "Invalid XML")

_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Text as libxml writes it."""
    if not _SPECIAL.search(text):
        return text
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found.group()) or f"&amp;#{ord(found.group())};", text)


def read_envelope(body: bytes) -> Any:
    """The element in the body of an envelope: the operation."""
    try:
        root = etree.fromstring(body, parser())
    except (etree.XMLSyntaxError, ValueError):
        raise INVALID from None
    operation = root.find(f"{{{ENVELOPE}}}Body/*")
    if operation is None:
        raise INVALID
    return operation


def name_of(element: Any) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def is_nil(element: Any) -> bool:
    """Whether an element stands for null."""
    return element.get(f"{{{XSI}}}nil") in ("true", "1")


def wrap(content: str, namespaces: str) -> str:
    """An envelope around what is in its body."""
    return (
        f'{PROLOGUE}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE}"{namespaces}>'
        f"<SOAP-ENV:Body>{content}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n"
    )


def write_fault(fault: Fault) -> str:
    """An envelope with a fault."""
    content = f"<faultcode>{fault.code}</faultcode><faultstring>{escape(fault.message)}</faultstring>"
    return wrap(f"<SOAP-ENV:Fault>{content}</SOAP-ENV:Fault>", "")


def read_value(element: Any) -> Value:
    """A value of SOAP v1, by the type it carries, else by its looks."""
    if is_nil(element):
        return None
    kind = (element.get(f"{{{XSI}}}type") or "").rpartition(":")[2]
    text = element.text or ""
    if len(element):
        pairs = [(child.find("key"), child.find("value")) for child in element]
        if kind == "Map" or all(key is not None and value is not None for key, value in pairs):
            return {key.text or "": read_value(value) for key, value in pairs}
        return [read_value(child) for child in element]
    if kind in ("int", "integer", "long"):
        return int(text)
    if kind == "boolean":
        return text in ("true", "1")
    if kind in ("double", "float", "decimal"):
        return float(text)
    if kind in ("Array", "FixedArray", "Map"):
        return []
    return text


def write_value(tag: str, value: Value, out: list[str], strings: bool, array: str = "SOAP-ENC:Array") -> None:
    """Append an element with a value; `strings` for a server that gives a database's ints as strings."""
    kind = type(value)
    if value is None:
        out.append(f"<{tag}{NIL}")
    elif kind is str:
        out.append(f'<{tag} xsi:type="xsd:string">{escape(value)}</{tag}>')
    elif kind is int:
        out.append(f'<{tag} xsi:type="xsd:{"string" if strings else "int"}">{value}</{tag}>')
    elif kind is bool:
        out.append(f'<{tag} xsi:type="xsd:boolean">{"true" if value else "false"}</{tag}>')
    elif kind is Native:
        out.append(f'<{tag} xsi:type="xsd:int">{int(value)}</{tag}>')
    elif kind is float:
        out.append(f'<{tag} xsi:type="xsd:float">{value:g}</{tag}>')
    elif kind is dict and value:
        out.append(f'<{tag} xsi:type="ns2:Map">')
        for name, inner in value.items():
            out.append(f'<item><key xsi:type="xsd:string">{escape(str(name))}</key>')
            write_value("value", inner, out, strings)
            out.append("</item>")
        out.append(f"</{tag}>")
    else:
        _write_list(tag, list(value), out, strings, array)


def _write_list(tag: str, values: list[Value], out: list[str], strings: bool, array: str) -> None:
    head = f'<{tag} SOAP-ENC:arrayType="{_type_of(values, strings)}[{len(values)}]" xsi:type="{array}"'
    if not values:
        out.append(head + "/>")
        return
    out.append(head + ">")
    for inner in values:
        write_value("item", inner, out, strings)
    out.append(f"</{tag}>")


def _type_of(values: list[Value], strings: bool) -> str:
    """The one type that all values of a list have."""
    names = {bool: "xsd:boolean", str: "xsd:string", dict: "ns2:Map", list: "SOAP-ENC:Array", float: "xsd:float"}
    names |= {int: "xsd:string" if strings else "xsd:int", Native: "xsd:int"}
    found = {names.get(type(value), "xsd:ur-type") for value in values}
    return found.pop() if len(found) == 1 else "xsd:ur-type"
