"""Fault numbers of Magento, and what they mean. The one place where they stand.

The general numbers hold for every resource; from 100 on each resource has its own (``faults`` of the modules'
``etc/api.xml``).
"""

from __future__ import annotations

from .errors import (
    CredentialsRefused,
    MagentoError,
    NotFound,
    PermissionMissing,
    Refused,
    SessionRefused,
    TooBig,
    plain,
)
from .masking import Secrets
from .permissions import role_resource

SESSION_EXPIRED = "5"

# Numbers that mean "what you name does not exist". All others of a resource mean "refused", with Magento's own text.
_NOT_FOUND: dict[str, frozenset[str]] = {
    "catalog_category": frozenset({"100", "101", "102"}),
    "catalog_category_attribute": frozenset({"100", "101"}),
    "catalog_product": frozenset({"100", "101"}),
    "catalog_product_attribute": frozenset({"100", "101"}),
    "catalog_product_attribute_set": frozenset({"100", "104", "106", "108"}),
    "catalog_product_attribute_media": frozenset({"100", "101", "103"}),
    "catalog_product_attribute_tier_price": frozenset({"100"}),
    "catalog_product_link": frozenset({"101"}),
    "cataloginventory_stock_item": frozenset({"101"}),
    "core_store": frozenset({"100"}),
    "customer": frozenset({"102"}),
    "customer_address": frozenset({"101", "102"}),
    "directory_region": frozenset({"101"}),
    "sales_order": frozenset({"100"}),
    "sales_order_shipment": frozenset({"100", "103", "104"}),
    "sales_order_invoice": frozenset({"100", "103"}),
    "sales_order_creditmemo": frozenset({"100", "103"}),
}
_ALIASES = {"store": "core_store", "magento": "core_magento", "product_stock": "cataloginventory_stock_item"}

_LOGIN_ADVICE = (
    "check user and key in Magento under System > Web Services > SOAP/XML-RPC - Users: it is a web service user of its"
    " own, not the admin login, it must be active and have a role"
)
_WSDL_ADVICE = (
    "the shop cannot load its own WSDL, its server must be able to reach its own base URL; XML-RPC does not need that,"
    " so let the protocol be detected or choose XML-RPC"
)
_ADVICE: dict[str, str] = {
    "0": "see exception.log and system.log of the shop",
    "1": "if that is not clear, see exception.log of the shop",
    "3": "this shop's API does not have the method: it is too old, or the module is disabled",
    "4": "this shop's API does not have the method over this protocol",
    "6": "a required value is missing",
    "620": "the address answers XML-RPC but is not Magento's",
    "623": "the shop expects other arguments: its version is not supported",
    "630": "something between us and the shop removed the request's body, e.g. a firewall",
    "632": "something between us and the shop changed the request's body, e.g. a firewall",
    "Sender": "something between us and the shop changed the request's body, e.g. a firewall",
    "WSDL": _WSDL_ADVICE,
}


def fault_error(code: str | int, text: str, method: str, secrets: Secrets | None = None) -> MagentoError:
    """The error that a fault means.

    :param code: as sent: int over XML-RPC, text over SOAP and in multiCall.
    :param method: ``resource.method``, or ``login``; the meaning of the number depends on it.
    """
    error = _meaning(str(code).strip(), text, method, secrets)
    error.code = str(code).strip()
    if method == "multiCall" and isinstance(error, Refused):
        # One call in it may have brought PHP down: SOAP v1 then answers with one fault for all.
        error.splittable = True
    return error


def is_mismatch(error: MagentoError) -> bool:
    """Whether XML-RPC refused arguments of a type that it does not expect: then nothing was done."""
    return error.code == "623"


def _meaning(code: str, text: str, method: str, secrets: Secrets | None) -> MagentoError:
    text = plain(secrets.mask(text) if secrets else text) or f"fault {code} without text"
    resource = method.rpartition(".")[0]
    if code == SESSION_EXPIRED:
        return SessionRefused(
            "Magento ended the session", "try again; if it stays so, check the session time-out of the shop's API"
        )
    if method == "login" and code in ("2", "6"):
        return CredentialsRefused("Magento refused the API user or its key", _LOGIN_ADVICE)
    if code == "2":
        return PermissionMissing(method, role_resource(method))
    if code in _NOT_FOUND.get(_ALIASES.get(resource, resource), ()):
        return NotFound(
            f"Magento has no such record ({method}: {text.rstrip('.')})", "it may have been deleted in Magento"
        )
    if "llowed memory size" in text:
        return TooBig(f"The shop's server ran out of memory ({method})", "raise PHP's memory_limit there")
    return Refused(f"Magento refused {method}: {text}", _ADVICE.get(code.rpartition(":")[2] or code, ""))
