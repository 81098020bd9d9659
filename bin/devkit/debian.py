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

from .console import run, shown, step
from .paths import DEV, LOGS

APT = DEV / "apt"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = ("sources.list", "sources.list.d/*.list", "sources.list.d/*.sources")


def available() -> bool:
    """Whether this machine is a Debian: its tools, its key and one of its mirrors."""
    tools = all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    return tools and KEYRING.exists() and bool(_mirror("debian"))


def own_suite() -> str:
    """The name of the Debian release that this machine runs ("bookworm")."""
    match = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1) if match else "sid"


def fetch(suite: str, packages: Sequence[str], target: Path) -> None:
    """Download `packages` of a suite and unpack them into the folder `target`."""
    debs = APT / suite / "debs"
    shutil.rmtree(debs, ignore_errors=True)
    debs.mkdir(parents=True)
    _update(suite)
    command = ["apt-get", *_options(suite), "download", *packages]
    run(command, LOGS / "apt-download.log", f"downloading {', '.join(packages)}", cwd=debs)
    _unpack(debs, target)


def fetch_missing(package: str, target: Path) -> None:
    """Unpack a package of this machine's own release into `target`, with what it needs that is not installed."""
    suite = own_suite()
    _update(suite)
    debs = APT / suite / "cache" / "archives"
    flags = ["--yes", "--no-install-recommends", "--download-only", "-o", "Debug::NoLocking=1"]
    command = ["apt-get", *_options(suite), *flags, "install", package]
    run(command, LOGS / "apt-download.log", f"downloading {package} and the libraries it needs")
    _unpack(debs, target)


def version(suite: str, package: str) -> str:
    """The version of a package in the suite, as of the last `fetch`."""
    command = ["apt-cache", *_options(suite), "show", "--no-all-versions", package]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return next((line.split(None, 1)[1] for line in output.splitlines() if line.startswith("Version:")), "unknown")


def _update(suite: str) -> None:
    command = ["apt-get", *_options(suite), "update"]
    run(command, LOGS / "apt-update.log", f"reading Debian's list of packages ({suite})")


def _unpack(debs: Path, target: Path) -> None:
    """Unpack every .deb of a folder into `target`, and delete it."""
    target.mkdir(parents=True, exist_ok=True)
    with step(f"unpacking into {shown(target)}"):
        for deb in sorted(debs.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", deb, target], check=True)
            deb.unlink()


def _options(suite: str) -> list[str]:
    """The options that make apt use our own list of sources, our own state and our own cache."""
    home = APT / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    sources = home / "sources.list"
    sources.write_text(_sources(suite), encoding="utf-8")
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


def _sources(suite: str) -> str:
    """The list of sources for a suite; security updates come with this machine's own release."""
    lines = [f"deb [signed-by={KEYRING}] {_mirror('debian')} {suite} main"]
    security = _mirror("debian-security")
    if suite == own_suite() and security:
        lines.append(f"deb [signed-by={KEYRING}] {security} {suite}-security main")
    return "\n".join(lines) + "\n"


def _mirror(archive: str) -> str | None:
    """The address from which the system itself takes an archive ("debian", "debian-security")."""
    address = re.compile(rf"(https?|mirror\+file):\S*/{archive}(\.list)?/?(?=\s|$)")
    files = [file for pattern in SOURCES for file in Path("/etc/apt").glob(pattern)]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    found = (address.search(line) for line in lines if not line.lstrip().startswith("#"))
    return next((match.group() for match in found if match), None)
