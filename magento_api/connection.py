"""A session with one shop over one protocol: logs in, logs in once more when the session ends, masks secrets in what
it raises.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from .batches import HOPELESS, in_parallel
from .errors import (
    CredentialsRefused,
    MagentoError,
    NotFound,
    NotUnderstood,
    PermissionMissing,
    Refused,
    SessionRefused,
    TimedOut,
    TooBig,
    Unreachable,
)
from .faults import is_mismatch
from .transport import CONNECTIONS, Transport
from .url import ShopUrl

R = TypeVar("R")
Call = tuple[str, Sequence[Any]]


class Wire(Protocol):
    """One protocol over one endpoint; methods and arguments are named and ordered as in XML-RPC.

    ``batch_form`` is how many calls go in one request: as an ``array``, as a ``struct``, or not at all (``none``).
    """

    name: str
    batch_form: str
    endpoint: str

    def login(self, user: str, key: str) -> str: ...
    def call(
        self, session: str, method: str, args: Sequence[Any], *, read: bool = True, split: bool = False
    ) -> Any: ...
    def call_many(self, session: str, calls: Sequence[Call], *, read: bool = True) -> list[Any | MagentoError]: ...
    def resources(self, session: str) -> Any: ...
    def end(self, session: str) -> None: ...


class Connection:
    """Calls methods of Magento's API within a session. Safe to use from several threads."""

    def __init__(self, wire: Wire, transport: Transport, user: str, key: str, shop: ShopUrl) -> None:
        self.wire = wire
        self.transport = transport
        self.shop = shop
        self.user = user
        self.key = key
        self._session: str | None = None
        self._closed = self._hangs = False
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Connection over {self.wire.name}>"

    @property
    def batches(self) -> bool:
        """Whether many calls go in one request, as far as is known."""
        return self.wire.batch_form != "none"

    def login(self) -> None:
        """Begin a session.

        :raises CredentialsRefused: wrong user or key.
        """
        self._session = self.wire.login(self.user, self.key)
        self.transport.secrets.add(self._session)

    def end(self) -> None:
        """End the session, for good; a shop that does not answer is left alone."""
        with self._lock:
            session, self._session, self._closed = self._session, None, True
        if session and not self._hangs:
            with suppress(MagentoError):
                self.wire.end(session)

    def close(self) -> None:
        """End the session and close the connections."""
        self.end()
        self.transport.close()

    def call(self, method: str, *args: Any, split: bool = False) -> Any:
        """The answer of ``method``, as plain JSON values.

        :param split: the caller will ask for less if the server dies on this.
        """
        return self._within(lambda session: self.wire.call(session, method, args, split=split))

    def write(self, method: str, *args: Any) -> Any:
        """The answer of a ``method`` that must not be done twice: sent once, whatever becomes of the answer.

        A session that has ended is renewed, for then nothing was done.
        """
        return self._within(lambda session: self.wire.call(session, method, args, read=False))

    def write_many(self, calls: Sequence[Call]) -> list[Any | MagentoError]:
        """The answers of many methods that must not be done twice, in one multiCall: sent once, an error in the place
        of each that failed.

        :raises MagentoError: what concerns the whole connection, or the answer is lost.
        """
        answers = self._within(lambda session: self.wire.call_many(session, calls, read=False))
        for answer in answers:
            if isinstance(answer, PermissionMissing):
                raise answer
        return answers

    def call_many(self, calls: Sequence[Call], *, in_order: bool = False) -> list[Any | MagentoError]:
        """The answers of many methods, an error in the place of each that failed by itself.

        :param in_order: one after another, also where there is no multiCall.
        :raises MagentoError: what concerns the whole connection, or what fewer calls may avoid (``splittable``).
        """
        if self.batches and len(calls) > 1:
            try:
                return self._judged(self._within(lambda session: self.wire.call_many(session, calls)), calls)
            except Refused as error:
                if not is_mismatch(error):
                    raise
        if self.batches or in_order:
            return [self._own(method, args) for method, args in calls]
        answers: list[Any | MagentoError] = []
        for at in range(0, len(calls), _SLICE):
            answers += self._side_by_side(calls[at : at + _SLICE])
        return answers

    def _side_by_side(self, calls: Sequence[Call]) -> list[Any | MagentoError]:
        """The answers of some calls, each alone, over several connections.

        :raises MagentoError: what concerns the whole connection; also if the server died on each of many.
        """
        answers = in_parallel(lambda call: self.call(call[0], *call[1]), calls, CONNECTIONS)
        errors = [answer for answer in answers if isinstance(answer, MagentoError)]
        for error in errors:
            if not error.splittable and not isinstance(error, _OF_ONE):
                raise error
        if len(errors) >= HOPELESS and len(errors) == len(calls) and all(error.splittable for error in errors):
            errors[0].splittable = False
            raise errors[0]
        return answers

    def _judged(self, answers: list[Any | MagentoError], calls: Sequence[Call]) -> list[Any | MagentoError]:
        """Raise a missing permission, for it concerns all; ask again alone where a multiCall drops the text of an
        error.
        """
        for at, answer in enumerate(answers):
            if isinstance(answer, PermissionMissing):
                raise answer
            if isinstance(answer, MagentoError) and answer.code in ("0", "1"):
                method, args = calls[at]
                answers[at] = self._own(method, args)
        return answers

    def resources(self) -> Any:
        """The resources that the user may use."""
        return self._within(self.wire.resources)

    def may(self, calls: Sequence[Call]) -> list[bool]:
        """Whether the user may make each call: any answer or fault but "access denied" says so.

        :raises MagentoError: what concerns the whole connection.
        """
        answers: list[Any | MagentoError] | None = None
        if self.batches and len(calls) > 1:
            with suppress(Refused, TooBig, NotUnderstood):
                answers = self._within(lambda session: self.wire.call_many(session, calls))
        if answers is None:
            answers = in_parallel(lambda call: self.call(call[0], *call[1]), calls, CONNECTIONS)
        for answer in answers:
            if isinstance(answer, Unreachable | CredentialsRefused):
                raise answer
        return [not isinstance(answer, PermissionMissing) for answer in answers]

    def try_batch(self, calls: Sequence[Call]) -> bool:
        """Whether these calls go in one request, which is remembered.

        :raises MagentoError: what concerns the whole connection.
        """
        try:
            self._within(lambda session: self.wire.call_many(session, calls))
        except (Refused, TooBig, NotUnderstood):
            self.wire.batch_form = "none"
        return self.batches

    def _own(self, method: str, args: Sequence[Any]) -> Any | MagentoError:
        """The answer of one method, or the error that concerns it alone."""
        try:
            return self.call(method, *args)
        except _OF_ONE as error:
            return error

    def _within(self, call: Callable[[str], R]) -> R:
        """``call`` with the session's id, again with a new session if Magento ended it."""
        session = self._current()
        try:
            return call(session)
        except SessionRefused:
            pass
        except TimedOut:
            self._hangs = True
            raise
        return call(self._renew(session))

    def _current(self) -> str:
        with self._lock:
            self._login_if_open()
            assert self._session is not None
            return self._session

    def _login_if_open(self) -> None:
        """Log in, unless there is a session, or the connection was closed behind a thread that still reads."""
        if self._closed:
            raise Unreachable("The connection was closed", "begin a new one")
        if self._session is None:
            self.login()

    def _renew(self, old: str) -> str:
        """A new session, once for all threads that saw ``old`` end."""
        with self._lock:
            if self._session == old:
                self._session = None
            if self._session is None:
                try:
                    self._login_if_open()
                except CredentialsRefused as error:
                    raise CredentialsRefused(f"{error.what}, though it took them before", error.advice) from None
            assert self._session is not None
            return self._session


# So many calls are made over several connections before looking whether the server survives them.
_SLICE = 12
# Errors that say something about one record only. All others concern the connection.
_OF_ONE = (NotFound, Refused)
