"""Every form of a shop's address that people paste, turned into the addresses where its API may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from .errors import BadUrl

# Paths of the three adapters, by the name that ``api.php?type=`` and the route have for them.
XMLRPC, SOAP, V2_SOAP = "xmlrpc", "soap", "v2_soap"
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)*[^\W_](?:[\w-]{0,61}[^\W_])?\.?", re.UNICODE)
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*)://")
_ADVICE = "enter the shop's address as a browser shows it, e.g. https://www.example.com"
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class ShopUrl:
    """A shop's address, taken apart.

    ``base`` has scheme, host, port and folder, without a slash at the end. ``store_code`` is a store code of the
    path, if any. ``basic_auth`` is a user and password written into the address.
    """

    base: str
    store_code: str | None = None
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)

    def endpoints(self, adapter: str) -> Iterator[str]:
        """Where ``adapter`` may answer, most likely first.

        ``index.php`` works on every set-up; some web servers only let the rewritten form through; ``api.php`` stands
        beside.
        """
        for base in self._bases():
            yield f"{base}/index.php/api/{adapter}/"
            if self.store_code:
                yield f"{base}/index.php/{self.store_code}/api/{adapter}/"
            yield f"{base}/api/{adapter}/"
            yield f"{base}/api.php?type={adapter}"

    def _bases(self) -> Iterator[str]:
        """The base, then what is left when folders are cut away: the last may be a store code, a category or a
        product page.
        """
        base = self.base
        yield base
        parts = urlsplit(base)
        segments = [segment for segment in parts.path.split("/") if segment]
        for length in range(len(segments) - 1, max(-1, len(segments) - 3), -1):
            yield urlunsplit((parts.scheme, parts.netloc, "/" + "/".join(segments[:length]), "", "")).rstrip("/")


def parse_url(text: str) -> ShopUrl:
    """Understand an address as people paste it.

    :raises BadUrl: it is no address of a web shop; the sentence says what is wrong with it.
    """
    text = _tidy(text)
    if not _SCHEME.match(text):
        if "@" in text.partition("/")[0]:
            raise BadUrl(f"{text[:80]} looks like an e-mail address", _ADVICE)
        text = f"{'http' if _is_local(text) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
        user, password, host = parts.username, parts.password, parts.hostname or ""
    except ValueError:
        raise BadUrl("The shop's address cannot be read", _ADVICE) from None
    if parts.scheme.lower() not in ("http", "https"):
        raise BadUrl(
            f"The shop's address begins with {parts.scheme[:20]}://", "it has to begin with https:// or http://"
        )
    _check_host(host)
    folder, code = _folder(parts.path)
    netloc = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    if port and port != default:
        netloc += f":{port}"
    login = (unquote(user), unquote(password or "")) if user else None
    return ShopUrl(f"{parts.scheme.lower()}://{netloc}{folder}", code, login)


def _tidy(text: str) -> str:
    text = text.strip().strip("<>\"'").strip()
    if not text:
        raise BadUrl("The shop's address is empty", _ADVICE)
    if len(text) > _LONGEST:
        raise BadUrl(f"The shop's address has {len(text)} characters", _ADVICE)
    if any(c.isspace() or not c.isprintable() for c in text):
        raise BadUrl("The shop's address has a space or line break in it", _ADVICE)
    return text.replace("\\", "/")


def _is_local(text: str) -> bool:
    """Whether an address without scheme is on this machine or network, where certificates are rare."""
    host = re.split(r"[:/?#]", text, maxsplit=1)[0].lower()
    return host == "localhost" or bool(re.fullmatch(r"(127|10|192\.168)(\.\d+){2,3}", host)) or host.endswith(".local")


def _check_host(host: str) -> None:
    if not host:
        raise BadUrl("The shop's address has no host name", _ADVICE)
    if ":" in host:
        if not re.fullmatch(r"[0-9a-f:.]+(%\w+)?", host, re.IGNORECASE):
            raise BadUrl("The shop's address has no valid host name", _ADVICE)
    elif len(host) > 253 or not _HOST.fullmatch(host):
        raise BadUrl(f"{host[:80]} is not a host name", _ADVICE)


def _folder(path: str) -> tuple[str, str | None]:
    """The folder the shop is installed in ('' or '/a/b'), and the store code after ``index.php``, if there is one."""
    segments = [segment for segment in path.split("/") if segment]
    lowered = [segment.lower() for segment in segments]
    code = None
    for name in ("index.php", "api.php"):
        if name in lowered:
            at = lowered.index(name)
            following = lowered[at + 1] if at + 1 < len(segments) else ""
            if name == "index.php" and re.fullmatch(r"[a-z]\w*", following) and following not in ("api", "admin"):
                code = segments[at + 1]
            return _join(segments[:at]), code
    for at, segment in enumerate(lowered):
        if segment == "api" and at + 1 < len(lowered) and lowered[at + 1] in (XMLRPC, SOAP, V2_SOAP, "v2_soap_wsi"):
            return _join(segments[:at]), code
        if segment in ("admin", "api") and at == len(lowered) - 1:
            return _join(segments[:at]), code
    if lowered and "." in lowered[-1]:
        segments.pop()
    return _join(segments), code


def _join(segments: list[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)
