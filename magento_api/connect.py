"""Finding the API of a shop: which address answers, over which protocol."""

from __future__ import annotations

from collections.abc import Iterable

from .client import Client
from .errors import BadUrl, CredentialsRefused
from .find import PROTOCOLS, WIRES, find
from .hosts import Hosts
from .masking import Secrets
from .transport import Transport
from .url import parse_url

__all__ = ["PROTOCOLS", "connect"]


def connect(
    url: str,
    user: str,
    key: str,
    *,
    protocol: str | None = None,
    basic_auth: tuple[str, str] | None = None,
    verify_tls: bool = True,
    timeout: tuple[float, float] = (10, 60),
    max_answer_bytes: int = 64 * 2**20,
    picture_hosts: Iterable[str] = (),
    batch_form: str | None = None,
) -> Client:
    """Log in to a shop.

    :param url: any form that people paste, see :mod:`url`.
    :param user: the web service user (not the admin login) and its ``key``.
    :param protocol: one of :data:`PROTOCOLS`; detected when not given. Of the two dialects of SOAP v2 the one that
        the shop speaks is taken, whichever is named.
    :param basic_auth: user and password, when the web server asks for HTTP Basic credentials.
    :param timeout: seconds to connect, and for a whole request: its connection, its answer, its repetitions.
    :param max_answer_bytes: an answer that is larger, unpacked, is not read further.
    :param picture_hosts: where pictures may be fetched besides the shop's own host, see :class:`hosts.Hosts`.
    :param batch_form: as which :attr:`Client.batch_form` XML-RPC took many calls earlier: it is tried first.
    :raises BadUrl: no Magento API answers at this address.
    :raises CredentialsRefused: user or key is wrong.
    :raises Unreachable: nothing answers.
    """
    if protocol is not None and protocol not in WIRES:
        raise BadUrl(f"{protocol[:40]} is not a protocol of Magento's API", f"choose one of {', '.join(PROTOCOLS)}")
    shop = parse_url(url)
    basic = basic_auth or shop.basic_auth
    if not user.strip() or not key:
        raise CredentialsRefused(
            "The API user or its key is empty", "enter both, as in Magento under SOAP/XML-RPC - Users"
        )
    transport = Transport(
        # what the header of HTTP Basic carries is the base64 of both, joined
        Secrets([key, *([basic[1], ":".join(basic)] if basic else [])]),
        basic_auth=basic,
        verify_tls=verify_tls,
        timeout=timeout,
        max_answer_bytes=max_answer_bytes,
        picture_hosts=Hosts(picture_hosts),
    )
    try:
        connection = find(shop, transport, user.strip(), key, protocol)
        if connection.wire.name == "xmlrpc" and batch_form in ("array", "struct"):
            connection.wire.batch_form = batch_form
        return Client(connection)
    except BaseException:
        transport.close()
        raise
