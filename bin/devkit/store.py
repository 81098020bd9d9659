"""The sandbox store as a process of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import python_env
from .console import DevError
from .paths import ROOT


@contextmanager
def sandbox(arguments: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Run the store for the length of a block: its `url`, `user`, `key` and `pid`."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [str(python_env.PYTHON), "-m", "sandbox", *arguments, "--ready-file", str(ready)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if process.poll() is not None:
                    raise DevError("the sandbox store did not start")
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
            yield dict(json.loads(ready.read_text(encoding="utf-8")))
        finally:
            process.terminate()
            process.wait()
