"""SOAP v2 in both dialects, RPC/encoded and WS-I (document/literal). zeep writes the requests, from our own WSDL files.

The answers are not read by zeep but by :mod:`soap`, as those of v1: zeep takes six times as long
(4 ms an order), and stops at a field that a module of the shop added to its WSDL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree

from .errors import MagentoError, Refused
from .soap import read_answer
from .transport import Answer, Transport
from .xml import legal
from .xmlrpc import text_answer

_FILES = Path(__file__).parent / "wsdl"
_NAMESPACE = "urn:OpenMage"
_ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_PREFIXES = {
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "c": "http://schemas.xmlsoap.org/soap/encoding/",
}


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation and its parts after ``sessionId``, in the order of XML-RPC's arguments; ``wsi`` where WS-I names
    them otherwise.
    """

    name: str
    parts: tuple[str, ...] = ()
    wsi: tuple[str, ...] | None = None


_OPERATIONS: dict[str, _Operation] = {
    "core_magento.info": _Operation("magentoInfo"),
    "store.list": _Operation("storeList"),
    "sales_order.list": _Operation("salesOrderList", ("filters",)),
    "sales_order.info": _Operation("salesOrderInfo", ("orderIncrementId",)),
    "customer.list": _Operation("customerCustomerList", ("filters",)),
    "customer.info": _Operation("customerCustomerInfo", ("customerId", "attributes")),
    "customer_group.list": _Operation("customerGroupList"),
    "customer_address.list": _Operation("customerAddressList", ("customerId",)),
    "catalog_category.tree": _Operation("catalogCategoryTree", ("parentId", "storeView"), ("parentId", "store")),
    "catalog_category.level": _Operation(
        "catalogCategoryLevel", ("website", "storeView", "parentCategory"), ("website", "store", "categoryId")
    ),
    "catalog_product.list": _Operation("catalogProductList", ("filters", "storeView"), ("filters", "store")),
    "catalog_product.info": _Operation(
        "catalogProductInfo",
        ("productId", "storeView", "attributes", "identifierType"),
        ("productId", "store", "attributes", "identifierType"),
    ),
    "catalog_product_attribute_set.list": _Operation("catalogProductAttributeSetList"),
    "catalog_product_attribute.list": _Operation("catalogProductAttributeList", ("setId",)),
    "catalog_product_attribute.options": _Operation(
        "catalogProductAttributeOptions", ("attributeId", "storeView"), ("attributeId", "store")
    ),
    "cataloginventory_stock_item.list": _Operation("catalogInventoryStockItemList", ("products",), ("productIds",)),
    "directory_country.list": _Operation("directoryCountryList"),
    "directory_region.list": _Operation("directoryRegionList", ("country",)),
}


