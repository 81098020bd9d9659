"""Inside `odoo shell`: send changed quantities of linked products to the sandbox store.

The floor is to read the same quantities by one plain
ORM call a thousand products, and to send them by the client alone.
"""

import importlib
from decimal import Decimal
from typing import Any

from devkit.bench.measuring import N, batches, connected, forget_requests, measure, peak_memory, report, told

CHUNK = 1000


def set_up(env: Any) -> Any:
    """An instance with every product of the store linked to a storable product of Odoo, 10 to 19 of each on hand."""
    instance = connected(env)
    with instance._client() as client:
        found = list(client.product_summaries())[:N]
    location = instance.website_ids.warehouse_id.lot_stock_id
    for part in batches(found, CHUNK):
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
    forget_requests()
    seconds, queries = measure(env, lambda: env["magento.run"]._synchronize(instance, "stock", True))
    seen = told()
    return {"seconds": round(seconds, 2), "queries": queries, "requests": seen["total"], "calls": seen["calls"]}


def bench(env: Any) -> Any:
    instance = set_up(env)
    memory = peak_memory()
    everything = step(env, instance)
    nothing = step(env, instance)
    sent = env["magento.product"].search_count([("stock_sent_at", "!=", False), ("stock_error", "=", False)])
    floor_seconds, floor_queries = measure(env, lambda: floor(env, instance))
    peak = peak_memory()
    return {
        "name": "stock",
        "n": N,
        "sent": sent,
        "seconds": everything["seconds"],
        "floor_seconds": round(floor_seconds, 2),
        "ratio": round(everything["seconds"] / floor_seconds, 3),
        "requests": everything["requests"],
        "requests_allowed": sent // 100 + 10,
        "calls": everything["calls"],
        "queries": everything["queries"],
        "floor_queries": floor_queries,
        "nothing_changed": nothing,
        "memory_growth_mb": round(peak - memory, 1),
        "peak_memory_mb": round(peak, 1),
    }


report(bench(globals()["env"]))
