"""`bin/bench`: what the connector costs, as a ratio to a floor measured in the same run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .. import databases
from ..console import DevError, say
from ..console import run as run_logged
from ..environment import Environment, prepare
from ..paths import LOGS, MODULE
from ..store import sandbox

BIN = Path(__file__).parents[2]
BENCHMARKS = {name: Path(__file__).with_name(f"{name}.py") for name in ("catalog", "lifecycle", "orders", "stock")}


def main(args: list[str]) -> int:
    """Run one benchmark, print its result, and write it where asked."""
    options = _options(args)
    environment = prepare()
    result = _measure(environment, options.name, options.n, options.latency)
    if options.memory:
        small = _measure(environment, options.name, 1000, options.latency)
        result["memory_growth_mb"] = round(result["peak_memory_mb"] - small["peak_memory_mb"], 1)
    text = json.dumps(result, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options(args: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measures the connector in a new database against the sandbox store: seconds, requests, queries, "
        "memory; and the seconds that plain batched ORM calls need to create the same records, in the same run.",
        epilog="`ratio` is seconds / floor_seconds; `overlap_ratio` (orders) is seconds / the larger of "
        "reading_seconds and writing_seconds, each alone. `memory_growth_mb` is how far memory grew during the import; "
        "with --memory, how much higher the peak is than that of a run with 1,000.",
    )
    parser.add_argument(
        "name",
        choices=sorted(BENCHMARKS),
        help="to import over XML-RPC: catalog (products), orders; to send: stock; "
        "to confirm, invoice and pay as many imported orders by rules, then to send their deliveries: lifecycle",
    )
    parser.add_argument("-n", type=int, default=1000, help="how many (1000)")
    parser.add_argument(
        "--latency", type=float, default=0.0, metavar="MS", help="each call of the store takes that long"
    )
    parser.add_argument("--memory", action="store_true", help="run again with 1,000 and compare the peaks of memory")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there as well")
    return parser.parse_args(args)


def _measure(environment: Environment, name: str, n: int, latency: float) -> dict[str, Any]:
    """Run a benchmark of size `n` in a database of its own; `latency` in ms a call of the store."""
    with (
        databases.fresh(environment, f"bench_{name}") as database,
        sandbox([*_size(name, n), "--latency", str(latency)]) as store,
        tempfile.TemporaryDirectory() as folder,
    ):
        install = environment.command(
            "-d", database, "-i", MODULE, "--stop-after-init", "--no-http", "--max-cron-threads=0"
        )
        run_logged(install, LOGS / "bench_install.log", "installing the addon", env=environment.variables)
        output = Path(folder) / "result.json"
        variables = environment.variables | {
            "BENCH_STORE": json.dumps(store),
            "BENCH_N": str(n),
            "BENCH_OUTPUT": str(output),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(BIN), environment.variables.get("PYTHONPATH")])),
            "PYTHONUNBUFFERED": "1",
        }
        say(f"measuring with {n} {name} ...")
        command = environment.command("shell", "-d", database, "--no-http", "--log-level=error")
        with BENCHMARKS[name].open(encoding="utf-8") as script:
            done = subprocess.run(command, stdin=script, env=variables, stdout=subprocess.DEVNULL)
        if done.returncode or not output.exists():
            raise DevError(f"the benchmark {name} failed")
        return {"latency_ms": latency, **json.loads(output.read_text(encoding="utf-8"))}


def _size(name: str, n: int) -> list[str]:
    """Arguments for a store of that many orders or products, and nothing else."""
    if name in ("catalog", "stock"):
        return ["--bare", "--orders", "0", "--products", str(n), "--customers", "1"]
    if name == "lifecycle":
        n *= 2  # half of them for the floor
    return ["--bare", "--orders", str(n), "--products", "500", "--customers", str(max(100, n // 2))]
