"""The shop's WSDLs, written from the table of methods and the table of types."""

from __future__ import annotations

from . import soap_types as types
from .operations import Operation
from .soap_types import Field

_NAMESPACES = (
    'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:typens="urn:OpenMage" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
    ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"'
)
_ENCODED = (
    '<soap:body namespace="urn:OpenMage" use="encoded" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>'
)
_V1 = [
    Operation("call", ("sessionId", "resourcePath", "args:anyType"), "callReturn:anyType"),
    Operation("multiCall", ("sessionId", "calls:FixedArray", "options:anyType"), "multiCallReturn:FixedArray"),
    Operation("endSession", ("sessionId",), "endSessionReturn:boolean"),
    Operation("login", ("username", "apiKey"), "loginReturn"),
    Operation("resources", ("sessionId",), "resourcesReturn:FixedArray"),
    Operation("globalFaults", ("sessionId",), "globalFaultsReturn:FixedArray"),
    Operation("resourceFaults", ("resourceName", "sessionId"), "resourceFaultsReturn:FixedArray"),
    Operation("startSession", (), "startSessionReturn"),
]


def v1_wsdl(base_url: str) -> str:
    """SOAP v1's: eight operations, and values of any type."""
    return _document(_array("FixedArray", "xsd:anyType"), _V1, f"{base_url}/index.php/api/soap/", "rpc")


def v2_wsdl(base_url: str, wsi: bool, operations: list[Operation]) -> str:
    """SOAP v2's, in the dialect that the shop is set to."""
    address = f"{base_url}/index.php/api/v2_soap/"
    schema = [_struct(name, fields, wsi) for name, fields in types.structs().items()]
    schema += [
        _wsi_array(name, inner) if wsi else _array(name, _typed(inner)) for name, inner in types.arrays().items()
    ]
    if not wsi:
        imported = '<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/"'
        imported += ' schemaLocation="http://schemas.xmlsoap.org/soap/encoding/"/>'
        return _document(imported + "".join(schema), operations, address, "rpc")
    schema += [_wrapped(operation) for operation in operations]
    return _document("".join(schema), operations, address, "document")


def _typed(kind: str) -> str:
    return f"xsd:{kind}" if kind in (*types.SIMPLE, "anyType") else f"typens:{kind}"


def _element(field: Field, optional: str = ' minOccurs="0"') -> str:
    least = "" if field.required else optional
    return f'<xsd:element name="{field.name}" type="{_typed(field.type)}"{least}/>'


def _struct(name: str, fields: tuple[Field, ...], wsi: bool) -> str:
    group = "sequence" if wsi else "all"
    inner = "".join(_element(field) for field in fields)
    return f'<xsd:complexType name="{name}"><xsd:{group}>{inner}</xsd:{group}></xsd:complexType>\n'


def _array(name: str, inner: str) -> str:
    return (
        f'<xsd:complexType name="{name}"><xsd:complexContent><xsd:restriction base="soapenc:Array">'
        f'<xsd:attribute ref="soapenc:arrayType" wsdl:arrayType="{inner}[]"/>'
        "</xsd:restriction></xsd:complexContent></xsd:complexType>\n"
    )


def _wsi_array(name: str, inner: str) -> str:
    element = f'<xsd:element name="complexObjectArray" type="{_typed(inner)}" minOccurs="0" maxOccurs="unbounded"/>'
    return f'<xsd:complexType name="{name}"><xsd:sequence>{element}</xsd:sequence></xsd:complexType>\n'


def _wrapped(operation: Operation) -> str:
    """The two elements around a request's parts and an answer's."""
    found = ""
    for name, fields in (
        (operation.wrapper, operation.fields(wsi=True)),
        (operation.answer(wsi=True), [operation.result_field(wsi=True)]),
    ):
        inner = "".join(_element(field) for field in fields)
        found += f'<xsd:element name="{name}"><xsd:complexType><xsd:sequence>{inner}</xsd:sequence>'
        found += "</xsd:complexType></xsd:element>\n"
    return found


def _document(schema: str, operations: list[Operation], address: str, style: str) -> str:
    wsi = style == "document"
    messages, ports, bindings = "", "", ""
    body = '<soap:body use="literal"/>' if wsi else _ENCODED
    for one in operations:
        messages += _messages(one, wsi)
        ports += f'<operation name="{one.name}"><input message="typens:{one.name}Request"/>'
        ports += f'<output message="typens:{one.name}Response"/></operation>\n'
        action = "" if wsi else "urn:Action"
        bindings += f'<operation name="{one.name}"><soap:operation soapAction="{action}"/>'
        bindings += f"<input>{body}</input><output>{body}</output></operation>\n"
    form = ' elementFormDefault="unqualified"' if wsi else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {_NAMESPACES} name="OpenMage"'
        f' targetNamespace="urn:OpenMage">\n<types><xsd:schema targetNamespace="urn:OpenMage"{form}>\n{schema}'
        f"</xsd:schema></types>\n{messages}"
        f'<portType name="PortType">\n{ports}</portType>\n<binding name="Binding" type="typens:PortType">\n'
        f'<soap:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>\n{bindings}</binding>\n'
        f'<service name="OpenMageService"><port name="Port" binding="typens:Binding">'
        f'<soap:address location="{address}"/></port></service>\n</definitions>\n'
    )


def _messages(one: Operation, wsi: bool) -> str:
    if wsi:
        given = f'<part name="parameters" element="typens:{one.wrapper}"/>'
        answered = f'<part name="parameters" element="typens:{one.answer(wsi=True)}"/>'
    else:
        parts = [f'<part name="{field.name}" type="{_typed(field.type)}"/>' for field in one.fields(wsi=False)]
        result = one.result_field(wsi=False)
        given, answered = "".join(parts), f'<part name="{result.name}" type="{_typed(result.type)}"/>'
    request = f'<message name="{one.name}Request">{given}</message>\n'
    return request + f'<message name="{one.name}Response">{answered}</message>\n'
