"""What a step of `bin/test` comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Outcome:
    """Counts of tests, and what a person has to read when something is wrong."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Options:
    """How to run: in a new database, with how many steps at a time, with coverage, showing everything."""

    fresh: bool = False
    jobs: int = 2
    coverage: bool = False
    live: bool = False


class Step(Protocol):
    """Something that `bin/test` runs."""

    @property
    def name(self) -> str: ...

    def run(self, options: Options) -> Outcome: ...


def judge(passed: int, failed: int, skipped: int, problem: str) -> Outcome:
    """The outcome of a step that has tests: one that ran none, or failed outside of them, counts as a failure."""
    if not failed and problem:
        failed = 1
    if not passed and not failed:
        return Outcome(0, 1, skipped, problem or "no test was run")
    return Outcome(passed, failed, skipped, problem)
