"""What must never be seen, masked in every text that comes from outside, however it is written there."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from html.entities import codepoint2name

_SESSION_ID = re.compile(r"\b[0-9a-f]{32}\b")
_SPACE = re.compile(r"\s+")


class Secrets:
    """The words that must never leave: key, session ids, HTTP Basic login."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        for word in words:
            self.add(word)

    def __repr__(self) -> str:
        return "<Secrets>"

    def add(self, word: str) -> None:
        """Mask ``word`` from now on, also in base64, and escaped for XML, HTML, an address or JSON."""
        forms = {form for form in (word, *_base64(word)) if form}
        patterns = self._patterns | {form: re.compile(_escaped(form)) for form in forms - self._patterns.keys()}
        # the longest first; in one go, for another thread may be masking
        self._patterns = {form: patterns[form] for form in sorted(patterns, key=len, reverse=True)}

    def mask(self, text: str) -> str:
        """``text`` without any secret; whatever looks like a session id goes too."""
        for pattern in self._patterns.values():
            text = pattern.sub("***", text)
        return _SESSION_ID.sub("***", text)

    def snippet(self, body: bytes, size: int = 200) -> str:
        """The first ``size`` characters of an answer as one printable line, secrets masked."""
        text = self.mask(body[: size * 8 + 4096].decode("utf-8", "replace"))
        text = "".join(c if c.isprintable() else " " for c in text)
        return _SPACE.sub(" ", text).strip()[:size]


def _base64(word: str) -> list[str]:
    """``word`` in both alphabets of base64, without what fills the end; a word of three letters could be any text."""
    if len(word) <= 3:
        return []
    return [encode(word.encode()).decode().rstrip("=") for encode in (base64.b64encode, base64.urlsafe_b64encode)]


def _escaped(word: str) -> str:
    """The pattern of ``word`` with each character as it is or escaped, also more than once."""
    return "".join(
        character if character.isascii() and character.isalnum() else f"(?:{'|'.join(_forms(character))})"
        for character in word
    )


def _forms(character: str) -> list[str]:
    """The patterns of a character: itself (JSON and PHP put a backslash before some), ``%2F``, ``&amp;`` or
    ``&#38;``, and ``\\u0026``. An escape that is escaped again has ``%25`` for its ``%`` and ``&amp;`` for its ``&``.
    """
    number, utf16 = ord(character), character.encode("utf-16-be")
    percent = "".join(f"%(?:25)*{byte:02x}" for byte in character.encode())
    units = "".join(rf"\\+u{utf16[at : at + 2].hex()}" for at in range(0, len(utf16), 2))
    names = [rf"#0*{number}", rf"#x0*{number:x}", *{0x27: ["apos"]}.get(number, [])]
    if number in codepoint2name:
        names.append(codepoint2name[number])
    return [
        f"(?i:{percent})",
        f"&(?:amp;)*(?i:{'|'.join(names)});",
        f"(?i:{units})",
        rf"\\*{re.escape(character)}",
        *([r"\+"] if character == " " else []),
    ]
