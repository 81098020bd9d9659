"""Whether sale orders, invoices and credit notes carry Magento's amounts: found without any of the connector's code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .browser import Browser
from .kept import Kept

PAGE = 200
CENT = Decimal("0.01")
AMOUNTS = ["amount_total", "amount_tax", "currency_id"]
FIXED_TAX = ("product_id.default_code", "=", "MAGENTO-FPT")
Row = dict[str, Any]
# What differs, by Magento's name of it: Magento's amount and Odoo's.
Differences = dict[str, list[str]]


def money(browser: Browser, instance: int) -> Row:
    """Compare every imported order with the payload that Magento sent.

    Returns how many were checked, how many are exact, the worst difference, in the order's currency, and what differs,
    by order number.
    """
    checked = 0
    differing: dict[str, Differences] = {}
    for row, order, fixed_tax in _orders(browser, instance):
        checked += 1
        found = differences(row["payload"], order, fixed_tax)
        if found:
            differing[row["increment_id"]] = found
    return {"checked": checked, "exact": checked - len(differing), "worst_difference": _worst(differing)} | {
        "differing": differing
    }


def documents(browser: Browser, instance: int, kept: Kept) -> dict[str, Row]:
    """Compare the invoices and credit notes that the connector made with Magento's documents.

    Returns by kind how many there are in Magento, how many are exact, and what differs, by document number.
    """
    result = {}
    for kind, magento_kind in (("invoice", "invoice"), ("credit_memo", "creditmemo")):
        wanted = {str(row["increment_id"]): row for row in kept.documents(magento_kind)}
        domain = [("instance_id", "=", instance), ("kind", "=", kind), ("move_id.state", "=", "posted")]
        links = browser.read("magento.document", domain, ["increment_id", "move_id"])
        moves = {link["increment_id"]: link["move_id"][0] for link in links}
        found, fixed = _moves(browser, moves.values())
        differing: dict[str, Differences] = {}
        for number, row in wanted.items():
            move = moves.get(number)
            if move is None and not _amount(row["grand_total"]):
                continue  # a document of nothing needs no entry
            if move is None:
                differing[number] = {"grand_total": [str(_amount(row["grand_total"])), "missing"]}
            elif unlike := differences(row, found[move], fixed[move]):
                differing[number] = unlike
        result[kind] = {"known": len(wanted), "exact": len(wanted) - len(differing), "differing": differing}
    return result


def own_invoices(browser: Browser, instance: int) -> Row:
    """Compare the invoices that Odoo made itself, of orders that Magento has not invoiced, with the orders' payloads.

    Returns how many there are, how many are exact, and what differs, by order number.
    """
    linked = browser.read("magento.document", [("instance_id", "=", instance), ("move_id", "!=", False)], ["move_id"])
    taken_over = {link["move_id"][0] for link in linked}
    orders = {
        move: row
        for row, order, _fixed_tax in _orders(browser, instance)
        for move in order["invoice_ids"]
        if move not in taken_over
    }
    found, fixed = _moves(browser, orders)
    differing: dict[str, Differences] = {}
    for number, move in found.items():
        if unlike := differences(orders[number]["payload"], move, fixed[number]):
            differing[orders[number]["increment_id"]] = unlike
    return {"known": len(found), "exact": len(found) - len(differing), "differing": differing}


def differences(magento: Row, odoo: Row, fixed_tax: Decimal) -> Differences:
    """What differs between an order or document of Magento and the one of Odoo; fixed product tax may count as tax."""
    found = {}
    if not _agree(magento["grand_total"], odoo["amount_total"]):
        found["grand_total"] = [str(magento["grand_total"] or 0), str(_amount(odoo["amount_total"]))]
    taxes = (_amount(odoo["amount_tax"]), _amount(odoo["amount_tax"]) + fixed_tax)
    if not any(_agree(magento["tax_amount"], tax) for tax in taxes):
        found["tax_amount"] = [str(magento["tax_amount"] or 0), str(taxes[0])]
    if magento["order_currency_code"] != odoo["currency_id"][1]:
        found["order_currency_code"] = [magento["order_currency_code"], odoo["currency_id"][1]]
    return found


def _worst(differing: dict[str, Differences]) -> float:
    pairs = [pair for found in differing.values() for key, pair in found.items() if key != "order_currency_code"]
    return max((abs(float(magento) - float(odoo)) for magento, odoo in pairs), default=0.0)


def _orders(browser: Browser, instance: int) -> Iterator[tuple[Row, Row, Decimal]]:
    """Row of the inbox, sale order and its fixed product tax, of every imported order."""
    domain = [("instance_id", "=", instance), ("state", "=", "imported")]
    fields = ["increment_id", "payload", "sale_order_id"]
    for offset in range(0, browser.count("magento.order", domain), PAGE):
        rows = browser.read("magento.order", domain, fields, offset=offset, limit=PAGE, order="id")
        ids = [row["sale_order_id"][0] for row in rows]
        found = browser.read("sale.order", [("id", "in", ids)], [*AMOUNTS, "invoice_ids"])
        orders = {order["id"]: order for order in found}
        fixed = _fixed_tax(browser, "sale.order.line", "order_id", ids)
        for row in rows:
            order = orders[row["sale_order_id"][0]]
            yield row, order, fixed[order["id"]]


def _moves(browser: Browser, ids: Iterable[int]) -> tuple[dict[int, Row], dict[int, Decimal]]:
    """Posted invoices and credit notes, and their fixed product tax, by id."""
    wanted = list(ids)
    rows = browser.read("account.move", [("id", "in", wanted), ("state", "=", "posted")], AMOUNTS) if wanted else []
    return {row["id"]: row for row in rows}, _fixed_tax(browser, "account.move.line", "move_id", wanted)


def _fixed_tax(browser: Browser, model: str, owner: str, ids: list[int]) -> dict[int, Decimal]:
    """The fixed product tax on the lines of orders or invoices, by id of these."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in browser.read(model, [(owner, "in", ids), FIXED_TAX], [owner, "price_subtotal"]) if ids else []:
        found[line[owner][0]] += _amount(line["price_subtotal"])
    return found


def _agree(magento: Any, odoo: Any) -> bool:
    """Whether Odoo has Magento's amount. Totals of documents may have fractions of a cent, to be rounded either way:
    the only invoice of an order of 18847.00 came to 18847.0074.
    """
    return abs(Decimal(str(magento or 0)) - _amount(odoo)) < CENT


def _amount(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(CENT, ROUND_HALF_UP)
