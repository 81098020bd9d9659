"""The layout shows the architecture: imports go one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit.paths import ROOT

# From the ground up: a room imports from those before it only.
ROOMS = ("sync", "shop", "catalog", "stock", "customers", "orders", "outbox")


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """What a file of the addon imports from the addon itself, as parts of the path from its root."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ((*base, *name.split(".")) for name in names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_those_below_it_only(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]
    for path in sorted((ROOT / "models" / room).glob("*.py")):
        for target in imports(path):
            assert target[0] == "magento_api" or target[1] in allowed, f"{path.name} imports {'.'.join(target)}"


def test_every_model_stands_in_a_room() -> None:
    assert [path.name for path in (ROOT / "models").glob("*.py")] == ["__init__.py"]
    assert {path.name for path in (ROOT / "models").iterdir() if path.is_dir()} - {"__pycache__"} == {*ROOMS}


def test_the_client_knows_nothing_of_odoo_or_of_the_store() -> None:
    for path in (ROOT / "magento_api").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert not [name for name in names if name.partition(".")[0] in ("odoo", "sandbox")], path.name
