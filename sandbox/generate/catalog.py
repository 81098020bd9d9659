"""A made-up catalogue of any size; every product can be told from its number alone."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from ..values import Row
from . import words

FIRST_ID = 1001
BLOCK = 25
CONFIGURABLE, CHILDREN, VIRTUAL, DOWNLOADABLE, DYNAMIC, FIXED, GROUPED = 0, (1, 2, 3, 4), 5, 6, 7, 8, 9
_TYPES = {0: "configurable", 5: "virtual", 6: "downloadable", 7: "bundle", 8: "bundle", 9: "grouped"}


class Catalog:
    """The products number 0 to `size` - 1. Each whole block of 25 has one of each type, the rest are simple."""

    def __init__(self, seed: int, size: int) -> None:
        self.seed = seed
        self.size = size
        self.row = lru_cache(maxsize=4096)(self._row)

    def place(self, index: int) -> int:
        """A product's place in its block; a block that is not whole has simple ones only."""
        whole = self.size - self.size % BLOCK
        return index % BLOCK if index < whole else BLOCK - 1

    def facts(self, index: int) -> Row:
        """What lists ask for most."""
        return {"product_id": FIRST_ID + index, "sku": self.sku(index)}

    def sku(self, index: int) -> str:
        """Its SKU."""
        noun = words.NOUNS[(index * 7 + self.seed) % len(words.NOUNS)]
        stem = "".join(char for char in noun.upper() if "A" <= char <= "Z")[:6] or "ITEM"
        return f"{stem}-{index:05d}"

    def _row(self, index: int) -> Row:
        """The product, without its None values."""
        rng = Random(self.seed * 1_000_003 + index)
        place = self.place(index)
        kind = _TYPES.get(place, "simple")
        clothing = place == CONFIGURABLE or place in CHILDREN
        name = self._name(index, rng) if place not in CHILDREN else self._child_name(index, place)
        categories = sorted(rng.sample(range(5, 39), 2))
        row: Row = {
            **self.facts(index),
            "set": 9 if clothing else 4,
            "type": kind,
            "categories": categories,
            "websites": [1, 2, 3],
            "type_id": kind,
            "name": name,
            "description": f"<p>{name}: made to last.</p>",
            "short_description": name,
            "visibility": 1 if place in CHILDREN else 4,
            "category_ids": categories,
            "required_options": int(kind in ("configurable", "bundle")),
            "has_options": int(kind in ("configurable", "bundle", "downloadable")),
            "price": "0.0000" if place == DYNAMIC else f"{rng.randint(199, 39999) / 100:.4f}",
            "tax_class_id": rng.choice((2, 2, 2, 2, 5, 6)),
        }
        if kind in ("simple", "bundle"):
            row["weight"] = f"{rng.randint(50, 20000) / 1000:.4f}"
        if not clothing and kind == "simple":
            row |= {"ean": f"{4_100_000_000_000 + index}", "manufacturer": rng.randint(11, 14)}
        if place in CHILDREN:
            row |= {"color": 7, "size": words.SIZE_IDS[place - 1], "price": self.row(index - place)["price"]}
        return row | self._plain(index)

    def _plain(self, index: int) -> Row:
        """What every product has."""
        sku, day = self.sku(index).lower(), f"2026-06-{index % 28 + 1:02d}"
        return {
            "status": 1,
            "url_key": sku,
            "url_path": f"{sku}.html",
            "created_at": f"{day}T08:00:00+00:00",
            "updated_at": f"{day} 08:{index % 60:02d}:00",
            "group_price": [],
            "tier_price": [],
            "options_container": "container1",
        }

    @staticmethod
    def _name(index: int, rng: Random) -> str:
        return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)} {index}"

    def _child_name(self, index: int, place: int) -> str:
        return f"{self.row(index - place)['name']} {words.SIZES[place - 1]}"

    def stock(self, index: int) -> Row:
        """Its stock."""
        sellable = _TYPES.get(self.place(index)) not in ("configurable", "bundle", "grouped")
        quantity = (index * 7919 + self.seed) % 500 if sellable else 0
        return {"qty": f"{quantity}.0000", "is_in_stock": int(quantity > 0 or not sellable)}
