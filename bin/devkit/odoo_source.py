"""Odoo 19 itself: from `ODOO_SOURCE`, from Debian's package, or from a git checkout."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .console import Command, DevError, run
from .locks import digest, once
from .paths import DEV, LOGS

HOME = DEV / "odoo"
GIT_URL = "https://github.com/odoo/odoo.git"
# Odoo's JavaScript and fonts are links into these packages.
PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-montserrat",
]
# The icons that Odoo uses are those of version 4; sid has moved on.
OLDER = ("trixie", ["fonts-font-awesome"])
# What Debian leaves out for want of its source, and Odoo's asset bundles miss: the blurring of a camera's background.
ABSENT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Source:
    """A copy of Odoo: what goes on Python's path, where its addons are, and a text that identifies it."""

    python_path: Path
    addons: tuple[Path, ...]
    identity: str


def find() -> Source:
    """Return the Odoo to use, fetched first when there is none."""
    given = os.environ.get("ODOO_SOURCE")
    if given:
        return _describe(Path(given).expanduser().resolve())
    once("odoo", f"19.0 {digest(*PACKAGES, *OLDER[1], ABSENT)}", HOME, _fetch)
    return _describe(next(path for path in _homes() if (path / "odoo").is_dir()))


def _homes() -> list[Path]:
    return [HOME / "usr/lib/python3/dist-packages", HOME]


def _describe(home: Path) -> Source:
    """Look at a folder that holds Odoo's package `odoo`, or at that package itself."""
    if home.name == "odoo" and (home / "release.py").exists():
        home = home.parent
    release = home / "odoo" / "release.py"
    if not release.exists():
        raise DevError(f"ODOO_SOURCE={home} holds no Odoo (expected {release})")
    text = release.read_text(encoding="utf-8")
    if not re.search(r"version_info\s*=\s*\(\s*'?(saas~)?19\b", text):
        raise DevError(f"{home} is not an Odoo 19")
    own = home / "odoo" / "addons"
    addons = tuple(path for path in (home / "addons", own) if path.is_dir() and (path == own or not path.is_symlink()))
    return Source(home, addons, digest(str(home), text, _revision(home)))


def _revision(home: Path) -> str:
    """What changes when the copy is updated: the package's version, or the commit of a checkout."""
    version = HOME / "version"
    if version.exists() and home.is_relative_to(HOME):
        return version.read_text(encoding="utf-8")
    head = home / ".git" / "HEAD"
    if not head.is_file():
        return ""
    text = head.read_text(encoding="utf-8").strip()
    branch = home / ".git" / text.removeprefix("ref: ")
    return branch.read_text(encoding="utf-8").strip() if branch.is_file() else text


def _fetch() -> None:
    """Bring Odoo 19 into `.dev/odoo`."""
    shutil.rmtree(HOME, ignore_errors=True)
    if debian.available():
        debian.fetch("sid", PACKAGES, HOME)
        debian.fetch(*OLDER, HOME)
        absent = _homes()[0] / ABSENT
        absent.parent.mkdir(parents=True, exist_ok=True)
        absent.touch()
        (HOME / "version").write_text(debian.version("sid", PACKAGES[0]), encoding="utf-8")
    elif shutil.which("git"):
        command: Command = ["git", "clone", "--depth=1", "--branch=19.0", GIT_URL, HOME]
        run(command, LOGS / "odoo-git.log", "cloning Odoo 19.0 (some minutes)")
    else:
        raise DevError("no Odoo 19: set ODOO_SOURCE to a checkout of it (neither Debian's packages nor git are here)")
