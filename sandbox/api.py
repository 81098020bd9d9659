"""What all protocols share: sessions, permissions, the method table, many calls at once."""

from __future__ import annotations

from .faults import RESOURCES, Fault, TooFewArguments, fault, listing
from .methods import ALIASES, METHODS, canonical
from .methods.table import Method
from .sessions import may
from .settings import User
from .shop import Shop
from .values import Row, Value


class Api:
    """The store's API, whatever the protocol."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def start_session(self) -> str:
        """A session of nobody yet."""
        return self.shop.sessions.start()

    def login(self, name: Value, key: Value) -> str:
        """A session of that user."""
        return self.shop.sessions.login(str(name), str(key))

    def end_session(self, session: Value) -> bool:
        """Forget the session."""
        return self.shop.sessions.end(str(session))

    def call(self, session: Value, path: Value, args: list[Value]) -> Value:
        """One method of a logged-in user."""
        return self.run(self.shop.sessions.user(str(session)), str(path), args)

    def run(self, user: User, path: str, args: list[Value]) -> Value:
        """One method, if it exists and the user may."""
        with self.shop.at_work():
            found = self.find(user, path)
            if found.v2_only:
                raise fault("resource_path_not_callable")
            if len(args) < found.required:
                raise TooFewArguments(path, len(args), found.required)
            return found.call(self.shop, args)

    def find(self, user: User, path: str) -> Method:
        """The method with that path."""
        found = METHODS.get(canonical(path))
        if found is None:
            raise fault("resource_path_invalid")
        if not may(user, found.path):
            raise fault("access_denied")
        return found

    def multi_call(self, session: Value, calls: list[Value], stop_at_fault: bool = False) -> list[Value]:
        """Many methods one after another; a failed one is a struct among the answers."""
        user = self.shop.sessions.user(str(session))
        answers: list[Value] = []
        for call in calls:
            path, args = _path_and_args(call)
            try:
                answers.append(self.run(user, path, args))
            except Fault as problem:
                code, text = problem.code, problem.message
                if code == 1:
                    text = fault("internal").message
                answers.append({"isFault": True, "faultCode": str(code), "faultMessage": text})
                if stop_at_fault:
                    break
        return answers

    def resources(self, session: Value) -> list[Row]:
        """What the user may call."""
        user = self.shop.sessions.user(str(session))
        names: dict[str, list[str]] = {}
        for alias, resource in ALIASES.items():
            names.setdefault(resource, []).append(alias)
        rows: dict[str, Row] = {}
        for line in METHODS.values():
            if line.v2_only or not may(user, line.path):
                continue
            aliases = names.get(line.resource, [])
            row = rows.setdefault(line.resource, _described(line.resource, aliases) | {"methods": []})
            name = line.path.rpartition(".")[2]
            inner = _described(name, [f"{alias}.{name}" for alias in aliases])
            row["methods"].append({"title": inner["title"], "description": None, "path": line.path} | inner)
        return list(rows.values())

    def global_faults(self) -> list[Row]:
        """The faults of every resource; no session is needed."""
        return list(listing())

    def resource_faults(self, session: Value, resource: Value) -> list[Row]:
        """The faults of one resource."""
        self.shop.sessions.user(str(session))
        name = ALIASES.get(str(resource), str(resource))
        if name not in RESOURCES:
            raise fault("resource_path_invalid")
        return list(listing(name))


def _described(name: str, aliases: list[str]) -> Row:
    return {"title": name.replace("_", " ").capitalize(), "description": None, "name": name, "aliases": aliases}


def _path_and_args(call: Value) -> tuple[str, list[Value]]:
    """A call of multiCall: [path], [path, args], or just the path."""
    if isinstance(call, list) and call:
        args = call[1] if len(call) > 1 else []
        return str(call[0]), args if isinstance(args, list) else list(args.values()) if isinstance(args, dict) else [
            args
        ]
    return str(call), []
