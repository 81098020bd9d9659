"""Stores to talk to, and callers that talk to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from caller import Caller

from sandbox import Sandbox, start


@pytest.fixture(scope="session")
def recorded_shop() -> Iterator[Sandbox]:
    """The recorded store alone; not to be changed."""
    with start(recorded_only=True) as shop:
        yield shop


@pytest.fixture(scope="session")
def default_shop() -> Iterator[Sandbox]:
    """The store as it starts without being told anything; not to be changed."""
    with start() as shop:
        yield shop


@pytest.fixture
def shop() -> Iterator[Sandbox]:
    """A recorded store of one's own."""
    with start(recorded_only=True) as own:
        yield own


@pytest.fixture
def caller(shop: Sandbox) -> Caller:
    """A logged-in caller of one's own store."""
    return Caller(shop.url).login()
