"""File locks and stamps: what lets several commands share one `.dev/` folder.

A lock is a `flock` on a file, so it goes away with the process that held it, however that ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .console import say
from .paths import DEV


def open_lock(path: Path) -> int:
    """Open a lock file, made when missing, and return its descriptor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def try_lock(path: Path) -> int | None:
    """Take a lock that nobody else may have; None when somebody has it. Closing the descriptor frees it."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold a lock for the length of a block; say `waiting` when another command has it."""
    descriptor = try_lock(path)
    if descriptor is None:
        say(f"waiting for another command: {waiting}")
        descriptor = open_lock(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def digest(*parts: str | bytes) -> str:
    """A short name for a combination of facts."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode() if isinstance(part, str) else part)
        sha.update(b"\0")
    return sha.hexdigest()[:12]


def once(name: str, key: str, product: Path, build: Callable[[], None]) -> None:
    """Run `build`, which makes `product`, unless that was done with this `key` already; one command at a time."""
    stamp = DEV / "stamps" / name
    if _content(stamp) == key and product.exists():
        return
    with locked(stamp.with_suffix(".lock"), f"it is preparing {name}"):
        if _content(stamp) == key and product.exists():
            return
        stamp.unlink(missing_ok=True)
        build()
        stamp.write_text(key, encoding="utf-8")


def _content(path: Path) -> str | None:
    with suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return None
