"""The books of the demo's company, as its accountant keeps them when another shop's orders are tried."""

from __future__ import annotations

from ..console import say
from .browser import Browser


def open_books(browser: Browser, base_currency: str, tax_included: bool = False) -> None:
    """Keep the books in the shop's base currency, in which its rates are; before anything is posted.

    :param base_currency: its ISO 4217 code
    :param tax_included: round taxes by document, not by line, as is usual with prices that include them
    """
    company = browser.read("res.company", [], ["currency_id"], limit=1)[0]
    currencies = {row["name"]: row["id"] for row in _currencies(browser)}
    base = currencies.get(base_currency)
    if base and company["currency_id"][0] != base:
        browser.call("res.currency", "write", [base], {"active": True})
        browser.call("res.company", "write", [company["id"]], {"currency_id": base})
    if tax_included:
        browser.call("res.company", "write", [company["id"]], {"tax_calculation_rounding_method": "round_globally"})
    say(f"the books are kept in {base_currency}")


def _currencies(browser: Browser) -> list[dict[str, object]]:
    return browser.read("res.currency", [], ["name"], context={"active_test": False})
