"""The virtual environment: Odoo's Python packages and the tools of `bin/test`, pinned in requirements.txt."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from . import debian
from .console import Command, DevError, run
from .locks import digest, once
from .paths import DEV, LOGS, ROOT, VENV

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
PYTHON = VENV / "bin" / "python"
# What is there once all packages are.
SCRIPT = VENV / "bin" / "pytest"


def ensure() -> None:
    """Make the virtual environment, anew when the Python or its place has changed; install what the pins ask for."""
    place = digest(sys.version, str(ROOT))
    once("venv", place, PYTHON, _build)
    once("requirements", digest(place, REQUIREMENTS.read_bytes()), SCRIPT, _install)


def _build() -> None:
    """Make the virtual environment from nothing."""
    shutil.rmtree(VENV, ignore_errors=True)
    with_pip = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
    run([sys.executable, "-m", "venv", *with_pip, str(VENV)], LOGS / "venv.log", "making a virtual environment")
    if with_pip:
        _add_pip()


def _install() -> None:
    """Install the packages; where there are others already, only what differs."""
    command: Command = [PYTHON, "-m", "pip", "install", "--no-input", "--progress-bar", "off", "-r", REQUIREMENTS]
    run(command, LOGS / "pip.log", "installing Python packages (about a minute)", progress=_pip_news)


def _add_pip() -> None:
    """Give the virtual environment a pip where this Python comes without one (Debian without python3-venv)."""
    if not debian.available():
        raise DevError("this Python has no ensurepip: install your system's python3-venv")
    wheels = DEV / "pip"
    debian.fetch("sid", ["python3-pip-whl"], wheels)
    wheel = next(wheels.glob("usr/share/python-wheels/pip-*.whl"))
    environment = {**os.environ, "PYTHONPATH": str(wheel)}
    command: Command = [PYTHON, "-m", "pip", "install", "--no-index", wheel]
    run(command, LOGS / "venv-pip.log", "adding pip", env=environment)


def _pip_news(line: str) -> str | None:
    """What is worth telling of pip's output."""
    return line if line.startswith(("Collecting", "Downloading", "Installing", "Building")) else None
