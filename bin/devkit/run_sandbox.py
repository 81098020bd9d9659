"""`bin/sandbox`: the Magento stand-in."""

from __future__ import annotations

import os
import runpy

from . import python_env
from .paths import ROOT


def main(args: list[str]) -> int:  # noqa: RET503
    """Become `python -m sandbox` with the given arguments; its help needs no virtual environment."""
    if {"-h", "--help"}.intersection(args):
        runpy.run_path(str(ROOT / "sandbox" / "arguments.py"))["arguments"]().print_help()
        return 0
    python_env.ensure()
    os.chdir(ROOT)
    os.execv(python_env.PYTHON, [str(python_env.PYTHON), "-m", "sandbox", *args])
