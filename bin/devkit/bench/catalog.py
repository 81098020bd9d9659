"""Inside `odoo shell`: import products from the sandbox store; then read them through `magento_api` alone, and create
the same products by plain batched ORM calls.

Reads BENCH_STORE, BENCH_N and BENCH_OUTPUT from the environment.
"""

import gc
import json
import os
import resource
import time
from typing import Any

import requests

BATCH = 1000
FIELDS = ["name", "default_code", "type", "is_storable", "invoice_policy", "list_price", "weight", "sale_ok"]


def set_up(env: Any) -> Any:
    """An instance with its categories and tax classes, so that products alone are measured."""
    store = json.loads(os.environ["BENCH_STORE"])
    env["res.currency"].with_context(active_test=False).search([("name", "in", ["USD", "EUR", "GBP"])]).active = True
    instance = env["magento.instance"].create(
        {"name": "Bench", "url": store["url"], "username": store["user"], "api_key": store["key"], "protocol": "xmlrpc"}
    )
    instance.action_connect()
    run = env["magento.run"]._start(instance, "categories")
    env.cr.commit()
    run._synchronize(instance, "categories", True)
    return instance


def measure(env: Any, do: Any) -> Any:
    """Seconds and queries of ``do()``, committed; everything from the database, nothing from the cache."""
    env.invalidate_all()
    gc.collect()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    do()
    env.cr.commit()
    return time.perf_counter() - begin, env.cr.sql_log_count - queries


def read(instance: Any) -> Any:
    """Every product, through the client alone."""
    with instance._client() as client:
        numbers = [row.id for row in client.product_summaries()]
        for _number, _product in client.products(numbers):
            pass


def floor(env: Any) -> Any:
    """Create what the import created, again, by plain batched calls, one commit a batch; returns the function."""
    products = env["magento.product"].search([]).product_id
    values = [
        {field: product[field] for field in FIELDS}
        | {"categ_id": product.categ_id.id, "taxes_id": [(6, 0, product.taxes_id.ids)]}
        for product in products
    ]
    for one in values:
        one["default_code"] = f"again {one['default_code']}"

    def create() -> Any:
        for start in range(0, len(values), BATCH):
            env["product.product"].create(values[start : start + BATCH])
            env.cr.commit()
            env.invalidate_all()

    return create


def rows_written(env: Any) -> Any:
    """Rows written by this session and not yet flushed to the statistics, which happens between transactions."""
    env.flush_all()
    env.cr.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
    return int(env.cr.fetchone()[0])


def peak_memory() -> Any:
    """In MB; Linux counts in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rerun(env: Any, instance: Any) -> Any:
    """Ask again, with nothing changed: the store counts the requests, PostgreSQL the rows."""
    control = json.loads(os.environ["BENCH_STORE"])["url"] + "/_sandbox/"
    requests.post(control + "reset", json={}, timeout=10)
    written = [rows_written(env)]

    def ask() -> Any:
        env["magento.run"]._synchronize(instance, "products", True)
        written.append(rows_written(env))

    seconds, queries = measure(env, ask)
    return {
        "requests": requests.get(control + "state", timeout=10).json()["requests"]["total"],
        "queries": queries,
        "rows_written": written[1] - written[0],
        "seconds": round(seconds, 3),
    }


def bench(env: Any) -> Any:
    instance = set_up(env)
    run = env["magento.run"]._start(instance, "products")
    env.cr.commit()
    memory = peak_memory()
    seconds, queries = measure(env, lambda: run._synchronize(instance, "products", True))
    peak = peak_memory()
    again = rerun(env, instance)
    read_seconds, _queries = measure(env, lambda: read(instance))
    create_seconds, create_queries = measure(env, floor(env))
    return {
        "name": "catalog",
        "n": int(os.environ["BENCH_N"]),
        "imported": run.imported_count,
        "failed": run.failed_count,
        "seconds": round(seconds, 2),
        "floor_seconds": round(read_seconds + create_seconds, 2),
        "floor_read_seconds": round(read_seconds, 2),
        "ratio": round(seconds / (read_seconds + create_seconds), 3),
        "requests": run.request_count,
        "queries": queries,
        "floor_queries": create_queries,
        "memory_growth_mb": round(peak - memory, 1),
        "peak_memory_mb": round(peak, 1),
        "rerun": again,
    }


with open(os.environ["BENCH_OUTPUT"], "w", encoding="utf-8") as output:
    json.dump(bench(globals()["env"]), output)
