"""Finding the API of a shop: which address answers, over which protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .client import Client
from .connection import Connection, Wire
from .errors import BadUrl, CredentialsRefused, MagentoError, NotUnderstood, Refused, Secrets, TooBig, Unreachable
from .soap_v1 import SoapV1
from .soap_v2 import SoapV2
from .transport import Transport
from .url import SOAP, V2_SOAP, XMLRPC, ShopUrl, parse_url
from .xmlrpc import XmlRpc

MakeWire = Callable[[Transport, str], Wire]

# In the order in which they are tried: the first two carry everything and batch.
_WIRES: dict[str, tuple[str, MakeWire]] = {
    "xmlrpc": (XMLRPC, XmlRpc),
    "soap_v1": (SOAP, SoapV1),
    "soap_v2": (V2_SOAP, SoapV2),
    "soap_v2_wsi": (V2_SOAP, lambda transport, endpoint: SoapV2(transport, endpoint, wsi=True)),
}
PROTOCOLS = tuple(_WIRES)
# Which error tells most, when no address answered as Magento does.
_TELLING = (Refused, NotUnderstood, TooBig, Unreachable, BadUrl)


def connect(
    url: str,
    user: str,
    key: str,
    *,
    protocol: str | None = None,
    basic_auth: tuple[str, str] | None = None,
    verify_tls: bool = True,
    timeout: tuple[float, float] = (10, 120),
    max_answer_bytes: int = 256 * 2**20,
) -> Client:
    """Log in to a shop.

    :param url: any form that people paste, see :mod:`url`.
    :param user: the web service user (not the admin login) and its ``key``.
    :param protocol: one of :data:`PROTOCOLS`; detected when not given. Of the two dialects of SOAP v2 the one that
        the shop speaks is taken, whichever is named.
    :param basic_auth: user and password, when the web server asks for HTTP Basic credentials.
    :param timeout: seconds to connect, and to wait for an answer.
    :param max_answer_bytes: an answer that is larger, unpacked, is not read further.
    :raises BadUrl: no Magento API answers at this address.
    :raises CredentialsRefused: user or key is wrong.
    :raises Unreachable: nothing answers.
    """
    if protocol is not None and protocol not in _WIRES:
        raise BadUrl(f"{protocol[:40]} is not a protocol of Magento's API", f"choose one of {', '.join(PROTOCOLS)}")
    shop = parse_url(url)
    basic = basic_auth or shop.basic_auth
    if not user.strip() or not key:
        raise CredentialsRefused(
            "The API user or its key is empty", "enter both, as in Magento under SOAP/XML-RPC - Users"
        )
    transport = Transport(
        Secrets([key, *(basic[1:] if basic else ())]),
        basic_auth=basic,
        verify_tls=verify_tls,
        timeout=timeout,
        max_answer_bytes=max_answer_bytes,
    )
    try:
        return Client(_find(shop, transport, user.strip(), key, protocol))
    except BaseException:
        transport.close()
        raise


def _find(shop: ShopUrl, transport: Transport, user: str, key: str, protocol: str | None) -> Connection:
    """The first protocol and address that log in."""
    errors: list[MagentoError] = []
    silent: set[str] = set()
    for make, endpoint in _candidates(shop, protocol):
        if endpoint in silent:
            continue
        connection = Connection(make(transport, endpoint), transport, user, key)
        try:
            connection.login()
            return connection
        except CredentialsRefused:
            raise
        except MagentoError as error:
            if isinstance(error, Unreachable) and error.retryable:
                raise
            if isinstance(error, BadUrl):
                silent.add(endpoint)
            errors.append(error)
    raise _most_telling(errors, shop)


def _candidates(shop: ShopUrl, protocol: str | None) -> Iterator[tuple[MakeWire, str]]:
    """What to try, in order. A dialect of SOAP v2 is tried at the same address as the other."""
    names = [protocol] if protocol else ["xmlrpc", "soap_v1", "soap_v2"]
    for name in names:
        adapter, make = _WIRES[name]
        makes = [make]
        if adapter == V2_SOAP:
            makes.append(_WIRES["soap_v2_wsi" if name == "soap_v2" else "soap_v2"][1])
        for endpoint in shop.endpoints(adapter):
            for each in makes:
                yield each, endpoint


def _most_telling(errors: list[MagentoError], shop: ShopUrl) -> MagentoError:
    redirects = [error for error in errors if isinstance(error, BadUrl) and "redirects" in error.what]
    for kind in _TELLING:
        found = [error for error in errors if isinstance(error, kind)]
        if found and kind is not BadUrl:
            return found[0]
    if redirects:
        return redirects[0]
    return BadUrl(
        f"There is no Magento API at {shop.base}",
        "check the address, and whether the API is switched on and not kept back by the web server",
    )
