"""Steps that run Odoo: its tests, the browser's among them, the life of the addon in a database, and its upgrade."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import chromium, databases, environment, releases
from ..console import DevError, run, shown, tail
from ..environment import Environment
from ..paths import LOGS, MODULE, ROOT
from .outcome import Options, Outcome, judge
from .programs import Pytest, execute

RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")
CHECKLOG = Path(__file__).parents[2] / "checklog-odoo.cfg"
_preparing = threading.Lock()
_prepared: list[Environment | DevError] = []


def prepared() -> Environment:
    """The environment, made ready once for all steps. Raises DevError, for all steps, when that failed."""
    with _preparing:
        if not _prepared:
            try:
                _prepared.append(environment.prepare())
            except DevError as error:
                _prepared.append(error)
        if isinstance(_prepared[0], DevError):
            raise _prepared[0]
        return _prepared[0]


@dataclass(frozen=True)
class OdooTests:
    """Odoo's own tests, chosen by a `--test-tags` specification.

    In a new database that is dropped afterwards, or (`cached`) in one that is kept and only updated; `beside` are other
    modules that are installed with the addon.
    """

    name: str
    tags: str
    cached: bool = False
    browser: bool = False
    beside: tuple[str, ...] = ()

    def run(self, options: Options) -> Outcome:
        """Install or update the addon with its tests."""
        env = prepared()
        if self.browser:
            chromium.ensure()
        if not self.cached:
            with databases.fresh(env, self.name) as name:
                return self._test(env, name, "-i", options)
        with databases.cached(env, options.fresh) as (name, existed):
            outcome = self._test(env, name, "-u" if existed else "-i", options)
            if not outcome.passed:
                databases.drop(env, name)
            return outcome

    def _test(self, env: Environment, database: str, flag: str, options: Options) -> Outcome:
        """Run the tests in a database, and judge the log."""
        databases.keep_guesses(env, database)
        log = LOGS / f"{self.name}.log"
        port = str(environment.free_port())
        modules = ",".join((MODULE, *self.beside))
        command = env.command("-d", database, flag, modules, "--stop-after-init", "--max-cron-threads=0")
        command += ["--test-tags", self.tags, "--http-port", port]
        if options.coverage:
            command[1:1] = ["-m", "coverage", "run", "--parallel-mode", f"--rcfile={ROOT / 'pyproject.toml'}"]
        died = attempt(command, log, f"{self.name}: Odoo tests ({self.tags})", env)
        results = RESULT.findall(log.read_text(encoding="utf-8", errors="replace"))
        failures, errors, total = (sum(int(row[column]) for row in results) for column in range(3))
        failed = failures + errors
        problem = check_log(log)
        if died and not problem:
            problem = f"Odoo ended with an error; the last lines of {shown(log)}:\n{tail(log)}"
        return judge(max(total - failed, 0), failed, 0, problem)


@dataclass(frozen=True)
class Install:
    """Install, update, uninstall and install the addon again; nothing may be left behind, nothing logged."""

    name: str = "install"

    def run(self, options: Options) -> Outcome:
        """Take the addon through its life; each stage counts as a test."""
        env = prepared()
        passed = 0
        with databases.fresh(env, self.name) as database:
            for title, command, check in self._stages(env, database):
                log = LOGS / f"install-{title.replace(' ', '-')}.log"
                died = attempt(command, log, f"install: {title} the addon", env)
                problem = (tail(log) if died else "") or check_log(log) or check()
                if problem:
                    return Outcome(passed, 1, 0, f"to {title} the addon failed:\n{problem}")
                passed += 1
        return Outcome(passed)

    def _stages(self, env: Environment, database: str) -> list[tuple[str, list[str], Callable[[], str]]]:
        """Each stage: what it does, the command, and what is wrong afterwards (an empty text: nothing)."""
        once = ("-d", database, "--stop-after-init", "--no-http", "--max-cron-threads=0")
        before = state(env, database)

        def nothing() -> str:
            return ""

        def left_behind() -> str:
            left = sorted(state(env, database) - before)
            return f"left behind: {', '.join(left)}" if left else ""

        return [
            ("install", env.command(*once, "-i", MODULE), nothing),
            ("update", env.command(*once, "-u", MODULE), nothing),
            ("uninstall", env.command("module", "uninstall", "-d", database, MODULE), left_behind),
            ("reinstall", env.command(*once, "-i", MODULE), nothing),
        ]


@dataclass(frozen=True)
class Upgrade:
    """The version before, with data in it, is upgraded to this one; left out where the history is not at hand."""

    name: str = "upgrade"
    root: Path = ROOT

    def run(self, options: Options) -> Outcome:
        """Run the tests of the upgrade, if there is something to upgrade from."""
        try:
            releases.previous(self.root)
        except releases.NotAtHand as reason:
            return Outcome(skipped=1, problem=f"skipped: {reason}")
        return Pytest(self.name, ("tests/upgrade",)).run(options)


def state(env: Environment, database: str) -> set[str]:
    """What an addon may leave behind in a database: tables, columns, models, records with an XML id of its own."""
    queries = (
        "SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'",
        "SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT 'model ' || model FROM ir_model",
        "SELECT 'parameter ' || key FROM ir_config_parameter",
        "SELECT 'cron ' || cron_name FROM ir_cron",
        f"SELECT 'record ' || name FROM ir_model_data WHERE module = '{MODULE}'",
    )
    return {line for query in queries for line in env.server.sql(query, database).splitlines()}


def attempt(command: list[str], log: Path, title: str, env: Environment) -> bool:
    """Run Odoo with its log in a file; return whether it ended with an error."""
    try:
        run(command, log, title, env=env.variables, cwd=ROOT, progress=test_news)
    except DevError:
        return True
    return False


def test_news(line: str) -> str | None:
    """What is worth telling of Odoo's log during tests."""
    match = re.search(r"Starting (\w+\.\w+)", line)
    return match.group(1) if match else databases.loading_news(line)


def check_log(log: Path) -> str:
    """The warnings and errors of an Odoo log, as one text; empty when there are none."""
    code, text = execute(["checklog-odoo", "--config", str(CHECKLOG), str(log)], ROOT, {}, f"{log.stem}-checked")
    return text.strip() if code else ""
