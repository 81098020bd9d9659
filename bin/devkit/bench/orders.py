"""Inside `odoo shell`: import orders from the sandbox store, then create the same records by plain ORM calls."""

from typing import Any

from devkit.bench.measuring import N, batches, measure, peak_memory, ready_for_orders, report, rerun

BATCH = 100
PARTNER_FIELDS = ["name", "email", "phone", "street", "street2", "city", "zip", "lang", "type", "is_company", "vat"]
ORDER_FIELDS = ["client_order_ref", "origin", "date_order"]
LINE_FIELDS = ["name", "product_uom_qty", "price_unit", "discount", "extra_tax_data", "sequence"]


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
            for batch in batches(values, BATCH):
                env[model].with_context(no_vat_validation=True).create(batch)
                env.cr.commit()

    return create


def read(instance: Any) -> Any:
    """Every order, through the client alone."""
    with instance._client() as client:
        for _number, _payload in client.order_payloads([row.increment_id for row in client.order_summaries()]):
            pass


def forget(env: Any, first_partner: Any) -> Any:
    """Undo the import, but for the inbox: all of it waits to be imported, and nothing has to be read."""
    rows = env["magento.order"].search([])
    rows.sale_order_id.unlink()
    env["magento.customer"].search([]).unlink()
    env["res.partner"].with_context(active_test=False).search([("id", ">", first_partner)], order="id desc").unlink()
    rows.write({"state": "waiting", "sale_order_id": False})
    env.cr.commit()


def overlap(env: Any, instance: Any, first_partner: Any, seconds: Any) -> Any:
    """What reading alone takes, and writing alone; how long the import was, in the longer one of these."""
    reading, _queries = measure(env, lambda: read(instance))
    forget(env, first_partner)
    writing, _queries = measure(env, lambda: env["magento.run"]._synchronize(instance, poll=False))
    return {
        "reading_seconds": round(reading, 2),
        "writing_seconds": round(writing, 2),
        "overlap_ratio": round(seconds / max(reading, writing), 3),
    }


def bench(env: Any) -> Any:
    instance = ready_for_orders(env)
    first_partner = env["res.partner"].with_context(active_test=False).search([], order="id desc", limit=1).id
    run = env["magento.run"]._start(instance, poll=True)
    env.cr.commit()
    memory = peak_memory()
    seconds, queries = measure(env, lambda: run._synchronize(instance, poll=True))
    peak = peak_memory()
    again = rerun(env, lambda: env["magento.run"]._synchronize(instance, poll=True))
    alone = overlap(env, instance, first_partner, seconds)
    states = dict(env["magento.order"]._read_group([], ["state"], ["__count"]))
    floor_seconds, floor_queries = measure(env, floor(env, first_partner))
    return {
        "name": "orders",
        "n": N,
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
        **alone,
    }


report(bench(globals()["env"]))
