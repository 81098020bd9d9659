"""`bin/demo --orders-from`: a folder of orders is tried in one command, and what is not exact is told."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

from devkit.paths import ROOT

GOOD = ("100000001", "100000002", "100000049", "200000005")


def test_orders_of_a_folder(tmp_path: Path) -> None:
    with tarfile.open(ROOT / "tests" / "recorded" / "20.18" / "orders.tar.xz") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "orders"
    for path in folder.glob("*.json"):
        if path.stem not in GOOD:
            path.unlink()
    wrong = json.loads((folder / "100000001.json").read_text(encoding="utf-8"))
    wrong |= {"increment_id": "100000999", "order_id": "9999", "grand_total": "1.0000"}
    (folder / "100000999.json").write_text(json.dumps(wrong), encoding="utf-8")
    result = tmp_path / "result.json"
    command = [sys.executable, "bin/demo", "--orders-from", str(folder), "--check", "--json", str(result)]
    done = subprocess.run([*command, "--protocol", "soap_v1"], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1, done.stderr
    table = json.loads(result.read_text(encoding="utf-8"))
    assert table["instance"]["protocol"] == "soap_v1"
    assert (table["orders"]["seen"], table["orders"]["imported"]) == (len(GOOD) + 1, len(GOOD))
    (failure,) = table["failures"]
    assert (failure["kind"], failure["increment_id"]) == ("order", "100000999")
    assert "do not add up" in failure["reason"]
    for kind in ("invoice", "credit_memo", "own_invoice"):
        assert table["documents"][kind]["exact"] == table["documents"][kind]["known"] > 0
