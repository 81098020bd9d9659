"""Talking to the person at the keyboard, and running other programs without flooding the screen."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HEARTBEAT_SECONDS = 10.0
Command = Sequence[str | Path]
_children: set[subprocess.Popen[str]] = set()


class DevError(Exception):
    """Something a person has to know, in one sentence."""


def say(text: str) -> None:
    """Print one line of progress on standard error, where it does not mix with a program's output."""
    print(f"» {text}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a long step, and say how long it took."""
    say(f"{title} ...")
    begin = time.monotonic()
    yield
    say(f"{title}: done in {time.monotonic() - begin:.0f} s")


def run(
    command: Command,
    log: Path,
    title: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    progress: Callable[[str], str | None] = lambda line: line,
) -> None:
    """Run a command with its output in `log`, printing its progress now and then.

    `progress` turns a line of output into what is worth telling, or None.
    Raises DevError with the last lines of output when the command fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(title), log.open("w", encoding="utf-8") as sink:
        told = time.monotonic()

        def take(line: str) -> None:
            nonlocal told
            sink.write(line)
            news = progress(line.strip()) if time.monotonic() - told > HEARTBEAT_SECONDS else None
            if news:
                say(f"  {news[:140]}")
                told = time.monotonic()

        code = follow(command, take, env, cwd)
        sink.flush()
        if code:
            raise DevError(f"{title} failed; the last lines of {shown(log)}:\n{tail(log)}")


def follow(command: Command, take: Callable[[str], None], env: Mapping[str, str] | None, cwd: Path | None) -> int:
    """Run a command, handing each line of its output to `take`; return its exit code. It ends when we are ended."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=None if env is None else dict(env),
        cwd=cwd,
    )
    assert process.stdout is not None
    _children.add(process)
    try:
        for line in process.stdout:
            take(line)
        return process.wait()
    finally:
        _children.discard(process)


def end_children() -> None:
    """End the programs that are running for us."""
    for process in list(_children):
        process.terminate()


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log file, indented."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line[:300]}" for line in text)


def shown(path: Path) -> str:
    """A path as a person likes to read it: relative to where they stand."""
    return os.path.relpath(path)
