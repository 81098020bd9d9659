"""Fixtures of all tests that run Odoo in processes of its own."""

from __future__ import annotations

import signal
from types import FrameType

import pytest

from devkit.environment import Environment, prepare


@pytest.fixture(scope="session", autouse=True)
def ends_what_it_started() -> None:
    """Told to end, pytest ends as after Ctrl-C: with the fixtures, which stop their processes."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


@pytest.fixture(scope="session", name="environment")
def odoo_environment() -> Environment:
    """Odoo and PostgreSQL."""
    return prepare()
