"""HTTP to one shop: one ``requests.Session`` for every protocol, with its time-outs, caps, retries and error
sentences.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from .deadline import DeadlineAdapter, left, within
from .errors import (
    BadUrl,
    CredentialsRefused,
    CutOff,
    MagentoError,
    NotFound,
    NotUnderstood,
    TimedOut,
    TooBig,
    Unreachable,
)
from .hosts import Hosts
from .masking import Secrets

R = TypeVar("R")
TRIES = 3
CONNECTIONS = 4
_PAUSE = 0.5
_GATEWAY = {
    429: "is overloaded",
    502: "has a gateway error",
    503: "is in maintenance or overloaded",
    504: "has a gateway time-out",
}
_XML = (b"<?xml", b"<methodResponse", b"<SOAP-ENV:Envelope", b"<soap")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status and body, unpacked."""

    status: int
    body: bytes


class Transport:
    """POSTs to one shop and gives back bodies, or raises errors of this package."""

    def __init__(
        self,
        secrets: Secrets,
        *,
        basic_auth: tuple[str, str] | None,
        verify_tls: bool,
        timeout: tuple[float, float],
        max_answer_bytes: int,
        picture_hosts: Hosts | None = None,
    ) -> None:
        self.secrets = secrets
        self.requests = 0
        self.server_time: datetime | None = None
        self.moved: tuple[str, str] | None = None
        self._verify = verify_tls
        self._timeout = timeout
        self._cap = max_answer_bytes
        self._origin = ""
        self._picture_hosts = picture_hosts or Hosts()
        self._lock = threading.Lock()
        self.session = _session(basic_auth, timeout)

    def __repr__(self) -> str:
        return f"<Transport: {self.requests} requests>"

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def post(self, url: str, body: bytes, headers: dict[str, str], *, read: bool = True, split: bool = False) -> Answer:
        """POST ``body``; the answer is one whose body is worth parsing.

        :param read: the call changes nothing, so it is repeated when the line or a gateway fails: at most three tries,
            all of them within the time that one request may take.
        :param split: the caller will ask for less when the server dies or takes too long, so that is not repeated here.
        """
        return self._tried(lambda: self._post(url, body, headers), TRIES if read else 1, split)

    def get(self, url: str, most: int) -> bytes:
        """What is at an address of the shop or of a host of its pictures, up to ``most`` bytes.

        No other host is asked, whatever the shop names, and no redirect is followed: who writes into the shop must
        not reach what stands behind this server's firewall. HTTP Basic credentials go to the shop itself only.

        :raises ForeignHost: it is on another host.
        :raises NotFound: nothing is there.
        """
        address = self._picture_hosts.checked(url, self._origin)
        return self._tried(lambda: self._get(address, most), TRIES, False)

    def _tried(self, send: Callable[[], R], tries: int, split: bool) -> R:
        with within(self._timeout[1]):
            return self._tries(send, tries, split)

    def _tries(self, send: Callable[[], R], tries: int, split: bool) -> R:
        for attempt in range(1, tries + 1):
            try:
                return send()
            except MagentoError as error:
                # a shop that hangs would keep its caller waiting three times as long
                hopeless = isinstance(error, CredentialsRefused | TimedOut)
                again = error.retryable and not (split and error.splittable) and not hopeless
                once = isinstance(error, TooBig) and attempt >= 2
                pause = _PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                if not again or once or attempt == tries or left() <= pause:
                    raise
            time.sleep(pause)
        raise AssertionError("unreachable")

    def _get(self, url: str, most: int) -> bytes:
        with self._lock:
            self.requests += 1
        auth = None if _origin(url) == self._origin else _no_auth
        try:
            with self.session.get(
                url,
                headers={"Accept": "image/*, */*;q=0.1"},
                auth=auth,
                verify=self._verify,
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.status_code == 200:
                    return self._read(response, most)
                place = _place(url)
                if response.status_code in (404, 410):
                    raise NotFound(f"There is nothing at {url[:200]}", "the picture may have been deleted in Magento")
                self._judge_gateway(place, response.status_code, b"")
                self._judge_death(place, response.status_code, b"-" if response.status_code < 500 else b"")
                raise NotUnderstood(f"{place} answered HTTP {response.status_code} for {urlsplit(url).path[:200]}")
        except requests.RequestException as error:
            raise self._unreachable(url, error) from None

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self.moved and url.startswith(self.moved[0]):
            url = self.moved[1] + url[len(self.moved[0]) :]
        self._origin = _origin(url)
        with self._lock:
            self.requests += 1
        try:
            with self.session.post(
                url,
                data=body,
                headers=headers,
                verify=self._verify,
                stream=True,
                allow_redirects=False,
            ) as response:
                self._note_time(response)
                if response.is_redirect or response.status_code in (301, 302, 303, 307, 308):
                    return self._redirected(url, response, body, headers)
                return self._judge(url, response.status_code, self._read(response))
        except requests.RequestException as error:
            raise self._unreachable(url, error) from None

    def _note_time(self, response: requests.Response) -> None:
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            self.server_time = (
                parsedate_to_datetime(response.headers["Date"]).astimezone(timezone.utc)
                if "Date" in response.headers
                else None
            )

    def _read(self, response: requests.Response, most: int | None = None) -> bytes:
        """The body, not read beyond the cap (counted unpacked: a small gzip can be huge)."""
        chunks, size, cap = [], 0, self._cap if most is None else min(most, self._cap)
        for chunk in response.iter_content(1 << 16):
            size += len(chunk)
            if size > cap:
                raise TooBig(f"The shop's answer is larger than {cap >> 20} MB", "ask for less at once")
            chunks.append(chunk)
        return b"".join(chunks)

    def _redirected(self, url: str, response: requests.Response, body: bytes, headers: dict[str, str]) -> Answer:
        """Follow http -> https of the same place; anything else is for the person to enter."""
        try:
            old, new = urlsplit(url), urlsplit(urljoin(url, response.headers.get("Location", "")))
            port = new.port
        except ValueError:
            raise BadUrl(f"{_place(url)} redirects to an address that is none", "enter the shop's address") from None
        same = old.hostname == new.hostname and old.path == new.path
        if old.scheme == "http" and new.scheme == "https" and same and port in (None, 443, old.port):
            self.moved = (f"http://{old.netloc}", f"https://{new.netloc}")
            return self._post(url, body, headers)
        place = f"{new.scheme}://{new.hostname or ''}{f':{port}' if port else ''}{new.path}"
        shown = self.secrets.mask(place)[:200]
        raise BadUrl(f"{_place(url)} redirects to {shown}", "enter the shop's final address")

    def _judge(self, url: str, status: int, body: bytes) -> Answer:
        """Let pass what has XML in it, whatever the status: Magento sends faults with 200, PHP's SOAP server with
        500.
        """
        xml = any(mark in body[:65536] for mark in _XML)
        if (xml and status < 400) or (xml and status in (400, 500)):
            return Answer(status, body)
        place = _place(url)
        self._judge_gateway(place, status, body)
        if status in (404, 405, 410):
            raise BadUrl(
                f"There is no Magento API at {url.partition('?')[0]} (HTTP {status})", "check the shop's address"
            )
        if status == 413:
            raise TooBig(f"The web server of {place} takes no request of this size (HTTP 413)", "ask for less at once")
        self._judge_death(place, status, body)
        if status in (403, 406):
            raise _final(
                f"The web server of {place} forbids access to its API (HTTP {status})",
                "a firewall, an .htaccess rule or a disabled API stands in between: have this server's address allowed",
            )
        shown = self.secrets.snippet(body) or "nothing at all"
        raise NotUnderstood(
            f"The shop answered with something else than XML (HTTP {status}): {shown}",
            "check the shop's address, and whether a firewall or maintenance page stands before it",
        )

    @staticmethod
    def _judge_gateway(place: str, status: int, body: bytes) -> None:
        """What stands before Magento: HTTP Basic, a proxy, the maintenance page; and Magento's page when its database
        is down.
        """
        if status == 401:
            raise CredentialsRefused(
                f"The web server of {place} asks for an HTTP Basic login", "check that user and password"
            )
        if status not in _GATEWAY and not 520 <= status <= 530:
            return
        if b"error processing your request" in body:
            raise Unreachable(
                f"The shop {place} shows its error page (HTTP {status})",
                "its database may be down; the reason is in var/report there",
            )
        state = _GATEWAY.get(status, "has a gateway error")
        raise Unreachable(f"The server of {place} {state} (HTTP {status})", "try again later")

    def _judge_death(self, place: str, status: int, body: bytes) -> None:
        """PHP that died: HTTP 500 and nothing, or with ``display_errors`` HTTP 200 and the trace of a fatal error."""
        if b"Allowed memory size" in body or b"Maximum execution time" in body:
            raise TooBig(
                f"The shop's server {place} ran out of memory or time",
                "raise PHP's memory_limit and max_execution_time there",
            )
        if status >= 500 or not body.strip():
            answer = "no answer" if not body else "no usable answer"
            raise TooBig(
                f"The shop's server {place} broke off while answering (HTTP {status}, {answer})",
                "see PHP's error log there; often its memory_limit is too small",
            )
        if b"Fatal error" in body:
            raise CutOff(f"The shop's PHP failed: {self.secrets.snippet(body)}", "see PHP's error log there")

    def _unreachable(self, url: str, error: requests.RequestException) -> MagentoError:
        place, text = _place(url), str(error)
        if not left() or isinstance(error, requests.exceptions.ReadTimeout) or "Read timed out" in text:
            return TimedOut(f"{place} did not answer within {self._timeout[1]:g} seconds", "try again later")
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return Unreachable(
                f"{place} cannot be reached within {self._timeout[0]:g} seconds", "check the address and the firewall"
            )
        if isinstance(error, requests.exceptions.SSLError):
            return _tls(place, text)
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema | UnicodeError):
            return BadUrl(f"{place} is not a valid address", "enter the shop's address as a browser shows it")
        if "NameResolution" in text or "getaddrinfo" in text or "Name or service" in text:
            return Unreachable(f"The host name of {place} is not known", "check the shop's address for a typing error")
        if "refused" in text.lower():
            return Unreachable(
                f"{place} refused the connection", "check address and port, and whether the web server runs"
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return Unreachable(f"The proxy on the way to {place} failed", "check the proxy settings of this server")
        return Unreachable(f"The connection to {place} broke off", "try again later")


def _tls(place: str, text: str) -> Unreachable:
    if "CERTIFICATE_VERIFY_FAILED" in text or "doesn't match" in text or "certificate" in text:
        reason = "has expired" if "expired" in text else "is not valid for this name or not signed by a known authority"
        return _final(
            f"The TLS certificate of {place} {reason}", "renew it, or switch off 'verify TLS' for a test shop"
        )
    return _final(f"No TLS connection to {place} could be made", "check whether the shop speaks https on this port")


def _final(what: str, advice: str) -> Unreachable:
    """Unreachable until somebody changes something."""
    error = Unreachable(what, advice)
    error.retryable = False
    return error


def _origin(url: str) -> str:
    """``https://shop.example.com:8443``: who an address belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _place(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _session(basic_auth: tuple[str, str] | None, timeout: tuple[float, float]) -> requests.Session:
    session = _Session()
    session.headers.update(
        {
            "User-Agent": "magento_connector (Odoo)",
            "Accept": "text/xml, application/xml, */*;q=0.1",
            "Accept-Encoding": "gzip, deflate",
        }
    )
    # Not HTTP Basic out of somebody's .netrc; and no cookies: PHP locks a cookie's session, which would put parallel
    # calls in a row.
    session.auth = tuple(part.encode() for part in basic_auth) if basic_auth else _no_auth  # type: ignore[assignment]
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(timeout)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Session(requests.Session):
    """Leaves redirects alone: :meth:`Transport._redirected` judges them, also one to an address that is none."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _Adapter(DeadlineAdapter):
    """Gives every request the time-outs, so that no caller can forget them.

    They are not given to ``Session.send``: Odoo's tests wrap it, and compare a time-out as one number.
    """

    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__(pool_connections=2, pool_maxsize=CONNECTIONS + 2)
        self._timeout = timeout

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().send(*args, **kwargs | {"timeout": self._timeout})
