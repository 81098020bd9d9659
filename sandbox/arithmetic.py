"""Magento's arithmetic: rows, taxes, discounts, hidden tax, FPT and totals, rounded where Magento rounds.

A shop's prices are with or without tax; it calculates tax per unit, per row or on the total (which carries what
rounding lost from row to row, per rate). Discounts are taken off the price as the shop shows it, and tax is on what is
left: where prices include tax, what the discount took off the tax is the hidden tax. So always
``grand total = subtotal + shipping + tax - discount + hidden tax + hidden tax of shipping``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_NUDGE = Decimal("0.000001")

UNIT, ROW, TOTAL = "unit", "row", "total"


def cents(value: Decimal) -> Decimal:
    """Rounded as PHP rounds: a half goes away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Charge:
    """A price as the shop shows it, a quantity, a tax rate in percent, a discount off the row, FPT per unit."""

    price: Decimal
    qty: Decimal = ONE
    rate: Decimal = ZERO
    discount: Decimal = ZERO
    weee: Decimal = ZERO


@dataclass
class Amounts:
    """What becomes of a charge; prices and rows without tax unless they say so, tax after the discount."""

    price: Decimal
    price_incl: Decimal
    row: Decimal
    row_incl: Decimal
    tax: Decimal
    hidden: Decimal
    discount: Decimal
    weee: Decimal
    weee_row: Decimal


@dataclass(frozen=True)
class Rules:
    """How a shop calculates."""

    includes_tax: bool = False
    algorithm: str = TOTAL
    weee_in_subtotal: bool = True


@dataclass
class Totals:
    """What becomes of an order, in one currency; the discount is positive here."""

    lines: list[Amounts]
    shipping: Amounts
    subtotal: Decimal = ZERO
    subtotal_incl: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    hidden: Decimal = ZERO
    grand: Decimal = ZERO


@dataclass
class _Rounding:
    """Rounds taxes; in the total algorithm what one row loses, the next one of the same rate gets."""

    carries: bool
    lost: dict[tuple[Decimal, str], Decimal] = field(default_factory=dict)

    def tax(self, exact: Decimal, rate: Decimal, kind: str) -> Decimal:
        if not self.carries or not exact:
            return cents(exact)
        exact += self.lost.get((rate, kind), _NUDGE)
        rounded = cents(exact)
        self.lost[rate, kind] = exact - rounded
        return rounded


def calculate(lines: Sequence[Charge], shipping: Charge, rules: Rules) -> Totals:
    """All amounts of an order."""
    rounding = _Rounding(rules.algorithm == TOTAL)
    amounts = [_amounts(line, rules, rounding) for line in lines]
    totals = Totals(amounts, _amounts(shipping, rules, _Rounding(carries=False)))
    for line in amounts:
        extra = line.weee_row
        totals.subtotal += line.row + (extra if rules.weee_in_subtotal else ZERO)
        totals.subtotal_incl += line.row_incl + extra
        totals.tax += line.tax + (ZERO if rules.weee_in_subtotal else extra)
        totals.discount += line.discount
        totals.hidden += line.hidden
    totals.tax += totals.shipping.tax
    totals.discount += totals.shipping.discount
    totals.grand = (
        totals.subtotal + totals.shipping.row + totals.tax - totals.discount + totals.hidden + totals.shipping.hidden
    )
    return totals


def _tax(amount: Decimal, rate: Decimal, included: bool) -> Decimal:
    return amount * rate / (HUNDRED + rate if included else HUNDRED)


def _amounts(charge: Charge, rules: Rules, rounding: _Rounding) -> Amounts:
    price, qty, rate, included = charge.price, charge.qty, charge.rate, rules.includes_tax
    shown = cents(price * qty)
    discount = min(charge.discount, shown)
    unit_tax = cents(_tax(price, rate, included))
    if rules.algorithm == UNIT:
        before = cents(unit_tax * qty)
        after = cents(cents(_tax(price - discount / qty, rate, included)) * qty) if discount else before
    else:
        before = rounding.tax(_tax(shown, rate, included), rate, "before")
        exact = _tax(shown - discount, rate, included)
        after = rounding.tax(exact, rate, "after") if discount or rounding.carries else before
    if included:
        net, gross = price - unit_tax, price
        row, row_incl, hidden = shown - before, shown, before - after
    else:
        net, gross = price, price + unit_tax
        row, row_incl, hidden = shown, shown + before, ZERO
    weee = cents(charge.weee)
    return Amounts(net, gross, row, row_incl, after, hidden, discount, weee, cents(weee * qty))


def share_out(amount: Decimal, rows: Sequence[Decimal], rate: Decimal) -> list[tuple[Decimal, Decimal]]:
    """A fixed discount of the cart over its rows, in base and in order currency; the last row gets the rest."""
    total = sum(rows, ZERO)
    left = min(amount, total)
    shares: list[tuple[Decimal, Decimal]] = []
    for index, row in enumerate(rows):
        last = index == len(rows) - 1
        share = left if last else min(amount, total) * row / total if total else ZERO
        shares.append((cents(share), cents(share * rate)))
        left -= cents(share)
    return shares


def percent_off(percent: Decimal, rows: Sequence[Decimal]) -> list[Decimal]:
    """A discount in percent of each row; what rounding loses is carried to the next row."""
    lost, found = ZERO, []
    for row in rows:
        exact = row * percent / HUNDRED + lost
        found.append(cents(exact))
        lost = exact - cents(exact)
    return found
