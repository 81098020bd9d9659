"""The SOAP v2 adapter: one operation per method, in the RPC dialect or in WS-I's."""

from __future__ import annotations

from typing import Any

from . import soap_types as types
from . import soap_wire as wire
from .api import Api
from .faults import Fault
from .filters import from_soap_v2
from .log import Sent, masked
from .messages import Answer, Call, Request
from .methods import OPERATIONS
from .operations import Operation
from .soap_v1 import refuse as refuse_v1
from .values import Value
from .wsdl import v2_wsdl

# the operations of sessions: parts, result, and the name of the answer's element
SESSION_OPERATIONS = {
    one.name: one
    for one in (
        Operation("login", ("username!", "apiKey!"), "loginReturn"),
        Operation("startSession", (), "startSessionReturn"),
        Operation("endSession", ("sessionId!",), "endSessionReturn:boolean"),
        Operation("resources", ("sessionId!",), "resourcesReturn:ArrayOfApis"),
        Operation("globalFaults", ("sessionId!",), "globalFaultsReturn:ArrayOfExistsFaltures"),
        Operation("resourceFaults", ("resourceName!", "sessionId!"), "resourceFaultsReturn:ArrayOfExistsFaltures"),
    )
}


def refuse(problem: Fault, status: int = 200) -> Answer:
    """An answer that is a fault; those of Magento itself are broken into lines."""
    answer = refuse_v1(problem, status)
    if status == 200:
        answer.body = answer.body.replace(b"><", b">\n<")
    return answer


class SoapV2:
    """Reads SOAP v2 requests, in the dialect that the shop is set to."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.wsi = api.shop.settings.wsi
        self.protocol = "soapwsi" if self.wsi else "soapv2"

    def read(self, request: Request, query: dict[str, str]) -> Call | Answer:
        """The call that a request is, or the WSDL."""
        if "wsdl" in query and request.verb != "POST":
            text = v2_wsdl(self.api.shop.base_url, self.wsi, [*SESSION_OPERATIONS.values(), *OPERATIONS.values()])
            return Answer(text.encode(), content_type=wire.CONTENT_TYPE)
        try:
            element = wire.read_envelope(request.body)
            operation = self._operation(element)
            args = self._arguments(operation, element)
        except Fault as problem:
            broken = problem
            return Call(Sent(self.protocol, "(unreadable)", []), lambda: refuse(broken, 500), refuse)
        path = operation.method.path if operation.method else operation.name
        shown = {name: value for name, value in args.items() if name not in ("sessionId", "apiKey")}
        sent = Sent(self.protocol, operation.name, [(path, [masked(shown)] if shown else [])])
        return Call(sent, lambda: self._run(operation, args), refuse)

    def _operation(self, element: Any) -> Operation:
        name = wire.name_of(element)
        if self.wsi:
            bare = name.removesuffix("Param").removesuffix("Request")
            known = SESSION_OPERATIONS.get(bare) or OPERATIONS.get(bare)
            if known is not None and name == known.wrapper:
                return known
        else:
            known = SESSION_OPERATIONS.get(name) or OPERATIONS.get(name)
            if known is not None:
                return known
        raise Fault("SOAP-ENV:Server", f"Procedure '{name}' not present")

    def _arguments(self, operation: Operation, element: Any) -> dict[str, Value]:
        """The parts by the names that they have in the RPC dialect; unknown ones are left out."""
        fields = operation.fields(self.wsi)
        plain = operation.fields(wsi=False)
        by_name = {field.name: (own, field.type) for field, own in zip(fields, plain, strict=True)}
        found: dict[str, Value] = {}
        for part in element:
            if wire.name_of(part) in by_name:
                own, kind = by_name[wire.name_of(part)]
                found[own.name] = types.read(part, kind)
        return found

    def _run(self, operation: Operation, args: dict[str, Value]) -> Answer:
        try:
            value = self._value(operation, args)
        except Fault as problem:
            return refuse(problem)
        result = operation.result_field(self.wsi)
        out: list[str] = []
        types.write(result.name, value, result.type, out, typed=not self.wsi)
        name = operation.answer(self.wsi)
        content = f"<ns1:{name}>{''.join(out)}</ns1:{name}>"
        spaces = ' xmlns:ns1="urn:OpenMage"' if self.wsi else wire.NAMESPACES + wire.ENCODED
        text = wire.wrap(content, spaces).replace("><", ">\n<")
        return Answer(text.encode(), content_type=wire.CONTENT_TYPE)

    def _value(self, operation: Operation, args: dict[str, Value]) -> Value:
        api, session = self.api, args.get("sessionId")
        method = operation.method
        if method is None:
            return self._session_value(operation.name, args)
        user = api.shop.sessions.user(str(session))
        with api.shop.at_work():
            api.find(user, method.path)
            handler = method.v2 or method.handler
            values = [
                from_soap_v2(args.get(field.name)) if field.type == "filters" else args.get(field.name)
                for field in operation.fields(wsi=False)
                if field.name != "sessionId"
            ]
            if self.wsi:
                values = [_without_custom(value) for value in values]
            return handler(api.shop, *values[: handler.__code__.co_argcount - 1])

    def _session_value(self, name: str, args: dict[str, Value]) -> Value:
        api, session = self.api, args.get("sessionId")
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


def _without_custom(value: Value) -> Value:
    """The data of a product as Magento's WS-I handler leaves it: it loses all custom attributes, without a word."""
    if isinstance(value, list):
        return [_without_custom(one) for one in value]
    if not isinstance(value, dict) or not isinstance(value.get("additional_attributes"), dict):
        return value
    return {key: value[key] for key in value if key != "additional_attributes"}
