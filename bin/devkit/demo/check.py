"""Whether the sale orders carry Magento's amounts: found without any of the connector's own code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .browser import Browser

PAGE = 200
ORDER_FIELDS = ["amount_total", "amount_tax", "currency_id"]


def money(browser: Browser, instance: int) -> dict[str, Any]:
    """Compare every imported order with the payload that Magento sent.

    Returns how many were checked, how many are exact, and the worst difference, in the order's currency.
    """
    checked = exact = 0
    worst = Decimal(0)
    for payload, order, fixed_tax in _orders(browser, instance):
        differences = [
            abs(_amount(payload["grand_total"]) - _cents(order["amount_total"])),
            abs(_amount(payload["tax_amount"]) - _cents(order["amount_tax"])),
        ]
        if fixed_tax:  # Magento may count fixed product tax among the taxes; Odoo has it as a line
            differences[1] = min(differences[1], abs(differences[1] - fixed_tax))
        if payload["order_currency_code"] != order["currency_id"][1]:
            differences.append(_amount(payload["grand_total"]))
        checked += 1
        exact += not any(differences)
        worst = max([worst, *differences])
    return {"checked": checked, "exact": exact, "worst_difference": float(worst)}


def _orders(browser: Browser, instance: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], Decimal]]:
    """Payload, sale order and its fixed product tax, of every imported order."""
    domain = [("instance_id", "=", instance), ("state", "=", "imported")]
    for offset in range(0, browser.count("magento.order", domain), PAGE):
        rows = browser.read(
            "magento.order", domain, ["payload", "sale_order_id"], offset=offset, limit=PAGE, order="id"
        )
        ids = [row["sale_order_id"][0] for row in rows]
        orders = {order["id"]: order for order in browser.read("sale.order", [("id", "in", ids)], ORDER_FIELDS)}
        fixed: dict[int, Decimal] = defaultdict(Decimal)
        domain_of_lines = [("order_id", "in", ids), ("product_id.default_code", "=", "MAGENTO-FPT")]
        for line in browser.read("sale.order.line", domain_of_lines, ["order_id", "price_subtotal"]):
            fixed[line["order_id"][0]] += _cents(line["price_subtotal"])
        for row in rows:
            order = orders[row["sale_order_id"][0]]
            yield row["payload"], order, fixed[order["id"]]


def _amount(text: Any) -> Decimal:
    return Decimal(str(text or 0)).quantize(Decimal("0.01"))


def _cents(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
