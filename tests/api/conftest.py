"""What the tests against the sandbox store share: each runs once per protocol, against the ``store`` of its file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from magento_api import Client, connect
from sandbox import Sandbox

PROTOCOLS = ["xmlrpc", "soap_v1", "soap_v2", "soap_v2_wsi"]


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """One protocol after another; nobody waits between attempts."""
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.01)
    return str(request.param)


@pytest.fixture
def shop(store: Sandbox, protocol: str) -> Iterator[Client]:
    """A client of the store."""
    with connect(store.url, store.user, store.key, protocol=protocol, timeout=(5, 5)) as client:
        yield client
