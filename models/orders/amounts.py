"""Amounts of money in whole units of a currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")


def unit_of(currency) -> Decimal:
    """The smallest amount of a ``res.currency``: 0.01, of yen 1."""
    return Decimal(str(currency.rounding)).normalize()


def round_to(amount: Decimal, unit: Decimal) -> Decimal:
    """The multiple of ``unit`` next to ``amount``, half up as Magento rounds."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def in_units(amounts: Sequence[Decimal], total: Decimal, unit: Decimal) -> list[Decimal]:
    """``amounts`` in whole units that make ``total``, itself in whole units: a missing unit goes where rounding took
    most, one too many likewise; where nothing was rounded, onto the largest.
    """
    rounded = [round_to(amount, unit) for amount in amounts]
    missing = total - sum(rounded, ZERO)
    if not missing or not amounts:
        return rounded
    step = unit.copy_sign(missing)
    cut = {place: (amount - rounded[place]) * step for place, amount in enumerate(amounts) if amount % unit}
    places = sorted(cut, key=cut.__getitem__, reverse=True)
    places = places or [max(range(len(amounts)), key=lambda place: abs(amounts[place]))]
    steps, more = divmod(int(missing / step), len(places))
    for at, place in enumerate(places):
        rounded[place] += step * (steps + (at < more))
    return rounded
