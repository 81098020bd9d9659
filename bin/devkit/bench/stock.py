"""Inside `odoo shell`: send changed quantities of linked products to the sandbox store.

Reads BENCH_STORE, BENCH_N and BENCH_OUTPUT from the environment. The floor is to read the same quantities by one plain
ORM call a thousand products, and to send them by the client alone.
"""

import gc
import importlib
import json
import os
import resource
import time
from decimal import Decimal
from typing import Any

import requests

CHUNK = 1000


def control(action: str) -> Any:
    """Ask the store's control panel."""
    url = json.loads(os.environ["BENCH_STORE"])["url"] + "/_sandbox/" + action
    answer = requests.post(url, json={}, timeout=60) if action == "reset" else requests.get(url, timeout=60)
    return answer.json()


def set_up(env: Any) -> Any:
    """An instance with every product of the store linked to a storable product of Odoo, 10 to 19 of each on hand."""
    store = json.loads(os.environ["BENCH_STORE"])
    instance = env["magento.instance"].create(
        {"name": "Bench", "url": store["url"], "username": store["user"], "api_key": store["key"], "protocol": "xmlrpc"}
    )
    instance.action_connect()
    with instance._client() as client:
        found = list(client.product_summaries())[: int(os.environ["BENCH_N"])]
    location = instance.website_ids.warehouse_id.lot_stock_id
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        products = env["product.product"].create(
            [{"name": product.sku, "default_code": product.sku, "is_storable": True} for product in part]
        )
        env["magento.product"].create(
            [
                {"instance_id": instance.id, "magento_id": row.id, "sku": row.sku, "product_id": product.id}
                for row, product in zip(part, products, strict=True)
            ]
        )
        env["stock.quant"].create(
            [
                {"product_id": product.id, "location_id": location.id, "quantity": 10 + number % 10}
                for number, product in enumerate(products)
            ]
        )
        env.cr.commit()
    instance.write({"stock_confirmed_at": "2026-01-01 00:00:00"})
    env.cr.commit()
    return instance


def measure(env: Any, do: Any) -> Any:
    """Seconds (on the clock, and of this process) and queries of ``do()``, committed; nothing from the cache."""
    env.invalidate_all()
    gc.collect()
    queries, begin, busy = env.cr.sql_log_count, time.perf_counter(), time.process_time()
    do()
    env.cr.commit()
    return {
        "seconds": round(time.perf_counter() - begin, 2),
        "cpu_seconds": round(time.process_time() - busy, 2),
        "queries": env.cr.sql_log_count - queries,
    }


def floor(env: Any, instance: Any) -> Any:
    """Read the quantities and send them, without anything between."""
    update = importlib.import_module("odoo.addons.magento_connector.magento_api").StockUpdate
    links = env["magento.product"].search([("instance_id", "=", instance.id)])
    context = {"warehouse_id": instance.website_ids.warehouse_id.ids}
    quantities = {row["id"]: row["free_qty"] for row in links.product_id.with_context(**context).read(["free_qty"])}
    updates = [update(link.magento_id, link.sku, Decimal(str(quantities[link.product_id.id])), True) for link in links]
    with instance._client() as client:
        assert not [error for _update, error in client.send_stock(updates) if error]


def step(env: Any, instance: Any) -> Any:
    """One run of the loop; the store counts the requests."""
    control("reset")
    result = measure(env, lambda: env["magento.run"]._synchronize(instance, "stock", True))
    told = control("state")["requests"]
    return result | {"requests": told["total"], "calls": told["calls"]}


def bench(env: Any) -> Any:
    instance = set_up(env)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    everything = step(env, instance)
    nothing = step(env, instance)
    sent = env["magento.product"].search_count([("stock_sent_at", "!=", False), ("stock_error", "=", False)])
    plain = measure(env, lambda: floor(env, instance))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "name": "stock",
        "n": int(os.environ["BENCH_N"]),
        "sent": sent,
        "seconds": everything["seconds"],
        "floor_seconds": plain["seconds"],
        "ratio": round(everything["seconds"] / plain["seconds"], 3),
        "requests": everything["requests"],
        "requests_allowed": sent // 100 + 10,
        "calls": everything["calls"],
        "queries": everything["queries"],
        "floor_queries": plain["queries"],
        "nothing_changed": nothing,
        "memory_growth_mb": round(peak - memory, 1),
        "peak_memory_mb": round(peak, 1),
    }


with open(os.environ["BENCH_OUTPUT"], "w", encoding="utf-8") as output:
    json.dump(bench(globals()["env"]), output)
