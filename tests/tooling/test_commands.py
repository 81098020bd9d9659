"""The commands as somebody meets them in a fresh checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devkit.paths import ROOT


@pytest.mark.parametrize("command", ["bench", "demo", "odoo", "sandbox", "test"])
def test_help_makes_nothing(tmp_path: Path, command: str) -> None:
    for part in ("bin", "sandbox"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "data"))
    call = [sys.executable, f"bin/{command}", "--help"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "usage:" in done.stdout, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "sandbox"]


def test_a_version_that_nobody_knows() -> None:
    call = [sys.executable, "-m", "sandbox", "--like", "3.0"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "unknown version '3.0'" in done.stderr and "Traceback" not in done.stderr
