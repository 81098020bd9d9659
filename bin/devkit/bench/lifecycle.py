"""Inside `odoo shell`: confirm, invoice and pay imported orders by rules; then as many by plain batched ORM calls; then
deliver as many that are open in the store, with tracking numbers, and send that to the store.

The store holds twice as many orders: all are imported
as quotations first, which is not measured; every other one is for the rules, the rest for the floor.
"""

from typing import Any

from devkit.bench.measuring import N, batches, measure, peak_memory, ready_for_orders, report

BATCH = 100


def set_up(env: Any) -> Any:
    """An instance with everything mapped and all orders of the store as quotations, paid by a bank journal."""
    instance = ready_for_orders(env, invoice_policy="order")
    env["magento.run"]._synchronize(instance)
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    env["magento.payment.method"].search([]).journal_id = journal
    instance.status_ids.action = "pay"
    env.cr.commit()
    return instance


def floor(env: Any, orders: Any) -> Any:
    """Confirm, invoice and pay ``orders`` by plain batched calls, one commit a batch."""
    journal = env["magento.payment.method"].search([("journal_id", "!=", False)], limit=1).journal_id

    def do() -> None:
        for batch in batches(orders, BATCH):
            batch.action_confirm()
            invoices = batch._create_invoices(grouped=True)
            invoices.action_post()
            due = invoices.filtered(lambda move: move.payment_state == "not_paid")
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=due.ids)
            wizard.create({"journal_id": journal.id, "group_payment": False})._create_payments()
            env.cr.commit()

    return do


def deliver(env: Any, orders: Any) -> Any:
    """Validate the deliveries of ``orders``, each with a tracking number, a batch at a time."""
    pickings = orders.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
    for batch in batches(pickings, BATCH):
        for picking in batch:
            picking.carrier_tracking_ref = f"TRACK-{picking.id}"
        for move in batch.move_ids:
            move.quantity = move.product_uom_qty
        batch.move_ids.picked = True
        batch._action_done()  # the button may ask about text messages first
        env.cr.commit()


def unshipped(rows: Any) -> Any:
    """The sale orders of which nothing has left in Magento, and still may."""
    found = rows.filtered(
        lambda row: (
            row.magento_state in ("new", "processing")
            and not any(float(item["qty_shipped"] or 0) for item in row.payload["items"])
        )
    )
    return found.sale_order_id.filtered("picking_ids")


def sending(env: Any, instance: Any, orders: Any) -> Any:
    """Send the deliveries of ``orders``: seconds, queries, requests, and what came of it."""
    instance.store_view_ids.write({"send_shipments": True, "mail_shipments": False})
    deliver_seconds, _queries = measure(env, lambda: deliver(env, orders))
    run = env["magento.run"]._start(instance, "outbox", poll=False)
    env.cr.commit()
    seconds, queries = measure(env, lambda: run._synchronize(instance, "outbox", poll=False))
    rows = env["magento.outbox"].search([("instance_id", "=", instance.id)])
    shipments = rows.filtered(lambda row: row.kind == "shipment")
    return {
        "shipments": len(shipments),
        "tracks": len(rows - shipments),
        "states": dict(env["magento.outbox"]._read_group([("id", "in", rows.ids)], ["state"], ["__count"])),
        "deliver_seconds": round(deliver_seconds, 2),
        "seconds": round(seconds, 2),
        "queries": queries,
        "requests": run.request_count,
        "requests_allowed": len(shipments) * 2 // 25 + 20,
    }


def outcome(orders: Any) -> Any:
    """How many of ``orders`` are confirmed, invoiced and paid, and how many of their invoices carry another total."""
    invoices = orders.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
    return {
        "confirmed": len(orders.filtered(lambda order: order.state == "sale")),
        "invoiced": len(invoices.filtered(lambda move: move.state == "posted")),
        "paid": len(invoices.filtered(lambda move: move.payment_state in ("paid", "in_payment"))),
        "inexact": len(
            orders.filtered(
                lambda order: round(sum((order.invoice_ids & invoices).mapped("amount_total")) - order.amount_total, 2)
            )
        ),
    }


def bench(env: Any) -> Any:
    instance = set_up(env)
    rows = env["magento.order"].search([("sale_order_id", "!=", False)], order="id")
    by_rules, by_hand = rows[::2], rows[1::2]
    by_rules.rule_state = "waiting"
    run = env["magento.run"]._start(instance, poll=False)
    env.cr.commit()
    memory = peak_memory()
    seconds, queries = measure(env, lambda: run._synchronize(instance, poll=False))
    peak = peak_memory()
    floor_seconds, floor_queries = measure(env, floor(env, by_hand.sale_order_id))
    per_order, floor_per_order = seconds / len(by_rules), floor_seconds / len(by_hand)
    sent = sending(env, instance, unshipped(rows)[:N])
    return {
        "name": "lifecycle",
        "n": len(by_rules),
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor_seconds, 2),
        "ratio": round(per_order / floor_per_order, 3),
        "requests": run.request_count,
        "queries": queries,
        "floor_queries": floor_queries,
        "memory_growth_mb": round(peak - memory, 1),
        "peak_memory_mb": round(peak, 1),
        "rules": outcome(by_rules.sale_order_id)
        | {"failed": len(by_rules.filtered(lambda r: r.rule_state == "failed"))},
        "floor": outcome(by_hand.sale_order_id),
        "sending": sent,
    }


report(bench(globals()["env"]))
