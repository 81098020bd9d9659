"""Misbehaviour on demand: everything a real store in a real network does to its callers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from . import pages
from .messages import Answer, Dropped

BEFORE = {
    "latency": "answers after `seconds`",
    "drop_before": "closes the connection before doing anything",
    "http_500": "HTTP 500 with an empty body, as a PHP that died",
    "http_502": "HTTP 502 with the web server's page, as without PHP",
    "http_503": "HTTP 503 with an empty body",
    "maintenance": "HTTP 503 with the shop's maintenance page",
    "maintenance_200": "the maintenance page with HTTP 200",
    "error_page": "HTTP 503 with the shop's error page, as without a database",
    "php_fatal": "HTTP 200 with PHP's stack trace as HTML",
    "expire_session": "forgets all sessions",
    "fault": "a fault with `code` and `message`",
    "meanwhile": "calls `do` before it answers (from Python only): what happens while the caller waits",
    "hang": "never answers, and keeps the connection open until the caller closes it",
}
AFTER = {
    "drop_after": "does what was asked, then closes the connection: the answer is lost",
    "lost_answer": "the same as drop_after",
    "http_500_after": "does what was asked, then HTTP 500 with an empty body",
    "php_warning": "text before the XML; in SOAP the end of the XML is cut off by as much",
    "bom": "a byte order mark before the XML",
    "truncated": "half of the answer, as if it were all",
    "cut_connection": "half of the answer, then the connection closes",
    "huge_answer": "`size` bytes more (200 MB unless told)",
    "slow_body": "half of the answer, the rest after `seconds`",
    "drip": "the answer's body, one byte in `seconds`",
    "drip_headers": "the answer's headers, one byte in `seconds`",
    "latin1": "the answer in another encoding than it says",
}
KINDS = BEFORE | AFTER


@dataclass
class Rule:
    """One misbehaviour: of which methods, after how many of these, how many times (None: for ever)."""

    kind: str
    method: str = "*"
    times: int | None = 1
    after: int = 0
    protocol: str = "*"
    seconds: float = 1.0
    code: int = 1
    message: str = "Internal Error. Please see log for details."
    size: int = 200_000_000
    do: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown misbehaviour {self.kind!r}: one of {', '.join(KINDS)}")

    def concerns(self, protocol: str, names: list[str]) -> bool:
        """Whether a request is of the kind that this rule is for."""
        return fnmatchcase(protocol, self.protocol) and any(fnmatchcase(name, self.method) for name in names)


class Rules:
    """All misbehaviours that are asked for."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def add(self, kind: str, method: str = "*", **more: Any) -> Rule:
        """Ask for one."""
        rule = Rule(kind, method, **more)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._rules.clear()

    def active(self) -> list[Rule]:
        """What is still asked for."""
        with self._lock:
            return list(self._rules)

    def take(self, stage: dict[str, str], protocol: str, names: list[str]) -> list[Rule]:
        """The rules that strike now; their counts go down."""
        struck: list[Rule] = []
        with self._lock:
            for rule in [rule for rule in self._rules if rule.kind in stage and rule.concerns(protocol, names)]:
                if rule.after > 0:
                    rule.after -= 1
                    continue
                struck.append(rule)
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
        return struck


def beforehand(rule: Rule) -> Answer | None:
    """What a rule answers instead of doing what was asked; None if that is to be done all the same."""
    if rule.kind == "latency":
        time.sleep(rule.seconds)
        return None
    if rule.kind == "meanwhile":
        if rule.do:
            rule.do()
        return None
    if rule.kind == "drop_before":
        raise Dropped
    if rule.kind == "hang":
        return Answer(hang=True)
    page, status = {
        "http_500": ("", 500),
        "http_502": (pages.BAD_GATEWAY, 502),
        "http_503": ("", 503),
        "maintenance": (pages.MAINTENANCE, 503),
        "maintenance_200": (pages.MAINTENANCE, 200),
        "error_page": (pages.ERROR, 503),
        "php_fatal": (pages.FATAL, 200),
    }[rule.kind]
    return Answer(page.encode(), status)


def afterwards(rule: Rule, answer: Answer, protocol: str) -> Answer:
    """What a rule makes of the answer."""
    body, half = answer.body, len(answer.body) // 2
    if rule.kind in ("drop_after", "lost_answer"):
        raise Dropped
    if rule.kind == "http_500_after":
        return Answer(status=500)
    if rule.kind in ("php_warning", "bom"):
        prefix = pages.WARNING.encode() if rule.kind == "php_warning" else b"\xef\xbb\xbf"
        return replace(answer, body=prefix + body if protocol == "xmlrpc" else (prefix + body)[: len(body)])
    if rule.kind == "truncated":
        return replace(answer, body=body[:half])
    if rule.kind == "cut_connection":
        return replace(answer, cut=half)
    if rule.kind == "huge_answer":
        return replace(answer, padding=rule.size)
    if rule.kind == "slow_body":
        return replace(answer, pause=rule.seconds)
    if rule.kind == "drip":
        return replace(answer, drip=rule.seconds)
    if rule.kind == "drip_headers":
        return replace(answer, drip_head=rule.seconds)
    return replace(answer, body=body.decode().encode("latin-1", "replace"))
