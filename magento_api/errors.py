"""What can go wrong between us and a Magento shop, by meaning.

``str(error)`` is one sentence for a person: what happened and what to do. No error ever carries the API key, a
session id or a password: :class:`masking.Secrets` masks them in every text that comes from outside.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(?:style|script)\b.*?</(?:style|script)\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_SPACE = re.compile(r"\s+")
_SERVER_PATH = re.compile(r"(?<![\w.:/])/(?:[\w.@-]+/){2,}")
_LONG = 600


class MagentoError(Exception):
    """Base of all errors of this package.

    ``what`` says what happened, ``advice`` what to do; ``str()`` joins them. ``retryable``: the same call may succeed
    later with nothing changed. ``splittable``: a smaller request for the same data may succeed (used by batches and
    windows). ``code`` is Magento's fault number, where there is one.
    """

    retryable = False
    splittable = False
    code: str | None = None

    def __init__(self, what: str, advice: str = "") -> None:
        self.what = what.rstrip(" .;")
        self.advice = advice
        super().__init__(self.what, advice)

    def __str__(self) -> str:
        return f"{self.what}; {self.advice}." if self.advice else f"{self.what}."


class Unreachable(MagentoError):
    """The shop did not answer: name, connection, time-out, TLS, gateway, maintenance. Nothing is wrong with the
    record at hand.
    """

    retryable = True


class TimedOut(Unreachable):
    """The shop took the request and did not answer in time. It is not asked again at once, for less neither: who waits
    for a shop that hangs keeps others waiting. Later it is, carefully: see :attr:`base.Base.careful`.
    """


class SessionRefused(Unreachable):
    """Magento no longer takes our session (fault 5), even a new one."""


class TooBig(MagentoError):
    """The server died on the request (HTTP 500 with an empty body, memory), or the answer exceeds our cap."""

    retryable = True
    splittable = True


class CredentialsRefused(MagentoError):
    """Wrong API user or key, inactive user, user without role; or wrong HTTP Basic login."""


class PermissionMissing(MagentoError):
    """The role of the API user does not have ``role_resource`` ticked, which ``method`` needs."""

    def __init__(self, method: str, role_resource: str) -> None:
        self.method = method
        self.role_resource = role_resource
        super().__init__(
            f"The API user may not call {method}",
            f"in Magento under System > Web Services > SOAP/XML-RPC - Roles tick {role_resource} and save the role",
        )

    def __reduce__(self) -> tuple[type[PermissionMissing], tuple[str, str]]:
        return type(self), (self.method, self.role_resource)


class NotFound(MagentoError):
    """What was asked for does not exist in Magento."""


class Refused(MagentoError):
    """Magento understood and said no; the sentence is its own text, without HTML."""


class AlreadyExists(Refused):
    """What was to be made is there already, under ``id``."""

    def __init__(self, what: str, id: int) -> None:
        self.id = id
        super().__init__(what, "it can be linked instead")

    def __reduce__(self) -> tuple[type[AlreadyExists], tuple[str, int]]:
        return type(self), (self.what, self.id)


class NotUnderstood(MagentoError):
    """The answer is not what Magento sends; the sentence names the key, or shows the first bytes."""


class CutOff(NotUnderstood):
    """The answer ends in the middle, or is the trace of a PHP error; a smaller request may pass."""

    splittable = True


class BadRow(NotUnderstood):
    """A row of a list that is no record, in the record's place: ``id`` is Magento's own of it, ``number`` the one that
    people see (the increment id), as far as the row tells.
    """

    def __init__(self, what: str, advice: str = "", id: int | None = None, number: str | None = None) -> None:
        self.id = id
        self.number = number
        super().__init__(what, advice)

    def __reduce__(self) -> tuple[type[BadRow], tuple[str, str, int | None, str | None]]:
        return type(self), (self.what, self.advice, self.id, self.number)


class BadUrl(MagentoError):
    """The address is not one of a Magento shop, or not its final one (redirect)."""


class ForeignHost(BadUrl):
    """A picture is on a host that is neither the shop's own nor named as one of its pictures."""


def plain(text: str) -> str:
    """``text`` of the server as one line for people: HTML and paths of the server removed, at most 600 characters."""
    text = html.unescape(_TAG.sub(" ", text)) if "<" in text else text
    text = _SPACE.sub(" ", _SERVER_PATH.sub("", text)).strip()
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
