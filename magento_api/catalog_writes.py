"""Changing the catalog: categories and products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from .base import Outcome, Store, in_batches, trimmed
from .batches import Batches
from .catalog import Catalog, as_product
from .connection import Connection
from .errors import AlreadyExists, MagentoError, NotFound, NotUnderstood, Refused
from .plain import plain_data
from .read import Fields, shown, without_odd
from .records import Product

Data = Mapping[str, Any]
UPDATES = 25
# Without these Magento refuses a new category, one after another.
NEW_CATEGORY: Data = {"is_active": True, "include_in_menu": True, "available_sort_by": ["position"]}
_CLOCK = timedelta(minutes=1)


class CatalogWrites(Catalog):
    """Categories and products, written. ``data`` are Magento's own attribute codes and their values: text, whole
    numbers, Decimal, booleans, times, lists; None is left out, an empty text clears.

    With a ``store`` (id or code of a store view) values are those of that view; else they are the default for all.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._made: set[int] = set()  # the categories made in this session

    def create_category(self, parent_id: int, data: Data, store: Store = None) -> int:
        """A new category below ``parent_id``; ``data`` needs its name. Gives its id.

        A lost answer is looked for: a child of that name made since, as Magento's clock has it, and not by us.

        :raises NotFound: there is no such parent.
        :raises Refused: Magento does not like the data.
        """
        values = {**plain_data(NEW_CATEGORY), "default_sort_by": "position", **plain_data(data)}
        since = self.server_time

        def write() -> int:
            return _number(self._write("catalog_category.create", parent_id, values, store), "catalog_category.create")

        number = self._once(write, lambda: self._newest_child(parent_id, str(values.get("name") or ""), since))
        self._made.add(number)
        return number

    def update_category(self, category_id: int, data: Data, store: Store = None) -> None:
        """Change a category; what is not in ``data`` stays. May be repeated.

        :raises NotFound: it does not exist.
        """
        self._call("catalog_category.update", *trimmed(category_id, plain_data(data), store))

    def update_categories(self, changes: Iterable[tuple[int, Data]], store: Store = None) -> Iterator[Outcome]:
        """Change many categories, in the order given; the error of one stands in its place.

        :raises MagentoError: what concerns the whole connection; the changes before it are done.
        """
        yield from self._update("catalog_category.update", changes, (store,))

    def move_category(self, category_id: int, parent_id: int, after_id: int | None = None) -> None:
        """Put a category below another one, behind its child ``after_id``, or behind all. May be repeated.

        :raises Refused: below itself, or below one of its own.
        """
        after = None if after_id is None else str(after_id)
        self._call("catalog_category.move", *trimmed(category_id, parent_id, after))

    def delete_category(self, category_id: int) -> None:
        """Delete a category with all below it; the products in them stay.

        :raises NotFound: it does not exist.
        :raises Refused: it is a root category.
        """

        def gone() -> bool | None:
            try:
                self.category(category_id)
            except NotFound:
                return True
            return None

        self._once(lambda: bool(self._write("catalog_category.delete", category_id)), gone)

    def create_product(self, type_id: str, set_id: int, sku: str, data: Data, store: Store = None) -> int:
        """A new product of a type (``simple``, ``virtual``, ...) and an attribute set. Gives its id.

        Custom attributes stand in ``data`` as all others do; without ``stock_data`` Magento does not manage its stock.
        A lost answer is looked for by the SKU, so there is never a second one.

        :raises AlreadyExists: a product has that SKU.
        :raises Refused: Magento does not like the data.
        """
        method = "catalog_product.create"
        values = plain_data(data)
        lost = False

        def write() -> int:
            return _number(self._write(method, type_id, str(set_id), sku, values, store), method)

        def look() -> int | None:
            nonlocal lost
            lost = True
            return self._id_of(sku)

        try:
            return self._once(write, look)
        except Refused as error:
            number = self._id_of(sku) if error.code == "1" else None
            if number is None:
                raise
            if lost:
                return number
            raise AlreadyExists(f"Magento has a product with the SKU {sku} already (id {number})", number) from None

    def update_products(self, changes: Iterable[tuple[int, Data]], store: Store = None) -> Iterator[Outcome]:
        """Change many products by id, in the order given; the error of one stands in its place.

        ``categories`` and ``websites``, if given, replace all that were there. What Magento takes without a word
        although it is wrong (a text as a price, a label as an option) is for the caller to look after.

        :raises MagentoError: what concerns the whole connection; the changes before it are done, and may be repeated.
        """
        if self._is_v2:
            yield from _outcomes(changes, lambda batch: self._save_at_once(batch, store))
        else:
            yield from self._update("catalog_product.update", changes, (store, "id"))

    def put_products(
        self, changes: Iterable[tuple[int, Data]], *, custom: Sequence[str] = ()
    ) -> Iterator[tuple[int, Product | MagentoError]]:
        """Change many products by id as :meth:`update_products` does, and give each as Magento keeps it now: read in
        the same request where the protocol has multiCall.

        :param custom: as in :meth:`products`
        """

        def send(batch: list[tuple[int, Data]]) -> list[Any]:
            reads = [self._info(number, None, custom) for number, _data in batch]
            if self._is_v2:
                done = self._save_at_once(batch, None)
                answers = self._connection.call_many(reads)
            else:
                calls = [("catalog_product.update", (str(number), data, None, "id")) for number, data in batch]
                both = self._connection.call_many([*chain.from_iterable(zip(calls, reads, strict=True))], in_order=True)
                done, answers = both[::2], both[1::2]
            return [
                update if isinstance(update, MagentoError) else as_product(answer, number)
                for (number, _data), update, answer in zip(batch, done, answers, strict=True)
            ]

        yield from _answers(changes, send)

    def delete_product(self, product_id: int) -> None:
        """Delete a product.

        :raises NotFound: it does not exist.
        """

        def gone() -> bool | None:
            found = self._rows("catalog_product.list", {"product_id": str(product_id)})
            return None if found else True

        self._once(lambda: bool(self._write("catalog_product.delete", str(product_id), "id")), gone)

    def _update(self, method: str, changes: Iterable[tuple[int, Data]], more: Sequence[Any]) -> Iterator[Outcome]:
        """Updates by multiCall; where there is none, one after another: parallel saves make deadlocks in Magento's
        database.
        """

        def send(batch: list[tuple[int, Data]]) -> list[Any]:
            calls = [(method, trimmed(number, data, *more)) for number, data in batch]
            return self._connection.call_many(calls, in_order=True)

        yield from _outcomes(changes, send)

    def _save_at_once(self, batch: list[tuple[int, Data]], store: Store) -> list[Any]:
        """Updates by SOAP v2's multiUpdate. It goes on after one that fails, and says only that some did: then each
        is sent alone.
        """
        if len(batch) > 1:
            ids, values = [str(number) for number, _data in batch], [data for _number, data in batch]
            with suppress(Refused):
                self._connection.call("catalog_product.multiUpdate", ids, values, store, "id", split=True)
                return [True] * len(batch)
        calls = [("catalog_product.update", (str(number), data, store, "id")) for number, data in batch]
        return self._connection.call_many(calls, in_order=True)

    def _id_of(self, sku: str) -> int | None:
        """The product with a SKU."""
        return next((product.id for product in without_odd(self.product_summaries(skus=[sku]))), None)

    def _newest_child(self, parent_id: int, name: str, since: datetime | None) -> int | None:
        """The child of that name that was made last, if it was made after ``since``."""
        rows = self._rows("catalog_category.level", None, None, parent_id)
        found = [Fields(row, "catalog_category.level: ") for row in rows]
        same = {row.required_id("category_id") for row in found if kept_text(row.text("name") or "") == kept_text(name)}
        same -= self._made
        if not same:
            return None
        newest = max(same)
        made = self.category(newest).created_at
        return newest if since is None or made is None or made >= since - _CLOCK else None


