"""Parsing of what a server sends: no entities, no DTD, no network; repaired where that is safe."""

from __future__ import annotations

import re

from lxml import etree

from .errors import CutOff, NotUnderstood, TooBig
from .masking import Secrets

DEEPEST = 100
# Tags and attributes of an answer: parsed, each takes up to 280 bytes, however short it is. A list of 1,000 orders has
# 1.2 million.
MOST_TAGS = 1_500_000
_CONTROL = bytes(c for c in range(32) if c not in (9, 10, 13))
_REFERENCE = re.compile(rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PHP = re.compile(rb"(?:Fatal error|Parse error|Warning|Notice|Deprecated)(?:</b>)?:")


def parse(body: bytes, last_tag: str, secrets: Secrets) -> etree._Element:
    """The document in ``body``, whatever stands before ``<?xml`` and behind the end of ``last_tag``.

    PHP with ``display_errors`` and modules with a byte order mark print before the XML; the document itself is whole
    then (XML-RPC).

    :raises CutOff: the XML ends in the middle, or is not valid.
    :raises TooBig: it would take too much memory.
    """
    if body.count(b"<") + body.count(b'="') + body.count(b"='") > MOST_TAGS:
        raise TooBig(f"The shop's answer has more than {MOST_TAGS:,} tags", "ask for less at once")
    start = max(body.find(b"<?xml"), 0)
    end = body.rfind(f"</{last_tag}>".encode())
    trimmed = body[start : end + len(last_tag) + 3] if end >= 0 else body[start:]
    try:
        return _parse(trimmed)
    except etree.XMLSyntaxError:
        pass
    try:
        return _parse(_mend(trimmed))
    except etree.XMLSyntaxError:
        pass
    if end < 0 and b"<" in body:
        noise = (
            "; PHP printed something before it"
            if start or _PHP.search(body[:4096]) or body.startswith(b"\xef\xbb\xbf")
            else ""
        )
        raise CutOff(
            f"The shop's answer is cut off after {len(body)} bytes{noise}: {secrets.snippet(body)}",
            "try again; if it stays so, see the error logs there (with SOAP, PHP's display_errors must be off)",
        )
    raise CutOff(f"The shop's answer is not valid XML: {secrets.snippet(body)}", "see PHP's error log there")


def legal(text: str) -> str:
    """``text`` without characters that XML 1.0 forbids (Magento refuses a request with them as unreadable)."""
    return _ILLEGAL.sub("", text)


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotUnderstood(
            "The shop's answer has a document type, which Magento never sends", "check the shop's address"
        )
    return root


def _mend(data: bytes) -> bytes:
    """Without control characters and broken UTF-8, which some databases hold and PHP passes on."""
    return _REFERENCE.sub(b"", data.translate(None, _CONTROL)).decode("utf-8", "replace").encode()
