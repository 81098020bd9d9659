"""Which address of a shop answers, over which protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .connection import Connection, Wire
from .errors import BadUrl, CredentialsRefused, MagentoError, NotUnderstood, Refused, TooBig, Unreachable
from .soap_v1 import SoapV1
from .soap_v2 import SoapV2
from .transport import Transport
from .url import SOAP, V2_SOAP, XMLRPC, ShopUrl
from .xmlrpc import XmlRpc

MakeWire = Callable[[Transport, str], Wire]

# In the order in which they are tried: the first two carry everything and batch.
WIRES: dict[str, tuple[str, MakeWire]] = {
    "xmlrpc": (XMLRPC, XmlRpc),
    "soap_v1": (SOAP, SoapV1),
    "soap_v2": (V2_SOAP, SoapV2),
    "soap_v2_wsi": (V2_SOAP, lambda transport, endpoint: SoapV2(transport, endpoint, wsi=True)),
}
PROTOCOLS = tuple(WIRES)
# Which error tells most, when no address answered as Magento does.
_TELLING = (Refused, NotUnderstood, TooBig, Unreachable, BadUrl)


def find(shop: ShopUrl, transport: Transport, user: str, key: str, protocol: str | None) -> Connection:
    """The first protocol and address that log in."""
    errors: list[MagentoError] = []
    silent: set[str] = set()
    for make, endpoint in _candidates(shop, protocol):
        if endpoint in silent:
            continue
        connection = Connection(make(transport, endpoint), transport, user, key, shop)
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
        adapter, make = WIRES[name]
        makes = [make]
        if adapter == V2_SOAP:
            makes.append(WIRES["soap_v2_wsi" if name == "soap_v2" else "soap_v2"][1])
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


def beside(connection: Connection, protocol: str) -> Connection:
    """A second session of the same user with the same shop, over another protocol, at the address that goes with the
    first one's.

    :raises MagentoError: it does not answer.
    """
    adapter, _make = WIRES[protocol]
    place = connection.wire.endpoint
    mine = next(name for name in (V2_SOAP, XMLRPC, SOAP) if name in place.rpartition("api")[2])
    before, _, after = place.rpartition(mine)
    error: MagentoError | None = None
    for make, _endpoint in list(_candidates(connection.shop, protocol))[:2]:
        found = Connection(
            make(connection.transport, before + adapter + after),
            connection.transport,
            connection.user,
            connection.key,
            connection.shop,
        )
        try:
            found.login()
            return found
        except Refused as refused:
            error = refused
    raise error or NotUnderstood(f"The shop does not answer over {protocol}")
