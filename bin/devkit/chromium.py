"""Chromium for the browser tests."""

from __future__ import annotations

from .paths import DEV

FOLDER = DEV / "bin"
