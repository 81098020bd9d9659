"""The version before the present one, found in a history."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from devkit import releases
from devkit.testing.odoo import Upgrade
from devkit.testing.outcome import Options

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
NOBODY = {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *args: str) -> str:
    answer = subprocess.run(["git", *args], cwd=folder, env=os.environ | NOBODY, capture_output=True, check=True)
    return answer.stdout.decode().strip()


def commit(folder: Path, version: str, summary: str = "") -> str:
    """Commit a manifest; the commit."""
    manifest = f'{{\n    "version": "{version}",\n    "summary": "{summary}",\n}}\n'
    (folder / "__manifest__.py").write_text(manifest, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-m", f"{version} {summary}")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A repository with the versions 1 and 2."""
    folder = tmp_path / "history"
    folder.mkdir()
    git(folder, "init")
    commit(folder, "1")
    commit(folder, "2", "begins")
    return folder


def test_the_last_commit_of_the_version_before(history: Path) -> None:
    last = commit(history, "2", "is finished")
    commit(history, "3", "begins")
    commit(history, "3", "goes on")
    assert releases.previous(history) == releases.Release("2", last)


def test_a_version_that_begins_in_the_checkout(history: Path) -> None:
    (history / "__manifest__.py").write_text('{"version": "3"}', encoding="utf-8")
    assert releases.previous(history) == releases.Release("2", git(history, "rev-parse", "HEAD"))


def test_a_history_that_is_cut_off_is_told(history: Path, tmp_path: Path) -> None:
    commit(history, "2", "goes on")
    git(tmp_path, "clone", "--depth=1", history.as_uri(), "shallow")
    with pytest.raises(releases.NotAtHand, match=r"shallow.*git show: "):
        releases.previous(tmp_path / "shallow")


def test_a_checkout_without_history_is_told(history: Path) -> None:
    shutil.rmtree(history / ".git")
    with pytest.raises(releases.NotAtHand, match="not a git repository"):
        releases.previous(history)


def test_the_step_says_why_it_is_left_out(history: Path) -> None:
    shutil.rmtree(history / ".git")
    outcome = Upgrade(root=history).run(Options())
    assert (outcome.passed, outcome.failed, outcome.skipped) == (0, 0, 1)
    assert "not a git repository" in outcome.problem
