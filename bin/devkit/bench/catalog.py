"""Inside `odoo shell`: import products from the sandbox store; then read them through `magento_api` alone, and create
the same products by plain batched ORM calls.
"""

from typing import Any

from devkit.bench.measuring import N, batches, connected, measure, peak_memory, report, rerun

BATCH = 1000
FIELDS = ["name", "default_code", "type", "is_storable", "invoice_policy", "list_price", "weight", "sale_ok"]


def set_up(env: Any) -> Any:
    """An instance with its categories and tax classes, so that products alone are measured."""
    instance = connected(env)
    run = env["magento.run"]._start(instance, "categories")
    env.cr.commit()
    run._synchronize(instance, "categories", True)
    return instance


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
        for batch in batches(values, BATCH):
            env["product.product"].create(batch)
            env.cr.commit()
            env.invalidate_all()

    return create


def bench(env: Any) -> Any:
    instance = set_up(env)
    run = env["magento.run"]._start(instance, "products")
    env.cr.commit()
    memory = peak_memory()
    seconds, queries = measure(env, lambda: run._synchronize(instance, "products", True))
    peak = peak_memory()
    again = rerun(env, lambda: env["magento.run"]._synchronize(instance, "products", True))
    read_seconds, _queries = measure(env, lambda: read(instance))
    create_seconds, create_queries = measure(env, floor(env))
    return {
        "name": "catalog",
        "n": N,
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


report(bench(globals()["env"]))
