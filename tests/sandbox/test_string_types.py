"""A server before PHP 8.1: the same answers, with a database's numbers as strings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from caller import http
from replaying import ADDRESSES, RECORDED, keep, names, read, request, shape, tree

from sandbox import Sandbox, start

CASES = [
    (name, protocol)
    for protocol in ("xmlrpc", "soapv1", "soapv2")
    for name in names(protocol)
    if list((RECORDED / "stringtypes").glob(f"{name}.{protocol}.res.xml*"))
]


@pytest.fixture(scope="module")
def old_server() -> Iterator[Sandbox]:
    with start(recorded_only=True, string_types=True) as shop:
        yield shop


@pytest.mark.parametrize(("name", "protocol"), CASES, ids=lambda value: str(value))
def test_numbers_are_strings(old_server: Sandbox, name: str, protocol: str) -> None:
    session = old_server.shop.sessions.start(old_server.settings.users[0])
    ours = tree(http(old_server.url + ADDRESSES[protocol], request(name, protocol, session))[2])
    theirs = tree(read(f"stringtypes/{name}.{protocol}.res.xml"))
    known = {str(record.get("increment_id")) for record in old_server.shop.orders.rows}
    assert shape(keep(ours, known)) == shape(keep(theirs, known))
