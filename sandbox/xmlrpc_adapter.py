"""The XML-RPC adapter: its own methods, and how its requests become calls."""

from __future__ import annotations

from . import xmlrpc_wire as xmlrpc
from .api import Api
from .faults import Broken, Fault, TooFewArguments
from .log import Sent, masked
from .messages import Answer, Call, Request
from .values import Value, as_rows
from .xmlrpc_wire import BAD_PARAMETERS

LISTED = [
    "system.listMethods",
    "system.methodHelp",
    "system.methodSignature",
    "system.multicall",
    "handlePhpError",
    "startSession",
    "endSession",
    "login",
    "call",
    "multiCall",
    "resources",
    "resourceFaults",
    "globalFaults",
    "processingMethodResult",
    "processingRow",
]

_ARGUMENTS = {
    "startSession": (0, 0),
    "endSession": (1, 1),
    "login": (2, 2),
    "call": (2, 3),
    "multiCall": (1, 3),
    "resources": (1, 1),
    "globalFaults": (0, 1),
    "resourceFaults": (2, 2),
    "system.listMethods": (0, 0),
    "system.methodSignature": (1, 1),
}


def dispatch(api: Api, name: str, args: list[Value]) -> Value:
    """Do what an XML-RPC request asks for."""
    if name not in _ARGUMENTS:
        known = name in LISTED
        raise BAD_PARAMETERS if known else Fault(620, f'Method "{name}" does not exist')
    low, high = _ARGUMENTS[name]
    if not low <= len(args) <= high:
        raise BAD_PARAMETERS
    if name == "call":
        return _call(api, args)
    if name == "multiCall":
        return _multi_call(api, args)
    if name == "login":
        return api.login(*args)
    if name == "endSession":
        return api.end_session(*args)
    if name == "resources":
        return api.resources(*args)
    if name == "resourceFaults":
        return api.resource_faults(*args)
    if name == "startSession":
        return api.start_session()
    if name == "system.methodSignature":
        return _signature(api, args[0])
    return api.global_faults() if name == "globalFaults" else LISTED


def _call(api: Api, args: list[Value]) -> Value:
    inner = args[2] if len(args) > 2 else []
    if not isinstance(inner, list):
        raise BAD_PARAMETERS
    return api.call(args[0], args[1], inner)


def _multi_call(api: Api, args: list[Value]) -> Value:
    wanted = dict if api.shop.settings.version.calls_as_struct else list
    if not all(isinstance(arg, wanted) for arg in args[1:]):
        raise BAD_PARAMETERS
    options = args[2] if len(args) > 2 else {}
    stop = isinstance(options, dict) and bool(options.get("break"))
    return api.multi_call(args[0], as_rows(args[1]) if len(args) > 1 else [], stop)


def _signature(api: Api, name: Value) -> Value:
    """The ways in which a method can be called: each result with each number of parameters."""
    if name not in api.shop.settings.version.signatures:
        raise BAD_PARAMETERS
    types, least, results = api.shop.settings.version.signatures[name]
    counts = range(least, len(types) + 1)
    return [{"returnType": result, "parameters": types[:count]} for result in results for count in counts]


class XmlRpc:
    """Reads XML-RPC requests."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, request: Request, query: dict[str, str]) -> Call:
        """The call that a request is."""
        try:
            name, args = xmlrpc.read_request(request.body)
        except Fault as problem:
            broken = problem
            return Call(Sent("xmlrpc", "(unreadable)", []), lambda: _refuse(broken), _refuse)
        return Call(Sent("xmlrpc", name, _calls(name, args)), lambda: self._run(name, args), _refuse)

    def _run(self, name: str, args: list[Value]) -> Answer:
        strings = self.api.shop.settings.strings
        try:
            text = xmlrpc.write_answer(dispatch(self.api, name, args), strings)
        except Fault as problem:
            return _refuse(problem)
        except TooFewArguments:
            raise Broken(500) from None
        return Answer(text.encode(), content_type=xmlrpc.CONTENT_TYPE)


def _refuse(problem: Fault) -> Answer:
    return Answer(xmlrpc.write_fault(problem).encode(), content_type=xmlrpc.CONTENT_TYPE)


def _calls(name: str, args: list[Value]) -> list[tuple[str, list[Value]]]:
    """The calls in a request, for the log."""
    if name == "call" and len(args) > 1:
        return [(str(args[1]), masked(args[2] if len(args) > 2 and isinstance(args[2], list) else args[2:]))]
    if name == "multiCall" and len(args) > 1:
        pairs = [call if isinstance(call, list) and call else [call] for call in as_rows(args[1])]
        return [(str(pair[0]), masked(pair[1:2])) for pair in pairs]
    return [(name, [args[0], "***"] if name == "login" and args else [])]