class SoapV2:
    """The protocol over one endpoint, in one dialect; methods and arguments are those of XML-RPC."""

    batches = False

    def __init__(self, transport: Transport, endpoint: str, *, wsi: bool = False) -> None:
        self._transport = transport
        self._wsi = wsi
        self._namespace = _NAMESPACE
        self.endpoint = endpoint
        self.name = "soap_v2_wsi" if wsi else "soap_v2"

    def login(self, user: str, key: str) -> str:
        """A new session id.

        :raises Refused: the shop speaks the other dialect.
        """
        try:
            answer = self._request("login", {"username": user, "apiKey": key}, "login")
        except Refused:
            # PHP compares namespaces in WS-I only; stock Magento's is another than OpenMage's.
            if not self._wsi or self._namespace != _NAMESPACE:
                raise
            self._namespace = "urn:Magento"
            answer = self._request("login", {"username": user, "apiKey": key}, "login")
        return text_answer(answer, "login")

    def call(self, session: str, method: str, args: Sequence[Any], *, split: bool = False) -> Any:
        """The answer of one method."""
        operation = _OPERATIONS[method]
        names = operation.wsi if self._wsi and operation.wsi else operation.parts
        parts = {name: self._part(name, value) for name, value in zip(names, args, strict=False) if value is not None}
        return self._request(operation.name, {"sessionId": session, **parts}, method, split=split)

    def call_many(self, session: str, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any | MagentoError]:
        """There is no multiCall in SOAP v2: :class:`connection.Connection` calls over several connections instead."""
        raise NotImplementedError

    def resources(self, session: str) -> Any:
        """What the user may call; the WS-I dialect cannot say."""
        if self._wsi:
            raise Refused("The WS-I dialect of SOAP v2 has no list of resources")
        return self._request("resources", {"sessionId": session}, "resources")

    def end(self, session: str) -> None:
        """End the session."""
        self._request("endSession", {"sessionId": session}, "endSession", read=False)

    def _part(self, name: str, value: Any) -> Any:
        """An argument of XML-RPC as the part that has its place."""
        if name == "filters":
            return {"complex_filter": self._array(_complex_filter(value))}
        if name == "attributes":
            return {"attributes": self._array(list(value))} if isinstance(value, list) else value
        if isinstance(value, list):
            return self._array([legal(str(item)) for item in value])
        return value if isinstance(value, int) else legal(str(value))

    def _array(self, items: list[Any]) -> dict[str, list[Any]]:
        return {"complexObjectArray" if self._wsi else "item": items}

    def _request(self, name: str, parts: dict[str, Any], method: str, *, read: bool = True, split: bool = False) -> Any:
        body = self._write(name, parts)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        answer: Answer = self._transport.post(self.endpoint, body, headers, read=read, split=split)
        return read_answer(answer.body, method, self._transport)

    def _write(self, name: str, parts: dict[str, Any]) -> bytes:
        client, service, skip = self._zeep
        unset = {part: skip for part in _parts_of(name, self._wsi) if part not in parts}
        envelope = client.create_message(service, name, **parts, **unset)
        if not self._wsi:
            for element in envelope.iter():
                if len(element) and element[0].tag == "item":
                    element.set(_ARRAY_TYPE, f"xsd:anyType[{len(element)}]")
                    element.set(_TYPE, "c:Array")
        text: bytes = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return text if self._namespace == _NAMESPACE else text.replace(_NAMESPACE.encode(), self._namespace.encode(), 1)

    @cached_property
    def _zeep(self) -> tuple[Any, Any, Any]:
        """zeep's client, its service at our endpoint, and its mark for a part that is left out."""
        # Imported here, for it takes longer than everything else and most shops never need it.
        import zeep
        from zeep.transports import Transport as ZeepTransport

        path = _FILES / ("soap_v2_wsi.wsdl" if self._wsi else "soap_v2_rpc.wsdl")
        transport: Any = ZeepTransport(session=self._transport.session, cache=None)  # type: ignore[no-untyped-call]
        client: Any = zeep.Client(str(path), transport=transport)  # type: ignore[no-untyped-call]
        for prefix, namespace in _PREFIXES.items():
            client.set_ns_prefix(prefix, namespace)
        return client, client.create_service(f"{{{_NAMESPACE}}}Binding", self.endpoint), zeep.xsd.SkipValue


def _parts_of(name: str, wsi: bool) -> tuple[str, ...]:
    for operation in _OPERATIONS.values():
        if operation.name == name:
            return operation.wsi if wsi and operation.wsi else operation.parts
    return ()


def _complex_filter(filters: dict[str, Any]) -> list[dict[str, Any]]:
    """Filters of XML-RPC as rows of key and (operator, value). Lists go as comma-separated text here, and only here."""
    found: list[dict[str, Any]] = []
    for field, condition in filters.items():
        operators = condition if isinstance(condition, dict) else {"eq": condition}
        for operator, value in operators.items():
            text = ",".join(str(item) for item in value) if isinstance(value, list) else str(value)
            found.append({"key": field, "value": {"key": operator, "value": legal(text)}})
    return found
