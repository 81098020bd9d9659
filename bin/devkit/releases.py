"""The version of the addon before the present one, out of the repository's own history."""

from __future__ import annotations

import ast
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from .console import DevError
from .locks import once
from .paths import DEV, MODULE, ROOT

HOME = DEV / "release"
MANIFEST = "__manifest__.py"
# What a commit may change when it begins a version.
VERSION_LINE = '"version":'


class NotAtHand(DevError):
    """The history does not reach back to the version before; the sentence says why."""


@dataclass(frozen=True)
class Release:
    """A version of the addon, and the last commit that had it."""

    version: str
    commit: str


def previous(root: Path = ROOT) -> Release:
    """The version before that of the manifest in `root`: the last commit that had another one.

    Raises NotAtHand: no git, no history, or one that is cut off.
    """
    present = _version((root / MANIFEST).read_text(encoding="utf-8"))
    begun = _git(root, "log", "--format=%H", f"-G{VERSION_LINE}", "--", MANIFEST).decode().split()
    for commit in ("HEAD", *(f"{one}^" for one in begun)):
        version = _version(_git(root, "show", f"{commit}:./{MANIFEST}").decode())
        if version != present:
            return Release(version, _git(root, "rev-parse", commit).decode().strip())
    raise NotAtHand(f"the history knows no version but {present}")


def unpack(release: Release) -> Path:
    """The addons folder that holds the addon as it was."""
    addons = HOME / "addons"

    def build() -> None:
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir(parents=True)
        archive = HOME / "addon.tar"
        archive.write_bytes(_git(ROOT, "archive", release.commit))
        with tarfile.open(archive) as tar:
            tar.extractall(addons / MODULE)

    once("release", release.commit, addons, build)
    return addons


def _version(manifest: str) -> str:
    return str(ast.literal_eval(manifest)["version"])


def _git(folder: Path, *args: str) -> bytes:
    """What git answers. Raises NotAtHand, with git's own words, when it cannot."""
    if not shutil.which("git"):
        raise NotAtHand("git is not installed")
    answer = subprocess.run(["git", *args], cwd=folder, capture_output=True)
    if answer.returncode:
        words = answer.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise NotAtHand(f"the version before is not at hand, as in a shallow clone (git {args[0]}: {words[0]})")
    return answer.stdout
