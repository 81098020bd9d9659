"""The SOAP v1 adapter: the same few operations as XML-RPC has, around the same methods."""

from __future__ import annotations

from typing import Any

from . import soap_wire as wire
from .api import Api
from .faults import Fault, TooFewArguments
from .log import Sent, masked
from .messages import Answer, Call, Request
from .values import Value, as_rows
from .wsdl import v1_wsdl

_OPERATIONS = {
    "login": ("username", "apiKey"),
    "startSession": (),
    "endSession": ("sessionId",),
    "call": ("sessionId", "resourcePath", "args"),
    "multiCall": ("sessionId", "calls", "options"),
    "resources": ("sessionId",),
    "globalFaults": ("sessionId",),
    "resourceFaults": ("resourceName", "sessionId"),
}


class SoapV1:
    """Reads SOAP v1 requests."""

    protocol = "soapv1"

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, request: Request, query: dict[str, str]) -> Call | Answer:
        """The call that a request is, or the WSDL."""
        if "wsdl" in query and request.verb != "POST":
            return Answer(v1_wsdl(self.api.shop.base_url).encode(), content_type=wire.CONTENT_TYPE)
        try:
            operation = wire.read_envelope(request.body)
            name, args = wire.name_of(operation), self._arguments(operation)
        except Fault as problem:
            broken = problem
            return Call(Sent(self.protocol, "(unreadable)", []), lambda: refuse(broken, 500), refuse)
        return Call(Sent(self.protocol, name, logged(name, args)), lambda: self._run(name, args), refuse)

    @staticmethod
    def _arguments(operation: Any) -> dict[str, Value]:
        """The operation's parts, by name where the names are known, else by place."""
        names = _OPERATIONS.get(wire.name_of(operation), ())
        parts = list(operation)
        known = [wire.name_of(part) in names for part in parts]
        labels = [wire.name_of(part) for part in parts] if all(known) else list(names)
        return {label: wire.read_value(part) for label, part in zip(labels, parts, strict=False)}

    def _run(self, name: str, args: dict[str, Value]) -> Answer:
        if name not in _OPERATIONS:
            return refuse(Fault("SOAP-ENV:Server", f"Procedure '{name}' not present"), 500)
        try:
            value = self._dispatch(name, args)
        except TooFewArguments as problem:
            return refuse(Fault("SOAP-ENV:Server", problem.text), 500)
        except Fault as problem:
            return refuse(problem)
        out: list[str] = []
        array = "ns1:FixedArray" if name == "multiCall" else "SOAP-ENC:Array"
        wire.write_value(f"{name}Return", value, out, self.api.shop.settings.strings, array)
        content = f"<ns1:{name}Response>{''.join(out)}</ns1:{name}Response>"
        return Answer(
            wire.wrap(content, wire.NAMESPACES + wire.MAP + wire.ENCODED).encode(), content_type=wire.CONTENT_TYPE
        )

    def _dispatch(self, name: str, args: dict[str, Value]) -> Value:
        api, session = self.api, args.get("sessionId")
        if name == "call":
            return api.call(session, args.get("resourcePath"), as_rows(args.get("args")))
        if name == "multiCall":
            options = args.get("options")
            stop = isinstance(options, dict) and bool(options.get("break"))
            return api.multi_call(session, as_rows(args.get("calls")), stop)
        if name == "login":
            return api.login(args.get("username") or "", args.get("apiKey") or "")
        if name == "startSession":
            return api.start_session()
        if name == "endSession":
            return api.end_session(session)
        if name == "resources":
            return api.resources(session)
        if name == "globalFaults":
            return api.global_faults()
        return api.resource_faults(session, args.get("resourceName"))


def refuse(problem: Fault, status: int = 200) -> Answer:
    """An answer that is a fault."""
    return Answer(wire.write_fault(problem).encode(), status, wire.CONTENT_TYPE)


def logged(name: str, args: dict[str, Value]) -> list[tuple[str, list[Value]]]:
    """The calls in a request, for the log."""
    if name == "call":
        return [(str(args.get("resourcePath")), masked(as_rows(args.get("args"))))]
    if name == "multiCall":
        pairs = [as_rows(call) for call in as_rows(args.get("calls"))]
        return [(str(pair[0]), masked(pair[1:2])) for pair in pairs if pair]
    shown = {label: value for label, value in args.items() if label != "sessionId"}
    return [(name, [masked(shown)] if shown else [])]
