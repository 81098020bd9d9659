"""What an order is made of, before Magento's arithmetic makes an order of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..arithmetic import TOTAL, ZERO, Rules
from ..values import Row


@dataclass(frozen=True)
class StoreProfile:
    """How a store view sells: its currency, whether its prices include tax, how it calculates."""

    store_id: int
    prefix: str
    name: str
    country: str
    currency: str = "USD"
    rate: Decimal = Decimal(1)
    includes_tax: bool = False

    def rules(self, algorithm: str = TOTAL, weee_in_subtotal: bool = True) -> Rules:
        """Its rules of calculation."""
        return Rules(self.includes_tax, algorithm, weee_in_subtotal)


_EUR, _GBP = Decimal("0.92"), Decimal("0.79")
PROFILES = {
    1: StoreProfile(1, "1", "Main Website\nMain Store\nEnglish", "US"),
    2: StoreProfile(2, "2", "EU Website\nEU Store\nEU English", "FR", "EUR", _EUR, True),
    3: StoreProfile(3, "3", "EU Website\nEU Store\nEU Deutsch", "DE", "EUR", _EUR, True),
    4: StoreProfile(4, "4", "UK Website\nUK Store\nUK English", "GB", "GBP", _GBP, True),
}

# standard, reduced, zero; in the US by region
TAX_RATES: dict[str, tuple[str, str, str]] = {
    "DE": ("19", "7", "0"),
    "FR": ("20", "5.5", "0"),
    "GB": ("20", "5", "0"),
    "AT": ("20", "10", "0"),
    "CA": ("5", "5", "0"),
    "California": ("8.25", "2", "0"),
    "New York": ("8.375", "8.375", "0"),
    "Texas": ("8.25", "8.25", "0"),
}


def tax_rate(address: Row, tax_class: int) -> Decimal:
    """The rate at which something of that class is taxed there."""
    rates = TAX_RATES.get(str(address.get("region"))) or TAX_RATES.get(str(address.get("country_id")))
    return Decimal(rates[{2: 0, 4: 0, 5: 1}.get(tax_class, 2)]) if rates else ZERO


@dataclass
class Line:
    """An ordered product: `price` is per unit in base currency, as the shop shows it; `kind` is the item's type.

    The children of a bundle with a dynamic price carry the prices; other children carry none.
    """

    product: Row
    qty: Decimal
    price: Decimal
    kind: str = "simple"
    rate: Decimal = ZERO
    children: list[Line] = field(default_factory=list)
    dynamic: bool = False
    weee: Decimal = ZERO
    sku: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    gift_message: str | None = None

    @property
    def charged(self) -> list[Line]:
        """The lines that carry the amounts of this one."""
        return self.children if self.dynamic else [self]


@dataclass
class Coupon:
    """A discount: in percent, or a fixed amount off the cart (in base currency), perhaps off shipping too."""

    rule_id: int
    code: str | None
    name: str
    percent: Decimal = ZERO
    fixed: Decimal = ZERO
    shipping: bool = False


@dataclass
class OrderSpec:
    """An order to be: who, where, what, how."""

    order_id: int
    increment_id: str
    profile: StoreProfile
    created_at: str
    updated_at: str
    lines: list[Line]
    billing: Row
    shipping: Row | None
    email: str
    customer: Row | None = None
    guest: bool = False
    shipping_method: tuple[str, str] = ("flatrate_flatrate", "Flat Rate - Fixed")
    shipping_price: Decimal = ZERO
    shipping_rate: Decimal = ZERO
    coupon: Coupon | None = None
    payment: tuple[str, Row] = ("checkmo", {})
    algorithm: str = TOTAL
    weee_in_subtotal: bool = True
    note: str | None = None
    gift_message: str | None = None
    comments: list[str] = field(default_factory=list)
    extra: Row = field(default_factory=dict)
