"""Inside `odoo shell`: what the benchmarks share. They read BENCH_STORE, BENCH_N and BENCH_OUTPUT."""

from __future__ import annotations

import gc
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

STORE = json.loads(os.environ["BENCH_STORE"])
N = int(os.environ["BENCH_N"])
RATES = (2, 5, 5.5, 7, 8.25, 8.375, 10, 13.37, 19, 20)


def connected(env: Any) -> Any:
    """An instance of the store, over XML-RPC; its currencies have a rate that is young enough."""
    currencies = env["res.currency"].with_context(active_test=False).search([("name", "in", ["USD", "EUR", "GBP"])])
    currencies.active = True
    env["res.currency.rate"].create([{"currency_id": one.id, "name": "2000-01-01", "rate": 1.1} for one in currencies])
    values = {"url": STORE["url"], "username": STORE["user"], "api_key": STORE["key"], "protocol": "xmlrpc"}
    instance = env["magento.instance"].create({"name": "Bench", "rate_max_age": 365 * 100, **values})
    instance.action_connect()
    return instance


def ready_for_orders(env: Any, **product: Any) -> Any:
    """An instance with everything mapped, and the store's products in Odoo, so that orders alone are measured."""
    instance = connected(env)
    instance.store_view_ids.import_from = False
    instance.status_ids.action = "quotation"
    for rate in RATES:
        tax = env["account.tax"].create({"name": f"{rate} %", "amount": rate, "type_tax_use": "sale"})
        env["magento.tax"].create({"instance_id": instance.id, "rate": rate, "tax_ids": tax.ids})
    with instance._client() as client:
        found = [{"name": row.name or row.sku, "default_code": row.sku} for row in client.product_summaries()]
    env["product.product"].create([product | values for values in found])
    env.cr.commit()
    return instance


def measure(env: Any, do: Callable[[], object]) -> tuple[float, int]:
    """Seconds and queries of ``do()``, committed; everything from the database, nothing from the cache."""
    env.invalidate_all()
    gc.collect()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    do()
    env.cr.commit()
    return time.perf_counter() - begin, env.cr.sql_log_count - queries


def batches(records: Any, size: int) -> Iterator[Any]:
    """The records, so many at a time."""
    for start in range(0, len(records), size):
        yield records[start : start + size]


def peak_memory() -> float:
    """In MB; Linux counts in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_requests() -> None:
    """Let the store count from zero."""
    requests.post(STORE["url"] + "/_sandbox/reset", json={}, timeout=60)


def told() -> Any:
    """What the store has counted: `total`, `calls` and more."""
    return requests.get(STORE["url"] + "/_sandbox/state", timeout=60).json()["requests"]


def rerun(env: Any, ask: Callable[[], object]) -> dict[str, Any]:
    """Ask again, with nothing new: the store counts the requests, PostgreSQL the rows."""
    forget_requests()
    written = [rows_written(env)]

    def again() -> None:
        ask()
        written.append(rows_written(env))

    seconds, queries = measure(env, again)
    return {
        "requests": told()["total"],
        "queries": queries,
        "rows_written": written[1] - written[0],
        "seconds": round(seconds, 3),
    }


def rows_written(env: Any) -> int:
    """Rows written by this session and not yet flushed to the statistics, which happens between transactions."""
    env.flush_all()
    env.cr.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
    return int(env.cr.fetchone()[0])


def report(result: dict[str, Any]) -> None:
    """Hand the result to the command that waits for it."""
    with open(os.environ["BENCH_OUTPUT"], "w", encoding="utf-8") as output:
        json.dump(result, output)
