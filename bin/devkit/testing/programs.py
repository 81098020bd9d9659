"""Steps that are plain programs: the linters, and the tests that need neither Odoo nor a database."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import python_env
from ..console import follow, say
from ..environment import ADDONS, link_addon
from ..paths import LOGS, MODULE, ROOT
from .outcome import Options, Outcome, judge

PURE = ("magento_api", "sandbox")
CLOSING = re.compile(r"\d+ \w+.* in [\d.]+s\b")
SUMMARY = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)\b")


@dataclass(frozen=True)
class Linter:
    """A program that says what is wrong with the source."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Lint:
    """All linters; each that complains counts as a failure."""

    name: str = "lint"

    def run(self, options: Options) -> Outcome:
        """Run every linter, also after one has complained."""
        link_addon()
        complaints = []
        for linter in linters():
            say(f"lint: {linter.name}")
            code, text = execute(linter.command, linter.folder, dict(linter.variables), f"lint-{linter.name}")
            if code:
                complaints.append(f"{linter.name}:\n{text.strip()}")
        return Outcome(0, len(complaints), 0, "\n\n".join(complaints))


@dataclass(frozen=True)
class Pytest:
    """Tests run by pytest, given by paths or node ids."""

    name: str
    targets: tuple[str, ...]

    def run(self, options: Options) -> Outcome:
        """Run pytest and read the line in which it sums up."""
        missing = [target for target in self.targets if not (ROOT / target.split("::")[0]).exists()]
        if missing:
            return judge(0, 0, 0, f"there is no {', '.join(missing)}")
        say(f"{self.name}: pytest {' '.join(self.targets)}")
        prefix = ["coverage", "run", "--parallel-mode", "-m"] if options.coverage else []
        command = ["python", "-m", *prefix, "pytest", "-q", *self.targets]
        code, text = execute(command, ROOT, {}, self.name, options.live)
        counts = {word.rstrip("s"): int(number) for number, word in SUMMARY.findall(_closing_line(text))}
        failed = counts.get("failed", 0) + counts.get("error", 0)
        problem = "" if not code else "see above" if options.live else text
        return judge(counts.get("passed", 0), failed, counts.get("skipped", 0), problem)


def linters() -> list[Linter]:
    """Every linter and its command."""
    packages = [word for name in PURE if (ROOT / name / "__init__.py").exists() for word in ("-p", name)]
    pylint = ["pylint", f"--rcfile={ROOT / 'pyproject.toml'}", "--score=n", "--disable=missing-readme", MODULE]
    found = [
        Linter("ruff", ["ruff", "check", "--output-format=concise", "."]),
        Linter("format", ["ruff", "format", "--check", "--output-format=concise", "."]),
        Linter("pylint-odoo", pylint, ADDONS),
        Linter("oca-checks", ["oca-checks-odoo-module", "--disable=prefer-readme-rst", "__manifest__.py"]),
        Linter("mypy-devkit", ["mypy", "--strict", "-p", "devkit"], ROOT, (("MYPYPATH", "bin"),)),
    ]
    return [*found, Linter("mypy", ["mypy", "--strict", *packages])] if packages else found


def execute(
    command: Sequence[str], folder: Path, variables: dict[str, str], log: str, live: bool = False
) -> tuple[int, str]:
    """Run a program of the virtual environment; return its exit code and output, which also goes to a log file."""
    scripts = python_env.PYTHON.parent
    env = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', os.defpath)}", **variables}
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(line)
        if live:
            print(line, end="", flush=True)

    code = follow([scripts / command[0], *command[1:]], take, env, folder)
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / f"{log}.log").write_text("".join(lines), encoding="utf-8")
    return code, "".join(lines)


def _closing_line(text: str) -> str:
    """The line in which pytest sums up; an empty text when it did not get there."""
    return next((line for line in reversed(text.splitlines()) if CLOSING.search(line)), "")
