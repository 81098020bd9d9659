"""Recorded requests and answers, and how an answer is compared with the recorded one."""

from __future__ import annotations

import gzip
import re
import tarfile
from pathlib import Path
from typing import Any

from lxml import etree

RECORDED = Path(__file__).parent.parent / "recorded"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ADDRESSES = {
    "xmlrpc": "/index.php/api/xmlrpc/",
    "soapv1": "/index.php/api/soap/",
    "soapv2": "/index.php/api/v2_soap/",
    "soapwsi": "/index.php/api/v2_soap/",
}
KEYS = {b"odoo-api-key-123": b"sandbox-key", b"inactive-key-123": b"inactive-key", b"norole-key-123": b"norole-key"}

# answers that say where and when they were made: what differs is only that
OTHERWISE = re.compile(
    "|".join(
        (
            r"SQLSTATE\[42S22\]: Column not found: 1054 Unknown column '\w+' in 'WHERE', query was: .*",
            r"Too few arguments to function .*",
            r"[0-9a-f]{32}",
            r"http://127\.0\.0\.1:\d+/",
        )
    ),
    re.DOTALL,
)

Node = tuple[str, str, list[Any]]


def read(name: str) -> bytes:
    """A recorded file, compressed or not."""
    path = RECORDED / name
    return path.read_bytes() if path.exists() else gzip.decompress((RECORDED / f"{name}.gz").read_bytes())


def unpacked(name: str, folder: Path) -> Path:
    """A recorded archive's content, in that folder."""
    with tarfile.open(RECORDED / name) as archive:
        archive.extractall(folder)
    return folder


def names(protocol: str, folder: str = "") -> list[str]:
    """The names of recorded requests in a protocol."""
    end = f".{protocol}.req.xml"
    found = {path.name.removesuffix(".gz") for path in (RECORDED / folder).iterdir()}
    return sorted(name.removesuffix(end) for name in found if name.endswith(end))


def request(name: str, protocol: str, session: str) -> bytes:
    """A recorded request, with a session of now in it."""
    body = read(f"{name}.{protocol}.req.xml")
    for recorded, ours in KEYS.items():
        body = body.replace(recorded, ours)
    return re.sub(rb">[0-9a-f]{32,64}<", b">" + session.encode() + b"<", body)


def tree(body: bytes) -> Node:
    """An answer as names, texts and children, with the types that elements carry."""
    return _node(etree.fromstring(body))


def _node(element: Any) -> Node:
    kind = element.get(f"{XSI}type") or ("nil" if element.get(f"{XSI}nil") else "")
    text = "" if len(element) else OTHERWISE.sub("(...)", element.text or "")
    return f"{etree.QName(element).localname} {kind}".strip(), text, [_node(child) for child in element]


def differences(ours: Node, theirs: Node, place: str = "") -> list[str]:
    """Where two answers differ."""
    if ours[0] != theirs[0]:
        return [f"{place}: {ours[0]} instead of {theirs[0]}"]
    place = f"{place}/{ours[0]}"
    found = [f"{place}: {ours[1]!r} instead of {theirs[1]!r}"] if ours[1] != theirs[1] else []
    if len(ours[2]) != len(theirs[2]):
        return [*found, f"{place}: {len(ours[2])} inside instead of {len(theirs[2])}"]
    for mine, other in zip(ours[2], theirs[2], strict=True):
        found += differences(mine, other, place)
    return found


def shape(node: Node) -> Any:
    """An answer without its values: the names and types in it, each kind once."""
    children: list[Any] = []
    for child in node[2]:
        inner = shape(child)
        if inner not in children:
            children.append(inner)
    return node[0], children


def within(ours: object, theirs: object) -> bool:
    """Whether every element of a shape that we answer is one that they answered."""
    if not isinstance(ours, tuple) or not isinstance(theirs, tuple):
        return ours == theirs
    if ours[0] != theirs[0]:
        return False
    return all(any(within(mine, other) for other in theirs[1]) for mine in ours[1])


def keep(node: Node, known: set[str]) -> Node:
    """An answer whose list of orders (or documents) has only those whose number, or order's id, the store knows."""
    name, text, children = node
    marks = [_mark(child) for child in children]
    if len(children) > 1 and all(mark is not None for mark in marks):
        return name, text, [child for child, mark in zip(children, marks, strict=True) if mark in known]
    return name, text, [keep(child, known) for child in children]


def _mark(row: Node) -> str | None:
    """The number that a list's entry goes by, however the protocol writes a struct."""
    found: dict[str, str] = {}
    _texts(row, found)
    return found.get("increment_id") or found.get("order_id")


def _texts(node: Node, found: dict[str, str]) -> None:
    name, text, children = node
    if len(children) == 2 and children[0][0].split()[0] in ("name", "key"):
        found.setdefault(children[0][1], _innermost(children[1]))
    elif not children:
        found.setdefault(name.split()[0], text)
    else:
        for child in children:
            _texts(child, found)


def _innermost(node: Node) -> str:
    return _innermost(node[2][0]) if node[2] else node[1]
