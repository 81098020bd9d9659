"""What the demo has come to, as a table for people and as JSON for programs."""

from __future__ import annotations

import sys
from typing import Any

from . import check
from .kept import Kept
from .story import Store, Story

# The orders of the sandbox store that nobody can import without help: see sandbox/README.md
EXPECTED_FAILURES = 3
DOCUMENTS = {"invoice": "invoices of Magento", "credit_memo": "credit memos", "own_invoice": "invoices of Odoo"}


def table_of(story: Story, seconds: float) -> dict[str, Any]:
    """The table: counts, what was compared, and every failure with its reason or with what differs."""
    browser, mine, kept = story.browser, story.mine, story.store.kept
    fields = ["url", "protocol", "magento_version"]
    instance = browser.read("magento.instance", [("id", "=", story.instance)], fields)[0]
    states = story.states()
    money = check.money(browser, story.instance)
    documents = _documents(story, kept) if kept else {}
    runs = browser.read("magento.run", mine, ["request_count"])
    return {
        "instance": {key: instance[key] for key in fields},
        "store_views": browser.count("magento.store.view", mine),
        "categories": browser.count("magento.category", mine),
        "products": {
            "linked": browser.count("magento.product", mine),
            "failed": browser.count("magento.product.problem", mine),
        },
        "stock": {
            "compared": browser.count("magento.product", [*mine, ("stock_compared_at", "!=", False)]),
            "sent": browser.count("magento.product", [*mine, ("stock_sent_at", "!=", False)]),
            "differing": browser.count(
                "magento.product", [*mine, ("stock_differs", "=", True), ("is_gone", "=", False)]
            ),
        },
        "shipments": browser.count("magento.outbox", [*mine, ("kind", "=", "shipment"), ("state", "=", "sent")]),
        "orders": {"seen": sum(states.values())} | {key: states[key] for key in ("imported", "failed", "skipped")},
        "money": money,
        "documents": documents,
        "requests": sum(entry["request_count"] for entry in runs),
        "seconds": round(seconds, 1),
        "failures": _failures(story, {"order": money, **documents}),
    }


def _documents(story: Story, kept: Kept) -> dict[str, Any]:
    found = check.documents(story.browser, story.instance, kept)
    return found | {"own_invoice": check.own_invoices(story.browser, story.instance)}


def _failures(story: Story, compared: dict[str, Any]) -> list[dict[str, Any]]:
    """Orders that are not imported, or to which the rules could not be applied, with the reason; then whatever was
    compared (orders, or documents of a kind) and is not exact, with Magento's and Odoo's amounts.
    """
    domain = [*story.mine, "|", ("state", "=", "failed"), "&", ("state", "=", "imported"), ("rule_state", "!=", "done")]
    fields = ["increment_id", "reason", "rule_reason"]
    failed = story.browser.read("magento.order", domain, fields, order="increment_id")
    return [
        {"kind": "order", "increment_id": row["increment_id"], "reason": row["rule_reason"] or row["reason"]}
        for row in failed
    ] + [
        {"kind": kind, "increment_id": number, "reason": "not exact", "differences": differences}
        for kind, result in compared.items()
        for number, differences in result["differing"].items()
    ]


def show(table: dict[str, Any]) -> None:
    """Print the table."""
    orders, money, instance = table["orders"], table["money"], table["instance"]
    print(f"\n{instance['magento_version']} at {instance['url']}, over {instance['protocol']}")
    documents = [
        (f"exact {label}", f"{table['documents'][kind]['exact']} of {table['documents'][kind]['known']}")
        for kind, label in DOCUMENTS.items()
        if kind in table["documents"]
    ]
    for label, value in (
        ("store views", table["store_views"]),
        ("categories linked", table["categories"]),
        ("products linked", table["products"]["linked"]),
        ("products failed", table["products"]["failed"]),
        ("stock sent or the same", f"{table['stock']['sent']} of {table['stock']['compared']}"),
        ("shipments sent", table["shipments"]),
        ("orders seen", orders["seen"]),
        ("orders imported", orders["imported"]),
        ("orders failed", orders["failed"]),
        ("orders skipped by a rule", orders["skipped"]),
        (
            "exact to the cent",
            f"{money['exact']} of {money['checked']} (worst difference {money['worst_difference']:.2f})",
        ),
        *documents,
        ("requests to Magento", table["requests"]),
        ("seconds", table["seconds"]),
    ):
        print(f"  {label:<26}{value:>12}" if isinstance(value, int | float) else f"  {label:<26}{value}")
    for failure in table["failures"]:
        print(f"  {failure['kind']} {failure['increment_id']}: {failure.get('differences') or failure['reason']}")
    sys.stdout.flush()


def is_good(table: dict[str, Any], store: Store) -> bool:
    """Whether all that can be imported is, and exact."""
    orders, money = table["orders"], table["money"]
    if store.kept:
        return not table["failures"] and orders["imported"] == orders["seen"] == len(store.kept.orders)
    return bool(
        table["products"]["linked"]
        and not table["stock"]["differing"]
        and table["shipments"] == store.is_sandbox
        and orders["failed"] == (EXPECTED_FAILURES if store.is_sandbox else 0)
        and orders["imported"] + orders["failed"] + orders["skipped"] == orders["seen"]
        and orders["imported"] == money["checked"] == money["exact"] > 0
    )
