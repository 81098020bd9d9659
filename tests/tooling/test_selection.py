"""From words to steps, and from what the programs print to counts."""

import subprocess
import sys
from pathlib import Path

import pytest

from devkit.console import DevError
from devkit.paths import ROOT
from devkit.testing import selection
from devkit.testing.odoo import OdooTests
from devkit.testing.outcome import Options, judge
from devkit.testing.programs import Pytest


def test_no_words_mean_everything() -> None:
    names = [step.name for step in selection.select([])]
    expected = {"api", "beside", "browser", "install", "lint", "odoo", "sandbox", "system", "tooling", "upgrade"}
    assert set(names) == expected


def test_what_takes_long_runs_when_it_is_named() -> None:
    assert selection.select(["fuzz"]) == [OdooTests("fuzz", "fuzz/magento_connector", cached=True)]


@pytest.mark.parametrize(
    ("word", "tags"),
    [
        ("odoo:TestInbox", "/magento_connector:TestInbox"),
        ("odoo:TestInbox.test_one", "/magento_connector:TestInbox.test_one"),
        ("/magento_connector:TestInbox,-slow", "/magento_connector:TestInbox,-slow"),
        ("tests/__init__.py:TestX::test_y", "/magento_connector/tests/__init__.py:TestX.test_y"),
    ],
)
def test_words_for_odoo(word: str, tags: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    monkeypatch.setattr(selection, "ROOT", tmp_path)
    assert selection.select([word]) == [OdooTests("selection", tags, cached=True)]


def test_words_for_pytest() -> None:
    node = "tests/api/test_money.py::test_x"
    assert selection.select([node, "lint"])[1] == Pytest("pytest", (node,))


@pytest.mark.parametrize("word", ["odo", "tests/test_that_is_not_there.py"])
def test_a_slip_of_the_pen_is_refused(word: str) -> None:
    with pytest.raises(DevError):
        selection.select([word])


def test_a_step_without_tests_has_failed() -> None:
    assert judge(0, 0, 3, "").failed == 1


def test_a_step_with_a_problem_beside_its_tests_has_failed() -> None:
    assert judge(5, 0, 0, "a warning in the log").failed == 1


def test_a_failing_test_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text("def test_good(): pass\ndef test_bad(): assert 0\ndef test_ugly(x): pass\n", encoding="utf-8")
    outcome = Pytest("trial", (str(file),)).run(Options())
    assert (outcome.passed, outcome.failed) == (1, 2)


@pytest.mark.parametrize("command", ["odoo", "test", "sandbox"])
def test_every_command_explains_itself(command: str) -> None:
    answer = subprocess.run([sys.executable, ROOT / "bin" / command, "--help"], capture_output=True, text=True)
    assert answer.returncode == 0
    assert "usage:" in answer.stdout
