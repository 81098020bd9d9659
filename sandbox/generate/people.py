"""Made-up customers and their addresses."""

from __future__ import annotations

import hashlib
import unicodedata
from random import Random

from ..values import Row
from . import words

FIRST_ID = 1001
STORES = (1, 3, 1, 2, 1, 3, 2, 4, 1, 3)
WEBSITES = {1: 1, 2: 2, 3: 2, 4: 3}
_CREATED_IN = {1: "English", 2: "EU English", 3: "EU Deutsch", 4: "UK English"}


class People:
    """The customers number 0 to `size` - 1; each has one address or two."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed = seed
        self.size = size

    def store(self, index: int) -> int:
        """The store view where a customer registered."""
        return STORES[index % len(STORES)]

    def of_store(self, store_id: int, rng: Random) -> int | None:
        """A customer of a store view; None if it has none."""
        blocks = self.size // len(STORES)
        places = [place for place, store in enumerate(STORES) if store == store_id]
        return rng.randrange(blocks) * len(STORES) + rng.choice(places) if blocks else None

    def facts(self, index: int) -> Row:
        """What lists ask for most."""
        store, created = self.store(index), f"2026-0{index % 5 + 1}-{index % 28 + 1:02d} 10:{index % 60:02d}:00"
        return {
            "customer_id": FIRST_ID + index,
            "created_at": created,
            "updated_at": created,
            "store_id": store,
            "website_id": WEBSITES[store],
            "email": self.email(index),
        }

    def _names(self, index: int) -> tuple[str, str]:
        rng = Random(self.seed * 7_919 + index)
        return rng.choice(words.FIRST), rng.choice(words.LAST)

    def email(self, index: int) -> str:
        """A customer's address of e-mail."""
        plain = unicodedata.normalize("NFKD", ".".join(self._names(index))).lower()
        stem = "".join(char for char in plain if char in "abcdefghijklmnopqrstuvwxyz.").strip(".") or "customer"
        return f"{stem}.{index}@example.com"

    def row(self, index: int) -> Row:
        """The customer, without None values, in Magento's order of keys."""
        first, last = self._names(index)
        facts, hashed = self.facts(index), hashlib.sha256(f"{self.seed}/{index}".encode()).hexdigest()
        billing = FIRST_ID + 2 * index
        row: Row = {key: facts[key] for key in ("customer_id", "created_at", "updated_at", "store_id", "website_id")}
        row |= {"created_in": _CREATED_IN[facts["store_id"]], "firstname": first, "lastname": last}
        row |= {"email": facts["email"], "group_id": 2 if index % 9 == 4 else 1, "password_hash": f"{hashed}:sandbox"}
        row |= {"default_billing": billing, "default_shipping": billing + (index % 3 == 0)}
        if index % 9 == 4 and facts["store_id"] == 3:
            row["taxvat"] = f"DE{100_000_000 + index * 7}"
        return row | {"disable_auto_group_change": 0}

    def addresses(self, index: int) -> list[Row]:
        """The customer's addresses; every third has one for delivery too."""
        return [self.address(index, second) for second in range(2 if index % 3 == 0 else 1)]

    def address(self, index: int, second: int) -> Row:
        """One address, without None values."""
        first, last = self._names(index)
        facts = self.facts(index)
        row = place(facts["store_id"], index + second)
        return {
            "customer_address_id": FIRST_ID + 2 * index + second,
            "customer_id": facts["customer_id"],
            "created_at": facts["created_at"],
            "updated_at": facts["created_at"],
            "firstname": first,
            "lastname": last,
            **({"company": words.COMPANIES[index % len(words.COMPANIES)]} if index % 9 == 4 else {}),
            **row,
        }


def place(store_id: int, number: int) -> Row:
    """Where somebody lives."""
    places = words.PLACES[store_id]
    country, region, region_id, city, postcode, street = places[number % len(places)]
    row: Row = {"street": f"{street} {number % 190 + 1}" + ("\nBuilding B" if number % 5 == 2 else "")}
    row |= {"city": city, "country_id": country}
    if region:
        row["region"] = region
    if region_id:
        row["region_id"] = region_id
    return row | {"postcode": postcode, "telephone": f"+1 555 {number:04d}"}
