"""From the words on the command line of `bin/test` to steps."""

from __future__ import annotations

from ..console import DevError
from ..paths import MODULE, ROOT
from .odoo import Install, OdooTests, Upgrade
from .outcome import Step
from .programs import Lint, Pytest

PYTEST_FOLDERS = ("api", "sandbox", "tooling", "system", "upgrade")


def all_steps() -> dict[str, Step]:
    """Every step by its name, the longest first: they are started in this order."""
    steps: list[Step] = [
        OdooTests("odoo", f"/{MODULE},-browser"),
        Pytest("system", ("tests/system",)),
        Upgrade(),
        Lint(),
        Pytest("api", ("tests/api",)),
        Pytest("sandbox", ("tests/sandbox",)),
        Pytest("tooling", ("tests/tooling",)),
        OdooTests("browser", f"browser/{MODULE}", browser=True),
        OdooTests("beside", f"beside/{MODULE}", beside=("mrp",)),
        Install(),
    ]
    return {step.name: step for step in steps}


def named_steps() -> dict[str, Step]:
    """Steps that run only when they are named, for they take long."""
    return {"fuzz": OdooTests("fuzz", f"fuzz/{MODULE}", cached=True)}


def select(words: list[str]) -> list[Step]:
    """The steps that the words name; all of them when there are no words."""
    steps = all_steps()
    if not words:
        return list(steps.values())
    steps |= named_steps()
    chosen: list[Step] = [steps[word] for word in words if word in steps]
    rest = [word for word in words if word not in steps]
    nodes = tuple(word for word in rest if _is_pytest(word))
    if nodes:
        chosen.append(Pytest("pytest", nodes))
    tags = [_tags(word) for word in rest if word not in nodes]
    if tags:
        chosen.append(OdooTests("selection", ",".join(tags), cached=True))
    return chosen


def _is_pytest(word: str) -> bool:
    """Whether the word is a path (or node id) below one of pytest's folders."""
    return any(word.startswith(f"tests/{folder}/") for folder in PYTEST_FOLDERS)


def _tags(word: str) -> str:
    """An Odoo `--test-tags` specification from a word: odoo:TestX, tests/test_x.py[:TestX], or the thing itself."""
    if word.startswith("odoo:"):
        return f"/{MODULE}:{word.removeprefix('odoo:')}"
    if word.startswith("tests/"):
        path, _, rest = word.partition(":")
        if not (ROOT / path).is_file():
            raise DevError(f"there is no {path}")
        return f"/{MODULE}/{path}" + (f":{rest.lstrip(':').replace('::', '.')}" if rest else "")
    if word[0].isalpha() and not any(mark in word for mark in "/:.,"):
        raise DevError(f"there is no step {word!r}: see bin/test --help (a bare tag is written {word}/{MODULE})")
    return word
