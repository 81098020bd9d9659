"""The store behind its web server: addresses, adapters, misbehaviours, the log."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from email.message import Message
from urllib.parse import parse_qs, unquote, urlsplit

from . import pages
from .api import Api
from .control import Control
from .faults import Broken, Fault
from .log import Requests, Sent
from .messages import Adapter, Answer, Call, Dropped, Request
from .methods import media
from .misbehave import AFTER, BEFORE, Rules, afterwards, beforehand
from .pictures import kind_of
from .shop import Shop
from .soap_v1 import SoapV1
from .soap_v2 import SoapV2
from .xmlrpc_adapter import XmlRpc

ADAPTERS = ("xmlrpc", "soap", "v2_soap")


class Application:
    """Answers whatever is asked of the store over HTTP."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.requests = Requests()
        self.rules = Rules()
        self.control = Control(shop, self.requests, self.rules)
        api = Api(shop)
        self.adapters: dict[str, Adapter] = {"xmlrpc": XmlRpc(api), "soap": SoapV1(api), "v2_soap": SoapV2(api)}

    def answer(self, request: Request) -> Answer:
        """Answer a request; raises Dropped where there is to be none."""
        address = urlsplit(request.target)
        if address.path.startswith("/_sandbox"):
            return self.control.answer(request.verb, address.path, request.body)
        if not self._authorized(request.headers):
            return Answer(pages.UNAUTHORIZED.encode(), 401)
        query = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        if address.path.startswith(media.FOLDER):
            return self._perform(self._picture(address.path))
        name = self._adapter(address.path, query)
        if name is None:
            home = address.path in ("/", "/index.php", "/index.php/")
            return Answer((pages.HOME if home else pages.NOT_FOUND).encode(), 200 if home else 404)
        if name not in self.adapters:
            return Answer(b"Invalid webservice adapter specified.")
        if name != "xmlrpc" and request.verb == "GET" and self._is_elsewhere(request.headers):
            return Answer(status=302, location=f"{self.shop.base_url}/")
        call = self.adapters[name].read(request, query)
        answer = call if isinstance(call, Answer) else self._perform(call)
        return self._compressed(request, answer)

    def _perform(self, call: Call) -> Answer:
        """Do a call, with whatever misbehaviour is asked for."""
        sent = call.sent
        self.requests.add(sent)
        answer = None
        for rule in self.rules.take(BEFORE, sent.protocol, sent.names()):
            if rule.kind == "expire_session":
                self.shop.sessions.expire()
            elif rule.kind == "fault":
                answer = call.refuse(Fault(rule.code, rule.message))
            else:
                answer = beforehand(rule) or answer
        if answer is None:
            try:
                answer = call.run()
            except Broken as broken:
                answer = Answer(broken.body.encode(), broken.status, broken.content_type)
            for rule in self.rules.take(AFTER, sent.protocol, sent.names()):
                answer = afterwards(rule, answer, sent.protocol)
        sent.status, sent.bytes = answer.status, len(answer.body)
        return answer

    def _picture(self, path: str) -> Call:
        """A request for a picture; it is counted and can go wrong as any other."""

        def run() -> Answer:
            with self.shop.lock:
                content = media.content_of(self.shop, unquote(path))
            if content is None:
                return Answer(pages.NOT_FOUND.encode(), 404)
            return Answer(content, content_type=kind_of(content) or "application/octet-stream")

        return Call(Sent("http", "GET media", []), run, lambda problem: Answer(pages.ERROR.encode(), 503))

    def _authorized(self, headers: Mapping[str, str] | Message) -> bool:
        wanted = self.shop.basic_auth
        if wanted is None:
            return True
        return headers.get("Authorization") == "Basic " + base64.b64encode(":".join(wanted).encode()).decode()

    def _is_elsewhere(self, headers: Mapping[str, str] | Message) -> bool:
        """Whether the store is asked under another name than it believes to have."""
        return headers.get("Host", "") != urlsplit(self.shop.base_url).netloc

    def _adapter(self, path: str, query: dict[str, str]) -> str | None:
        """Which adapter an address means; None if it is no address of the API."""
        parts = [part for part in path.split("/") if part]
        if parts[:1] == ["api.php"]:
            return query.get("type", "default")
        if parts[:1] == ["index.php"]:
            del parts[0]
        if self.shop.settings.store_code_in_url and parts and parts[0] in {row["code"] for row in self.shop.stores}:
            del parts[0]
        if len(parts) < 2 or parts[0] != "api" or any(part != "index" for part in parts[2:]):
            return None
        return parts[1] if parts[1] in ADAPTERS else None

    def _compressed(self, request: Request, answer: Answer) -> Answer:
        wanted = self.shop.settings.gzip and "gzip" in request.headers.get("Accept-Encoding", "")
        if wanted and answer.cut is None and not answer.padding and len(answer.body) > 1000:
            answer.body, answer.encoding = gzip.compress(answer.body, 1), "gzip"
        return answer


__all__ = ["Application", "Dropped"]
