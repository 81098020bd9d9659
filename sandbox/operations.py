"""What SOAP v2 and its WSDL say of a method: an operation with named parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .methods.table import Method
from .soap_types import Field, parse_field

# parts whose names the WS-I dialect changes
_RENAMED = {"storeView": "store"}


@dataclass(frozen=True)
class Operation:
    """An operation of SOAP v2; `method` is None for those of sessions."""

    name: str
    parts: tuple[str, ...]
    result: str
    method: Method | None = None

    def fields(self, wsi: bool) -> list[Field]:
        """The parts of a request; WS-I has other names for some, and other parts are required."""
        names = {} if self.method is None else dict(self.method.wsi)
        found: list[Field] = []
        for text in self.parts:
            field = parse_field(text)
            if wsi:
                renamed = _RENAMED if self.name.startswith("catalog") else {}
                field = replace(field, name=names.get(field.name) or renamed.get(field.name, field.name))
            found.append(field)
        return found

    def result_field(self, wsi: bool) -> Field:
        """The one part of an answer."""
        field = parse_field(self.result)
        if not wsi:
            return field
        number = self.method is not None and self.method.wsi_int
        return Field("result", "int" if number else field.type, True)

    @property
    def wrapper(self) -> str:
        """The element around a request's parts in WS-I."""
        plain = self.method is None and self.name != "resources"
        return f"{self.name}Param" if plain else f"{self.name}RequestParam"

    def answer(self, wsi: bool) -> str:
        """The element around an answer's part."""
        return f"{self.name}ResponseParam" if wsi else f"{self.name}Response"


def of_method(method: Method) -> Operation:
    """A method's operation."""
    return Operation(method.operation, ("sessionId!", *method.parts), method.result, method)
