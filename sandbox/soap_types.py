"""The types of SOAP v2, and how values become elements of these types and back, in both dialects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from .faults import Fault
from .recorded import DATA
from .soap_wire import escape, is_nil, name_of
from .values import Native, Value, as_int

SIMPLE = ("string", "int", "double", "boolean")
BAD_ENCODING = Fault("SOAP-ENV:Server", "SOAP-ERROR: Encoding: Violation of encoding rules")


@dataclass(frozen=True)
class Field:
    """A named part: of a struct, of a request, of an answer."""

    name: str
    type: str
    required: bool = False


def parse_field(text: str) -> Field:
    """A field as the tables have it: name, name:type, with a "!" where it must be there."""
    name, _, kind = text.rstrip("!").partition(":")
    return Field(name, kind or "string", text.endswith("!"))


@cache
def structs() -> dict[str, tuple[Field, ...]]:
    """The structs, by name."""
    return {name: tuple(parse_field(one) for one in rest.split()) for name, rest in _lines(": ")}


@cache
def arrays() -> dict[str, str]:
    """The arrays, by name, and what they are made of."""
    return {name: rest.removeprefix("xsd:") for name, rest in _lines(" = ")}


def _lines(sign: str) -> list[tuple[str, str]]:
    lines = (DATA / "soap_types.txt").read_text(encoding="utf-8").splitlines()
    cut = [line.partition(sign) for line in lines if not line.startswith("#")]
    return [(name, rest.strip()) for name, found, rest in cut if found and " " not in name]


def qualified(kind: str) -> str:
    """A type's name with its prefix."""
    return f"xsd:{kind}" if kind in SIMPLE else f"ns1:{kind}"


def simple_text(value: Value, kind: str) -> str:
    """A simple value's text, cast as PHP casts it."""
    if kind == "int":
        return str(as_int(value))
    if kind == "boolean":
        return "true" if value not in (False, 0, "", "0") else "false"
    if kind == "double":
        return f"{float(value):.15g}"
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, (int, Native)):
        return str(int(value))
    return escape(value) if isinstance(value, str) else "Array"


def write(name: str, value: Value, kind: str, out: list[str], typed: bool) -> None:
    """Append an element; `typed` is the RPC dialect, where elements carry their types, else it is WS-I."""
    if value is None:
        return
    if kind in SIMPLE:
        mark = f' xsi:type="xsd:{kind}"' if typed else ""
        out.append(f"<{name}{mark}>{simple_text(value, kind)}</{name}>")
    elif kind in arrays():
        _write_array(name, value, kind, out, typed)
    else:
        _write_struct(name, value, kind, out, typed)


def _write_array(name: str, value: Value, kind: str, out: list[str], typed: bool) -> None:
    inner = arrays()[kind]
    values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    mark = ""
    if typed:
        mark = f' SOAP-ENC:arrayType="{qualified(inner)}[{len(values)}]" xsi:type="ns1:{kind}"'
    if not values:
        out.append(f"<{name}{mark}/>")
        return
    out.append(f"<{name}{mark}>")
    for one in values:
        write("item" if typed else "complexObjectArray", "" if one is None else one, inner, out, typed)
    out.append(f"</{name}>")


def _write_struct(name: str, value: Value, kind: str, out: list[str], typed: bool) -> None:
    mark = f' xsi:type="ns1:{kind}"' if typed else ""
    content: list[str] = []
    if isinstance(value, dict):
        for field in structs()[kind]:
            write(field.name, value.get(field.name), field.type, content, typed)
    if not content:
        out.append(f"<{name}{mark}/>")
        return
    out.append(f"<{name}{mark}>")
    out += content
    out.append(f"</{name}>")


def read(element: Any, kind: str) -> Value:
    """A value of that type; what a struct does not know is left out."""
    if is_nil(element):
        return None
    if kind == "int":
        text = (element.text or "").strip()
        if not text.lstrip("+-").isdigit():
            raise BAD_ENCODING
        return int(text)
    if kind == "boolean":
        return (element.text or "").strip() in ("true", "1")
    if kind == "double":
        try:
            return float(element.text or "")
        except ValueError:
            raise BAD_ENCODING from None
    if kind == "string":
        return element.text or ""
    if kind in arrays():
        return [read(child, arrays()[kind]) for child in element]
    fields = {field.name: field.type for field in structs()[kind]}
    return {name_of(child): read(child, fields[name_of(child)]) for child in element if name_of(child) in fields}
