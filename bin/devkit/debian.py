"""Debian packages unpacked into a folder, with an apt configuration of our own: nothing of the system is touched.

The mirror is the one that the system uses; every file is verified by Debian's own key, as apt does always.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .console import DevError, run, shown, step
from .paths import DEV, LOGS

APT = DEV / "apt"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
MIRROR = re.compile(r"(https?|mirror\+file):\S*/debian(\.list)?/?(?=\s|$)")


def available() -> bool:
    """Whether this machine is a Debian (or has its tools, its key and one of its mirrors)."""
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    return tools and KEYRING.exists() and bool(_mirror())


def fetch(suite: str, packages: Sequence[str], target: Path) -> None:
    """Download `packages` of a suite ("sid", "bookworm") and unpack them into the folder `target`."""
    options = _options(suite)
    debs = APT / suite / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir(parents=True)
    run(["apt-get", *options, "update"], LOGS / "apt-update.log", f"reading Debian's list of packages ({suite})")
    names = " ".join(packages)
    run(["apt-get", *options, "download", *packages], LOGS / "apt-download.log", f"downloading {names}", cwd=debs)
    unpack(debs, target)


def unpack(debs: Path, target: Path) -> None:
    """Unpack every .deb of a folder into `target`, and delete it."""
    target.mkdir(parents=True, exist_ok=True)
    with step(f"unpacking into {shown(target)}"):
        for deb in sorted(debs.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", deb, target], check=True)
            deb.unlink()


def version(suite: str, package: str) -> str:
    """The version of a package in the suite, as of the last `fetch`."""
    command = ["apt-cache", *_options(suite), "show", "--no-all-versions", package]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return next((line.split(None, 1)[1] for line in output.splitlines() if line.startswith("Version:")), "unknown")


def _options(suite: str) -> list[str]:
    """The options that make apt use our own list of sources, our own state and our own cache."""
    home = APT / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    sources = home / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n", encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::State::lists": home / "lists",
        "Dir::Cache": home / "cache",
        "Acquire::Languages": "none",
    }
    if os.geteuid() == 0:
        settings["APT::Sandbox::User"] = "root"
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _mirror() -> str | None:
    """The address of the Debian mirror that the system itself uses."""
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *folder.glob("sources.list.d/*.list"), *folder.glob("sources.list.d/*.sources")]
    lines = [line for file in files if file.exists() for line in file.read_text(encoding="utf-8").splitlines()]
    found = (MIRROR.search(line) for line in lines if not line.lstrip().startswith("#"))
    return next((match.group() for match in found if match), None)


def require() -> None:
    """Raise DevError unless Debian's packages can be had."""
    if not available():
        raise DevError("Debian's packages cannot be fetched here (no apt, no Debian key or no Debian mirror configured)")
