"""Who may call: API users, and their sessions, which slide with every call and expire."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .faults import fault
from .settings import User


@dataclass
class Session:
    """A session; it has a user once somebody logged in."""

    user: User | None
    seen: float


class Sessions:
    """All sessions of the store, whatever protocol began them."""

    def __init__(self, users: tuple[User, ...], timeout: float, length: int = 32) -> None:
        self.users = {user.name: user for user in users}
        self.timeout = timeout
        self.length = length
        self._sessions: dict[str, Session] = {}

    def start(self, user: User | None = None) -> str:
        """A new session id."""
        number = secrets.token_hex(self.length // 2)
        self._sessions[number] = Session(user, time.monotonic())
        return number

    def login(self, name: str, key: str) -> str:
        """A session of that user; every refusal reads the same, but an empty key."""
        if not name or not key:
            raise fault("invalid_request_param")
        user = self.users.get(name)
        if (
            user is None
            or not user.active
            or user.allow is None
            or not secrets.compare_digest(user.key.encode(), key.encode())
        ):
            raise fault("access_denied")
        return self.start(user)

    def end(self, number: str) -> bool:
        """Forget a session."""
        self._sessions.pop(number, None)
        return True

    def expire(self) -> None:
        """Forget all sessions, as when their time is over."""
        self._sessions.clear()

    def user(self, number: str) -> User:
        """Whose session it is, which is thereby renewed."""
        session = self._sessions.get(number)
        now = time.monotonic()
        if session is None or session.user is None or now - session.seen > self.timeout:
            raise fault("session_expired")
        session.seen = now
        return session.user


def may(user: User, path: str) -> bool:
    """Whether the user's role permits a method."""
    return any(fnmatchcase(path, pattern) for pattern in user.allow or ())
