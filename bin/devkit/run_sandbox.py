"""`bin/sandbox`: the Magento stand-in."""

from __future__ import annotations

import os

from . import python_env
from .paths import ROOT


def main(args: list[str]) -> int:
    """Become `python -m sandbox` with the given arguments."""
    python_env.ensure()
    os.chdir(ROOT)
    os.execv(python_env.PYTHON, [str(python_env.PYTHON), "-m", "sandbox", *args])
