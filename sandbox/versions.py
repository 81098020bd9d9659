"""The versions of Magento whose part the store can take, and where their answers differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """One version: what it says of itself, and what it does otherwise than others."""

    openmage: str | None
    calls_as_struct: bool = False  # XML-RPC: multiCall takes calls and options as structs; it was arrays before 20.12
    string_types: bool = False  # a database's numbers are strings, whatever PHP it runs on
    session_length: int = 32
    ids_cast: bool = False  # those of store views and attributes are ints all the same
    history_store: bool = True  # entries of an order's history tell their store view

    @property
    def signatures(self) -> dict[str, tuple[list[str], int, list[str]]]:
        """What system.methodSignature tells: parameters, how many of these are needed, results."""
        many, results = ("struct", ["nil", "void"]) if self.calls_as_struct else ("array", ["array", "void"])
        return {
            "call": (["string", "string", "array"], 2, ["struct", "void"] if self.calls_as_struct else ["struct"]),
            "multiCall": (["string", many, many], 1, results),
        }


VERSIONS = {
    "1.9": Version(None, string_types=True),
    "19.4": Version("19.4.23"),
    "20.18": Version(
        "20.18.0",
        calls_as_struct=True,
        string_types=True,
        ids_cast=True,
        session_length=64,
        history_store=False,
    ),
}
