"""Chromium for the browser tests: the system's, else Debian's package unpacked into `.dev/`."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from . import debian
from .console import DevError
from .locks import once
from .paths import DEV

# On the PATH of Odoo, which looks for these names in this order.
FOLDER = DEV / "bin"
NAMES = ("google-chrome", "chromium")
UNPACKED = DEV / "chromium"
# Odoo itself passes --headless and --no-sandbox. These keep the browser from calling home.
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'",
)


def ensure() -> None:
    """Put a `chromium` that works for Odoo's tests into FOLDER."""
    system = _system()
    once("chromium", str(system or "unpacked"), FOLDER / NAMES[0], lambda: _install(system))


def _system() -> Path | None:
    """A browser that is installed on this machine."""
    path = os.pathsep.join(part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if part != str(FOLDER))
    names = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
    found = (shutil.which(name, path=path) for name in names)
    return next((Path(program) for program in found if program), None)


def _install(system: Path | None) -> None:
    """Write the wrapper, and fetch the browser when the system has none."""
    if system:
        lines = [f'exec {shlex.quote(str(system))} {" ".join(FLAGS)} "$@"']
    else:
        _fetch()
        libraries = ":".join(map(str, _libraries()))
        program = UNPACKED / "usr/lib/chromium/chromium"
        lines = [
            f"export LD_LIBRARY_PATH={shlex.quote(libraries)}",
            f"export FONTCONFIG_FILE={shlex.quote(str(_fonts()))}",
            f'exec {shlex.quote(str(program))} {" ".join(FLAGS)} "$@"',
        ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        wrapper = FOLDER / name
        wrapper.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
        wrapper.chmod(0o755)
    _try()


def _fetch() -> None:
    """Unpack Debian's Chromium with the libraries that are not installed."""
    if not debian.available():
        raise DevError("no Chromium for the browser tests: install `chromium` (the other steps do without)")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    debian.fetch_missing("chromium", UNPACKED)


def _libraries() -> list[Path]:
    """The folders of the unpacked libraries."""
    found = (UNPACKED / part for part in ("usr/lib", "lib"))
    folders = {library.parent for part in found for library in part.glob("*-linux-gnu*/**/*.so*")}
    return sorted(folders, key=lambda folder: len(folder.parts))


def _fonts() -> Path:
    """The fontconfig file to use: the system's, or one for the fonts that come along."""
    system = Path("/etc/fonts/fonts.conf")
    if system.exists():
        return system
    config = UNPACKED / "fonts.conf"
    folders = "".join(f"<dir>{folder}</dir>" for folder in (UNPACKED / "usr/share/fonts", DEV / "odoo/usr/share"))
    config.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{folders}'
        f"<cachedir>{UNPACKED}/cache</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    return config


def _try() -> None:
    """Raise DevError when the browser does not run."""
    answer = subprocess.run([FOLDER / "chromium", "--version"], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise DevError(f"Chromium does not run here: {answer.stderr.strip()[-300:]}")
