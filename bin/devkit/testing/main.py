"""`bin/test`: run the chosen steps, two at a time, and sum up."""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor

from .. import python_env
from ..console import DevError, say
from ..paths import ROOT
from .outcome import Options, Outcome, Step
from .programs import execute
from .selection import select

HELP = """\
Runs the tests. Without a selection: everything, as continuous integration does.

  lint        ruff, pylint-odoo, oca-checks-odoo-module, mypy
  api         tests/api: the client for Magento (pytest, no Odoo)
  sandbox     tests/sandbox: the store that stands in for Magento (pytest, no Odoo)
  tooling     tests/tooling: these commands themselves (pytest)
  system      tests/system: Odoo servers that are killed, two at once, a shop that goes away (pytest)
  odoo        the addon's tests inside Odoo, in a new database; a warning in the log is a failure
  browser     those of them that drive a browser (tagged `browser`)
  beside      those tagged `beside`, in a database where Manufacturing is installed too
  upgrade     the version before, with data in it, is upgraded to this one (pytest; needs the history in git)
  install     install, update, uninstall and reinstall the addon

  fuzz        only when named: anything that a shop may answer for an order, through the whole import; --count payloads
              (100,000 unless told; `odoo` tries 2,000), drawn from --seed, which the log tells

  odoo:TestInbox[.test_method]              one class or method of Odoo tests
  tests/test_order_money.py[:TestX]         one file of Odoo tests
  tests/api/test_money.py[::test_x]         anything that pytest takes
  /magento_connector:TestX,-slow            anything that Odoo's --test-tags takes

The last four reuse a database that is kept between runs (with the addon installed: it is only updated).
Logs are in .dev/logs/. The last line says: N passed, N failed.
"""


def main(args: list[str]) -> int:
    """Run what the arguments select; 0 when all is well."""
    parser = argparse.ArgumentParser("bin/test", None, HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("selection", nargs="*", help="steps or tests, see above")
    parser.add_argument("--fresh", action="store_true", help="begin with a new database instead of the kept one")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="steps at a time (%(default)s)")
    parser.add_argument("--coverage", action="store_true", help="measure coverage and print a report")
    parser.add_argument("--count", type=int, help="of fuzz: how many payloads")
    parser.add_argument("--seed", type=int, help="of fuzz: the number that they are drawn from, to try the same again")
    chosen = parser.parse_args(args)
    fuzz = {"MAGENTO_FUZZ_COUNT": chosen.count, "MAGENTO_FUZZ_SEED": chosen.seed}
    if "fuzz" in chosen.selection and chosen.count is None:
        fuzz["MAGENTO_FUZZ_COUNT"] = 100_000
    os.environ |= {name: str(value) for name, value in fuzz.items() if value is not None}
    steps = select(chosen.selection)
    options = Options(chosen.fresh, chosen.jobs, chosen.coverage, live=len(steps) == 1)
    begin = time.monotonic()
    python_env.ensure()
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(lambda step: _run(step, options), steps))
    if options.coverage:
        _report_coverage()
    return _sum_up(steps, outcomes, time.monotonic() - begin)


def _run(step: Step, options: Options) -> Outcome:
    """Run one step and say how it went."""
    begin = time.monotonic()
    try:
        outcome = step.run(options)
    except DevError as error:
        outcome = Outcome(failed=1, problem=str(error))
    word = "FAILED" if outcome.failed else "ok"
    counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
    say(f"{step.name}: {word} ({counts}, {time.monotonic() - begin:.0f} s)")
    return outcome


def _report_coverage() -> None:
    """Put the measurements of all steps together, and print them."""
    execute(["coverage", "combine"], ROOT, {}, "coverage-combine")
    execute(["coverage", "report", "--skip-covered"], ROOT, {}, "coverage", live=True)


def _sum_up(steps: list[Step], outcomes: list[Outcome], seconds: float) -> int:
    """Print the problems, a table, and the closing line."""
    for step, outcome in zip(steps, outcomes, strict=True):
        if outcome.problem:
            print(f"\n===== {step.name} =====\n{outcome.problem}")
    print()
    for step, outcome in zip(steps, outcomes, strict=True):
        counts = f"{outcome.passed:5} passed {outcome.failed:4} failed {outcome.skipped:4} skipped"
        print(f"{step.name:10} {'FAILED' if outcome.failed else 'ok':7} {counts}")
    passed, failed = (sum(getattr(outcome, name) for outcome in outcomes) for name in ("passed", "failed"))
    print(f"in {seconds:.0f} s")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
