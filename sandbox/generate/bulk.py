"""Made-up orders of any number: little is kept of each, the rest is made again whenever it is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from .. import lifecycle
from ..arithmetic import ZERO
from ..values import Row
from . import catalog, people, spec
from .build import build
from .spec import Coupon, Line, OrderSpec

FIRST_ID = 1001
DAYS = 90
KINDS = ("invoice", "shipment", "creditmemo")
_STORES = (1, 1, 1, 1, 1, 2, 2, 3, 3, 4)
_FATES = ("pending",) * 7 + ("processing",) * 6 + ("complete",) * 5 + ("canceled", "closed")
_LINES = (1, 2, 3, 3, 3, 4, 5)
_COUPONS = (
    Coupon(1, "SAVE10", "10% coupon", percent=Decimal(10)),
    Coupon(2, "FIXED5", "5 off cart", fixed=Decimal(5)),
    Coupon(4, None, "Spring sale", percent=Decimal("7.5"), shipping=True),
)
_SHIPPING = (
    ("freeshipping_freeshipping", "Free Shipping - Free", ZERO),
    ("flatrate_flatrate", "Flat Rate - Fixed", Decimal(5)),
    ("tablerate_bestway", "Best Way - Table Rate", Decimal("12.90")),
)
_PAYMENTS: tuple[tuple[str, Row], ...] = (
    ("checkmo", {}),
    ("banktransfer", {"additional_information": {"instructions": "Pay to IBAN DE00 0000"}}),
    ("cashondelivery", {}),
    ("purchaseorder", {"po_number": "PO-1"}),
)


def documents_of(status: str) -> tuple[str, ...]:
    """The kinds of documents that an order of that status has."""
    return {"processing": KINDS[:1], "complete": KINDS[:2], "closed": KINDS}.get(status, ())


def moment(when: datetime) -> str:
    """As the database writes it."""
    return when.strftime("%Y-%m-%d %H:%M:%S")


class Bulk:
    """The orders number 0 to `size` - 1, spread over the 90 days before `now`."""

    def __init__(
        self, seed: int, size: int, now: datetime, products: catalog.Catalog, customers: people.People
    ) -> None:
        self.seed, self.size, self.now = seed, size, now
        self.products, self.customers = products, customers
        self._step = timedelta(days=DAYS) / max(size, 1)

    def _rng(self, index: int) -> Random:
        return Random(self.seed * 15_485_863 + index)

    def facts(self) -> list[Row]:
        """What lists ask for most, of all orders."""
        rows: list[Row] = []
        counts: dict[int, int] = {}
        for index in range(self.size):
            rng = self._rng(index)
            store, fate = rng.choice(_STORES), rng.choice(_FATES)
            counts[store] = number = counts.get(store, 0) + 1
            created = self.now - timedelta(days=DAYS) + self._step * index
            updated = min(self.now, created + timedelta(minutes=rng.randint(1, 4000)))
            rows.append(
                {
                    "order_id": FIRST_ID + index,
                    "increment_id": f"{store}{1000 + number:08d}",
                    "store_id": store,
                    "state": "new" if fate == "pending" else fate,
                    "status": fate,
                    "created_at": moment(created),
                    "updated_at": moment(updated),
                }
            )
        return rows

    def order(self, facts: Row) -> Row:
        """An order as a whole."""
        return self._with_documents(facts)[0]

    def document(self, facts: Row, kind: str, numbers: Row) -> Row:
        """One document of an order, with its numbers."""
        found = self._with_documents(facts)[1][kind] | numbers
        for index, item in enumerate(found["items"]):
            item |= {"parent_id": numbers[f"{kind}_id"], "item_id": numbers[f"{kind}_id"] * 100 + index}
        return found

    def _with_documents(self, facts: Row) -> tuple[Row, dict[str, Row]]:
        """An order as a whole, and the documents of it; these still without numbers."""
        order = build(self._spec(facts))
        fate, when = facts["status"], facts["updated_at"]
        documents = {kind: lifecycle.MAKERS[kind](order, 0, "", when) for kind in documents_of(fate)}
        if fate == "canceled":
            lifecycle.cancel(order, when)
        order["state"], order["status"] = facts["state"], facts["status"]
        return order, documents

    def _spec(self, facts: Row) -> OrderSpec:
        index = facts["order_id"] - FIRST_ID
        rng = self._rng(index)
        rng.choice(_STORES), rng.choice(_FATES), rng.randint(1, 4000)
        profile = spec.PROFILES[facts["store_id"]]
        who = self.customers.of_store(profile.store_id, rng)
        guest = who is None or rng.random() < 0.2
        customer = None if guest or who is None else self.customers.row(who)
        addresses = [self._guest(index, profile.store_id)] if guest or who is None else self.customers.addresses(who)
        delivered = addresses[-1]
        lines = [self._line(rng, delivered, first=number == 0) for number in range(rng.choice(_LINES))]
        method = rng.choice(_SHIPPING)
        return OrderSpec(
            facts["order_id"],
            facts["increment_id"],
            profile,
            facts["created_at"],
            facts["updated_at"],
            lines,
            addresses[0],
            delivered,
            customer["email"] if customer else f"guest{index}@example.org",
            customer,
            guest,
            shipping_method=method[:2],
            shipping_price=method[2],
            shipping_rate=spec.tax_rate(delivered, 4),
            coupon=rng.choice(_COUPONS) if rng.random() < 0.25 else None,
            payment=rng.choice(_PAYMENTS),
        )

    @staticmethod
    def _guest(index: int, store_id: int) -> Row:
        return {"firstname": "Gäst", "lastname": f"Käufer {index}"} | people.place(store_id, index)

    def _line(self, rng: Random, address: Row, first: bool) -> Line:
        """A line with a product of any type, most often a simple one; the first one can be shipped."""
        index = rng.randrange(self.products.size)
        if first or rng.random() < 0.6:
            index -= index % catalog.BLOCK - rng.randrange(10, catalog.BLOCK)
            index = min(index, self.products.size - 1)
        return line(self.products, index, Decimal(rng.randint(1, 4)), address)


def line(products: catalog.Catalog, index: int, qty: Decimal, address: Row) -> Line:
    """An order's line of that product, with what its type brings along."""
    place = products.place(index)
    block = index - index % catalog.BLOCK
    product = products.row(index)
    rate = spec.tax_rate(address, product["tax_class_id"])
    price = Decimal(product["price"])
    if place == catalog.CONFIGURABLE or place in catalog.CHILDREN:
        child = products.row(block + (place or 1))
        parent = products.row(block)
        inner = Line(child, qty, ZERO)
        rate = spec.tax_rate(address, parent["tax_class_id"])
        options = {"attributes_info": [{"label": "Size", "value": child["name"].rsplit(" ", 1)[-1]}]}
        return Line(parent, qty, price, "configurable", rate, [inner], sku=child["sku"], options=options)
    if place in (catalog.DYNAMIC, catalog.FIXED):
        dynamic = place == catalog.DYNAMIC
        parts = [products.row(block + offset) for offset in (10, 11)]
        children = [
            Line(part, qty * (number + 1), Decimal(part["price"]) if dynamic else ZERO, rate=rate)
            for number, part in enumerate(parts)
        ]
        calculation = {"product_calculations": int(not dynamic)}
        return Line(product, qty, price, "bundle", rate, children, dynamic, options=calculation)
    if place == catalog.GROUPED:
        member = products.row(block + 12)
        rate = spec.tax_rate(address, member["tax_class_id"])
        return Line(member, qty, Decimal(member["price"]), "grouped", rate)
    return Line(product, qty, price, product["type"], rate)
