"""Inside `odoo shell`: import orders from the sandbox store, then create the same records by plain ORM calls.

Reads BENCH_STORE, BENCH_N and BENCH_OUTPUT from the environment.
"""

import gc
import json
import os
import resource
import time
from typing import Any

import requests

BATCH = 100
RATES = (2, 5, 5.5, 7, 8.25, 8.375, 10, 13.37, 19, 20)
PARTNER_FIELDS = ["name", "email", "phone", "street", "street2", "city", "zip", "lang", "type", "is_company", "vat"]
ORDER_FIELDS = ["client_order_ref", "origin", "date_order"]
LINE_FIELDS = ["name", "product_uom_qty", "price_unit", "discount", "extra_tax_data", "sequence"]


def set_up(env: Any) -> Any:
    """An instance with everything mapped, and the store's products in Odoo, so that orders alone are measured."""
    store = json.loads(os.environ["BENCH_STORE"])
    currencies = env["res.currency"].with_context(active_test=False).search([("name", "in", ["USD", "EUR", "GBP"])])
    currencies.active = True
    env["res.currency.rate"].create([{"currency_id": one.id, "name": "2000-01-01", "rate": 1.1} for one in currencies])
    instance = env["magento.instance"].create(
        {"name": "Bench", "url": store["url"], "username": store["user"], "api_key": store["key"], "protocol": "xmlrpc"}
    )
    instance.rate_max_age = 365 * 100
    instance.action_connect()
    instance.store_view_ids.import_from = False
    instance.status_ids.action = "quotation"
    for rate in RATES:
        tax = env["account.tax"].create({"name": f"{rate} %", "amount": rate, "type_tax_use": "sale"})
        env["magento.tax"].create({"instance_id": instance.id, "rate": rate, "tax_ids": tax.ids})
    with instance._client() as client:
        products = list(client.product_summaries())
    env["product.product"].create(
        [{"name": product.name or product.sku, "default_code": product.sku} for product in products]
    )
    env.cr.commit()
    return instance


def measure(env: Any, do: Any) -> Any:
    """Seconds and queries of ``do()``, committed; everything from the database, nothing from the cache."""
    env.invalidate_all()
    gc.collect()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    do()
    env.cr.commit()
    return time.perf_counter() - begin, env.cr.sql_log_count - queries


def batches(records: Any) -> Any:
    for start in range(0, len(records), BATCH):
        yield records[start : start + BATCH]


def partner_values(partners: Any) -> Any:
    return [
        {field: partner[field] for field in PARTNER_FIELDS}
        | {"state_id": partner.state_id.id, "country_id": partner.country_id.id, "parent_id": partner.parent_id.id}
        for partner in partners
    ]


def order_values(sale_orders: Any) -> Any:
    return [
        {field: order[field] for field in ORDER_FIELDS}
        | {
            field: order[field].id
            for field in ("partner_id", "partner_invoice_id", "partner_shipping_id", "pricelist_id")
        }
        | {
            "currency_id": order.currency_id.id,
            "warehouse_id": order.warehouse_id.id,
            "team_id": order.team_id.id,
            "user_id": False,
            "order_line": [
                (
                    0,
                    0,
                    {field: line[field] for field in LINE_FIELDS}
                    | {
                        "product_id": line.product_id.id,
                        "product_uom_id": line.product_uom_id.id,
                        "tax_ids": [(6, 0, line.tax_ids.ids)],
                        "technical_price_unit": 0.0,
                    },
                )
                for line in order.order_line
            ],
        }
        for order in sale_orders
    ]


def floor(env: Any, first_partner: Any) -> Any:
    """Create what the import created, again, by plain batched calls, one commit a batch; returns the function that does
    it.
    """
    partners = env["res.partner"].with_context(active_test=False).search([("id", ">", first_partner)], order="id")
    generations = [
        partner_values(partners.filtered(lambda p: not p.parent_id)),
        partner_values(partners.filtered("parent_id")),
    ]
    orders = order_values(env["sale.order"].search([("magento_number", "!=", False)], order="id"))

    def create() -> Any:
        for model, values in (("res.partner", generations[0]), ("res.partner", generations[1]), ("sale.order", orders)):
            for batch in batches(values):
                env[model].with_context(no_vat_validation=True).create(batch)
                env.cr.commit()

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
    """Ask again, with nothing new: the store counts the requests, PostgreSQL the rows."""
    control = json.loads(os.environ["BENCH_STORE"])["url"] + "/_sandbox/"
    requests.post(control + "reset", json={}, timeout=10)
    written = [rows_written(env)]

    def ask() -> Any:
        env["magento.run"]._synchronize(instance, poll=True)
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
    first_partner = env["res.partner"].with_context(active_test=False).search([], order="id desc", limit=1).id
    run = env["magento.run"]._start(instance, poll=True)
    env.cr.commit()
    memory = peak_memory()
    seconds, queries = measure(env, lambda: run._synchronize(instance, poll=True))
    peak = peak_memory()
    again = rerun(env, instance)
    states = dict(env["magento.order"]._read_group([], ["state"], ["__count"]))
    floor_seconds, floor_queries = measure(env, floor(env, first_partner))
    return {
        "name": "orders",
        "n": int(os.environ["BENCH_N"]),
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor_seconds, 2),
        "ratio": round(seconds / floor_seconds, 3),
        "requests": run.request_count,
        "queries": queries,
        "floor_queries": floor_queries,
        "memory_growth_mb": round(peak - memory, 1),
        "peak_memory_mb": round(peak, 1),
        "states": states,
        "rerun": again,
    }


with open(os.environ["BENCH_OUTPUT"], "w", encoding="utf-8") as output:
    json.dump(bench(globals()["env"]), output)