def _outcomes(
    changes: Iterable[tuple[int, Data]], send: Callable[[list[tuple[int, Data]]], list[Any]]
) -> Iterator[Outcome]:
    """What became of changes that are sent in batches: the error of each, or None."""
    for number, answer in _answers(changes, send):
        yield number, answer if isinstance(answer, MagentoError) else None


def _answers(
    changes: Iterable[tuple[int, Data]], send: Callable[[list[tuple[int, Data]]], list[Any]]
) -> Iterator[tuple[int, Any]]:
    """Send changes in batches; one that cannot be sent at all gets its error without holding up the others."""

    def fetch(batch: Sequence[tuple[int, Data]]) -> list[Any]:
        values = [_sendable(data) for _number, data in batch]
        good = [
            (number, value)
            for (number, _data), value in zip(batch, values, strict=True)
            if not isinstance(value, Refused)
        ]
        answers = iter(send(good) if good else ())
        return [value if isinstance(value, Refused) else next(answers) for value in values]

    batches = Batches(fetch, UPDATES)
    for batch in in_batches(changes, UPDATES):
        for found in batches.run(batch):
            for (number, _data), answer in found:
                yield number, answer


def _sendable(data: Data) -> Data | Refused:
    try:
        return plain_data(data)
    except Refused as error:
        return error


def kept_text(text: str) -> str:
    """A name as Magento's database keeps it: of some characters only question marks are left."""
    return "".join(char if char <= "\uffff" else "????" for char in text).strip()


def _number(answer: Any, method: str) -> int:
    """The id of something new: text over XML-RPC and SOAP v1, a number over SOAP v2."""
    if isinstance(answer, int | str) and str(answer).strip().isdigit() and int(answer) > 0:
        return int(answer)
    raise NotUnderstood(f"Magento answered {method} with {shown(answer)}, an id was expected")
