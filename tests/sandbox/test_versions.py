"""The part of a version: what a running OpenMage 20.18 answered, as the store answers it when it is told to be one."""

from __future__ import annotations

import re
import time
import xmlrpc.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from caller import Caller, http
from replaying import ADDRESSES, Node, differences, names, read, request, tree

from sandbox import Sandbox, start

FOLDER = "20.18/"
CASES = [(name, protocol) for protocol in ("xmlrpc", "soapv1") for name in names(protocol, FOLDER)]
# answers that say the same of every store
SAME = re.compile(r"core_magento|methodSignature|string_args|multiCall~(array|empty|one_array|struct_11)\.xmlrpc")
TWO: list[Any] = [["core_store.info", [1]], ["core_store.info", [99]]]


@pytest.fixture(scope="module")
def new_store() -> Iterator[Sandbox]:
    with start(recorded_only=True, like="20.18") as shop:
        yield shop


@pytest.mark.parametrize(("name", "protocol"), CASES, ids=lambda value: str(value))
def test_the_answer_is_the_recorded_one(new_store: Sandbox, name: str, protocol: str) -> None:
    session = new_store.shop.sessions.start(new_store.settings.users[0])
    asked = request(FOLDER + name, protocol, session).replace(b">100000002<", b">100000003<")  # which our store has
    ours = tree(http(new_store.url + ADDRESSES[protocol], asked)[2])
    theirs = tree(read(f"{FOLDER}{name}.{protocol}.res.xml"))
    if SAME.search(f"{name}.{protocol}"):
        assert differences(ours, theirs) == []
    else:
        assert _keys(ours) - {"instructions"} <= _keys(theirs)  # what bank transfer keeps: nobody paid so there
        assert _types(ours) <= _types(theirs)


def _keys(node: Node) -> set[str]:
    """The keys of the structs in an answer."""
    name, _, children = node
    found = {children[0][1]} if name.split()[0] in ("member", "item") and len(children) == 2 else set()
    return found.union(*map(_keys, children))


def _types(node: Node) -> set[str]:
    """The types of the values in an answer: the innermost elements."""
    name, _, children = node
    return {name}.union(*map(_types, children)) if children else {name}


def test_sessions_have_the_length_of_their_version(new_store: Sandbox, shop: Sandbox) -> None:
    assert len(Caller(new_store.url).login().session) == 64
    assert len(Caller(shop.url).login().session) == 32


def test_many_calls_are_an_array_before(caller: Caller) -> None:
    assert [row.get("faultCode") for row in caller.many(*TWO)] == [None, "100"]
    with pytest.raises(xmlrpc.client.Fault) as refused:
        caller.proxy.multiCall(caller.session, {"0": TWO[0]})
    assert refused.value.faultCode == 623


def test_each_call_takes_its_time() -> None:
    """Also in a multiCall, and one connection does not wait for another."""
    with start(recorded_only=True, latency=50) as shop:
        callers = [Caller(shop.url).login() for _ in range(4)]
        begin = time.monotonic()
        callers[0].many(*TWO * 3)
        assert 0.3 <= time.monotonic() - begin < 0.6
        begin = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda caller: caller.many(*TWO * 2), callers))
        assert 0.2 <= time.monotonic() - begin < 0.5
