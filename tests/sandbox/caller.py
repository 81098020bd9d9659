"""A caller of the store that knows nothing of the project's client: the standard library over real HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import xmlrpc.client
from typing import Any


def http(url: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer, whatever the status."""
    request = urllib.request.Request(url, body, {"Content-Type": "text/xml", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, dict(problem.headers), problem.read()


def control(url: str, action: str, **given: Any) -> Any:
    """An action of the control panel."""
    return json.loads(http(f"{url}/_sandbox/{action}", json.dumps(given).encode())[2])


class Caller:
    """Calls over XML-RPC."""

    def __init__(self, url: str, path: str = "/index.php/api/xmlrpc/") -> None:
        self.proxy: Any = xmlrpc.client.ServerProxy(url + path, allow_none=True, use_builtin_types=True)
        self.session = ""

    def login(self, user: str = "odoo", key: str = "sandbox-key") -> Caller:
        """Begin a session."""
        self.session = str(self.proxy.login(user, key))
        return self

    def __call__(self, path: str, *args: Any) -> Any:
        """One method."""
        return self.proxy.call(self.session, path, list(args))

    def many(self, *calls: list[Any]) -> Any:
        """Many methods in one request."""
        return self.proxy.multiCall(self.session, list(calls))

    def fault(self, path: str, *args: Any) -> tuple[int, str]:
        """The fault that a method ends in."""
        try:
            self(path, *args)
        except xmlrpc.client.Fault as fault:
            return fault.faultCode, fault.faultString
        raise AssertionError(f"{path} did not fail")
