"""How every command of `bin/` begins and ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from .console import DevError, end_children


def main(command: Callable[[list[str]], int]) -> int:
    """Run a command with the arguments given; errors meant for people become one line and exit code 2."""
    os.umask(0o022)
    if sys.version_info < (3, 11):
        print("these commands need Python 3.11, 3.12 or 3.13: put one first on your PATH", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    try:
        return command(sys.argv[1:])
    except DevError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _end(number: int, frame: FrameType | None) -> None:
    """When we are told to end, so are the programs that are running for us."""
    end_children()
    raise SystemExit(128 + number)
