"""Sixty orders that show every case; README.md has them by number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal as D

from ..arithmetic import ROW, UNIT
from ..values import Row
from . import bulk, catalog, people, spec
from .spec import Coupon, Line, OrderSpec

FIRST_ID = 901
TEN = Coupon(1, "SAVE10", "10% coupon", percent=D(10))
FIVE = Coupon(2, "FIXED5", "5 off cart", fixed=D(5))
EVERYTHING = Coupon(5, "GIFT100", "All of it", percent=D(100), shipping=True)
TENTH_AND_SHIPPING = Coupon(6, "SPRING", "10% of all", percent=D(10), shipping=True)
SALE = Coupon(4, None, "Spring sale", percent=D("7.5"))
BOX: Row = {"shipping_method": ("flatrate_flatrate", "Flat Rate - Fixed"), "shipping_price": D(5)}


@dataclass
class Case:
    """An order to be, and what is then done to it: names of steps, of which `generate.fate` knows the meaning."""

    title: str
    spec: OrderSpec
    steps: tuple[str, ...] = ()
    after: Row = field(default_factory=dict)


class Cases:
    """Makes the cases, out of a made-up catalogue and made-up customers."""

    def __init__(self, products: catalog.Catalog, customers: people.People, moments: list[str]) -> None:
        self.products = products
        self.customers = customers
        self.moments = moments
        self.made: list[Case] = []

    def all(self) -> list[Case]:
        """All sixty."""
        for part in (self._states, self._types, self._buyers, self._discounts, self._taxes, self._parts):
            part()
        for part in (self._texts, self._abroad, self._failing):
            part()
        return self.made

    def _add(
        self, title: str, *lines: Line, store: int = 1, steps: str = "", after: Row | None = None, **more: object
    ) -> None:
        """One more case; `lines` without a rate get that of where they go."""
        number = FIRST_ID + len(self.made)
        profile = spec.PROFILES[store]
        who = len(self.made) % 4 * 10 + people.STORES.index(store)
        customer = self.customers.row(who)
        address = self.customers.address(who, 0)
        made = OrderSpec(
            number,
            f"{profile.prefix}{number:08d}",
            profile,
            self.moments[len(self.made)],
            self.moments[len(self.made)],
            list(lines) or [self._simple(0, store)],
            address,
            address,
            customer["email"],
            customer,
        )
        made.shipping_rate = spec.tax_rate(address, 4) if more.get("shipping_price") else D(0)
        for name, value in more.items():
            setattr(made, name, value)
        self.made.append(Case(title, made, tuple(steps.split()), after or {}))

    def _line(self, place: int, store: int = 1, qty: str = "1", block: int = 0, **more: object) -> Line:
        """A line of the product at that place of a block, taxed where the case's customer lives."""
        who = len(self.made) % 4 * 10 + people.STORES.index(store)
        made = bulk.line(self.products, block * catalog.BLOCK + place, D(qty), self.customers.address(who, 0))
        for name, value in more.items():
            setattr(made, name, value)
        return made

    def _simple(self, number: int, store: int = 1, qty: str = "1", **more: object) -> Line:
        return self._line(10 + number % 15, store, qty, number // 15, **more)

    def _states(self) -> None:
        self._add("one product, not paid yet")
        self._add(
            "three products, paid", self._simple(1), self._simple(2, qty="2"), self._simple(3), steps="invoice", **BOX
        )
        self._add("paid and shipped", self._simple(4, qty="3"), steps="invoice ship", **BOX)
        self._add("cancelled", steps="cancel")
        self._add("refunded in full", self._simple(5, qty="2"), steps="invoice ship refund", **BOX)
        self._add("on hold", self._simple(6), steps="hold")
        review = {"state": "payment_review", "status": "payment_review"}
        self._add("payment under review", self._simple(7), after=review)
        waiting = {"state": "pending_payment", "status": "pending_payment"}
        self._add("payment not confirmed", self._simple(8), after=waiting)

    def _types(self) -> None:
        self._add("configurable", self._line(2, qty="2"), steps="invoice")
        self._add("bundle with a dynamic price", self._line(catalog.DYNAMIC, qty="2"), self._simple(9), **BOX)
        self._add("bundle with a fixed price", self._line(catalog.FIXED, qty="3"))
        self._add("grouped", self._line(catalog.GROUPED, qty="2"), self._line(catalog.GROUPED, block=1))
        self._add("virtual only, nothing to ship", self._line(catalog.VIRTUAL), shipping=None, steps="invoice")
        self._add("download only", self._line(catalog.DOWNLOADABLE), shipping=None, steps="invoice")
        engraving = {"label": "Engraving", "value": "To Zoë &lt;3", "print_value": "To Zoë <3", "option_type": "field"}
        box = {"label": "Gift box", "value": "Deluxe", "print_value": "Deluxe", "option_type": "drop_down"}
        line = self._simple(10, options={"options": [engraving, box]})
        line.sku = f"{line.product['sku']}-ENGR-BOX"
        self._add("custom options", line)
        wish = 'Happy birthday <3 & "love"\nline 2'
        self._add("gift messages", self._simple(11, gift_message="For you"), gift_message=wish)
        self._add("decimal quantity", self._simple(12, qty="2.5"), self._simple(13, qty="0.75"), **BOX)
        self._add("zero total", self._simple(14), coupon=EVERYTHING, payment=("free", {}), **BOX)
        self._add("a product for nothing", self._simple(15, price=D(0)), self._simple(16))

    def _buyers(self) -> None:
        self._add("guest", self._simple(17), customer=None, guest=True, email="guest@example.org", **BOX)
        self._add("customer deleted since", self._simple(18), customer=None, email="gone@example.com")
        gone = {"product_id": 999_999, "sku": "GONE-1", "name": "No longer sold", "weight": "1.0000"}
        self._add("product deleted since", Line(gone, D(2), D("12.34")), self._simple(19), steps="invoice")

    def _discounts(self) -> None:
        self._add("coupon in percent", self._simple(20, qty="3"), self._simple(21), coupon=TEN, **BOX)
        self._add("coupon of a fixed amount", self._simple(22), self._simple(23), coupon=FIVE)
        self._add("coupon off shipping too", self._simple(24), coupon=TENTH_AND_SHIPPING, **BOX)
        self._add("discount without a coupon", self._simple(25, qty="4"), coupon=SALE, steps="invoice")

    def _taxes(self) -> None:
        two, some, less = D("8.375"), D("8.25"), D(2)
        self._add(
            "two taxes on one line (4 % and 4.375 %)", self._simple(26, qty="3", rate=two), shipping_rate=two, **BOX
        )
        mixed = [self._simple(27, rate=some), self._simple(28, rate=less), self._simple(29, rate=D(0))]
        self._add("three rates in one order", *mixed, coupon=TEN)
        self._add("shipping is taxed", self._simple(30, rate=some), **BOX)
        self.made[-1].spec.shipping_rate = some
        self._add("FPT in the subtotal", self._simple(31, qty="2", weee=D("2.50")), self._simple(32), steps="invoice")
        fpt = self._simple(33, qty="2", weee=D("1.30"))
        self._add("FPT in the tax", fpt, weee_in_subtotal=False, steps="invoice")

    def _parts(self) -> None:
        def pair(number: int) -> tuple[Line, Line]:
            return self._simple(number, qty="4"), self._simple(number + 1, qty="2")

        self._add("partly invoiced", *pair(34), steps="invoice-half", **BOX)
        self._add("partly shipped", *pair(36), steps="invoice ship-half", **BOX)
        self._add("partly refunded, with adjustments", *pair(38), steps="invoice ship refund-half", coupon=TEN, **BOX)
        self._add("invoiced in two parts", *pair(40), steps="invoice-half invoice ship", coupon=TEN, **BOX)
        number = FIRST_ID + len(self.made)
        old, new = f"1{number:08d}", f"1{number:08d}-1"
        child = {"relation_child_id": number + 1, "relation_child_real_id": new}
        self._add("edited later: the cancelled original", *pair(42), steps="cancel", extra=child)
        parent = {"relation_parent_id": number, "relation_parent_real_id": old, "original_increment_id": old}
        self._add(
            "edited: the order that replaces it", *pair(43), increment_id=new, extra={**parent, "edit_increment": "1"}
        )

    def _texts(self) -> None:
        company = self.customers.address(14, 0) | {"company": "Café Größe GmbH", "vat_id": "DE123456788"}
        self._add("company with a VAT number", self._simple(44), billing=company)
        greek = {
            "firstname": "Ольга",
            "lastname": "Παπαδόπουλος",
            "city": "東京",
            "country_id": "JP",
            "street": "千代田区 1-1",
        }
        self._add("names in four scripts", self._simple(45), shipping=self.customers.address(0, 0) | greek)
        long = self.customers.address(0, 0) | {
            "street": "\n".join(["Long Street " + "x" * 90] * 4),
            "lastname": "Y" * 200,
        }
        self._add("long names, a street of four lines", self._simple(46), shipping=long)
        nasty = {
            "product_id": 999_998,
            "sku": "HTML-<1>",
            "name": "<script>alert('x')</script> \"q\" &#11; & co",
            "weight": "1.0000",
        }
        self._add("HTML and quotes in a name", Line(nasty, D(1), D("9.99")), note="<b>Call</b> me & ring")
        self._add("purchase order", self._simple(47), payment=("purchaseorder", {"po_number": "PO-4711"}))
        talk = ["Where is it?", "Customer called <b>twice</b> & asked…"]
        self._add("comments", self._simple(48), comments=talk, note="Please deliver after 5pm – thanks é")
        self._add("the same product twice", self._simple(49), self._simple(49, qty="2"))
        self._add("fifty lines", *[self._simple(number, qty=str(number % 3 + 1)) for number in range(50)], **BOX)
        thirds = [self._simple(number, qty="7", rate=D("8.25")) for number in (51, 52, 53)]
        self._add("tax calculated per unit", *thirds, algorithm=UNIT, coupon=TEN)
        self._add("tax calculated per row", *thirds, algorithm=ROW, coupon=TEN)

    def _abroad(self) -> None:
        def lines(store: int) -> list[Line]:
            return [self._simple(54, store, "3"), self._simple(55, store, "2", rate=D(7) if store == 3 else D("5.5"))]

        self._add("prices with tax, in EUR (France)", *lines(2), store=2, steps="invoice", **BOX)
        self._add("prices with tax, in EUR (Germany)", *lines(3), store=3, steps="invoice ship", **BOX)
        self._add("coupon: hidden tax", *lines(3), store=3, coupon=TEN, steps="invoice", **BOX)
        self._add("coupon off shipping: its hidden tax", *lines(3), store=3, coupon=TENTH_AND_SHIPPING, **BOX)
        self._add("fixed coupon in EUR", *lines(3), store=3, coupon=FIVE, steps="invoice", **BOX)
        self._add("FPT in EUR", self._simple(56, 3, "2", weee=D("2.50")), store=3, **BOX)
        bundle = self._line(catalog.DYNAMIC, 3, "2")
        self._add("dynamic bundle in EUR, with a coupon", bundle, store=3, coupon=TEN, steps="invoice", **BOX)
        free = [self._simple(57, 2, "2", rate=D(0))]
        self._add(
            "business abroad, no tax",
            *free,
            store=2,
            billing=self.customers.address(3, 0) | {"vat_id": "FR12345678901"},
        )
        vienna = self.customers.address(3, 0) | {"country_id": "AT", "city": "Wien", "postcode": "1010", "region": None}
        austria = [self._simple(60, 3, "3", rate=D(20)), self._simple(61, 3, rate=D(10))]
        self._add("Austria: 20 % and 10 %", *austria, store=3, shipping=vienna, billing=vienna, steps="invoice", **BOX)
        self._add("in GBP", *lines(4)[:1], store=4, steps="invoice", **BOX)

    def _failing(self) -> None:
        nowhere = self.customers.address(0, 0) | {"country_id": "XX", "region": None, "region_id": None}
        self._add("FAILS: a country that does not exist", billing=nowhere, shipping=nowhere)
        self._add(
            "FAILS: a store view that does not exist", self._simple(58), after={"store_id": 99, "store_name": "Closed"}
        )
        self._add("FAILS: a tax rate that nobody has (13.37 %)", self._simple(59, rate=D("13.37")), steps="invoice")


def titles(cases: list[Case]) -> Iterator[tuple[str, str]]:
    """Numbers and titles, for the README."""
    return ((case.spec.increment_id, case.title) for case in cases)
