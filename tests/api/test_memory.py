"""Answers that are small on the wire and large in memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from recorded_server import RecordedServer, recorded

from magento_api import Client, TooBig, connect
from magento_api.xml import MOST_TAGS

ROOT = Path(__file__).parents[2]
HEAD, FOOT = b"<?xml version='1.0'?><methodResponse><params><param>", b"</param></params></methodResponse>"
MEASURE = """
import resource, sys
from magento_api.masking import Secrets
from magento_api.xml import MOST_TAGS
from magento_api.xmlrpc import decode

class Transport:
    secrets = Secrets()

piece = sys.argv[1].encode()
many = (MOST_TAGS - 100) // (piece.count(b"<") + piece.count(b'="'))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
body = b"<methodResponse><params><param><value><array><data>" + piece * many
body += b"</data></array></value></param></params></methodResponse>"
decode(body, "store.list", Transport)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("piece", ["<value/>", "<value/>1", '<value a=""/>', "<value><struct/></value>"])
def test_the_largest_answer_that_is_parsed(piece: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, piece], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert int(run.stdout) < 500, "MB"


def test_thirty_megabytes_of_nothing() -> None:
    """45 kB on the wire; it is refused before it is parsed, and those who can ask for less do."""
    many = b"<value/>" * (30 * 2**20 // 8)
    bomb = HEAD + b"<value><array><data>" + many + b"</data></array></value>" + FOOT
    assert len(gzip.compress(bomb)) < 60_000

    def answer(method: str, arguments: list[str]) -> tuple[int, bytes]:
        if method == "login":
            return 200, recorded("login~ok.xmlrpc")
        whole = method == "multiCall" and arguments.count("sales_order.info") > 2
        return 200, bomb if whole or method == "store.list" else recorded("20.18/multiCall~struct_with_fault.xmlrpc")

    with RecordedServer(answer) as server, connect(server.url, "odoo", "key") as client:
        with pytest.raises(TooBig, match=f"more than {MOST_TAGS:,} tags; ask for less"):
            client.store_views()
        assert len(list(payloads(client))) == 4
        counts = [arguments.count("sales_order.info") for method, arguments in server.requests if method == "multiCall"]
        assert counts == [4, 2, 2]


def payloads(client: Client) -> list[object]:
    return list(client.order_payloads(["nosuch", "100000001", "nosuch", "100000001"]))


def test_an_ordinary_list_is_far_from_it() -> None:
    body = recorded("sales_order.list~from_to.xmlrpc")
    rows = body.count(b"<name>increment_id<")
    assert body.count(b"<") / rows * 1000 < MOST_TAGS, "a thousand orders in one answer"
