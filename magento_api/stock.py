"""Stock: read by SKU, sent in bulk.

Two traps are avoided here. Magento takes what it is given as a SKU first and, when there is none such, as an id: an id
may be another product's SKU, an unknown SKU "12-A" is read as the id 12, and a SKU may have been given to another
product since. So the SKUs that the products have now are looked up before, 2,000 in a request. And one that does not
exist stops a ``multiUpdate``, with those before it saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from . import parse
from .base import Base, chunks
from .batches import Batches, in_chunks
from .catalog import LIST_CHUNK
from .clean import clean_text
from .connection import Connection
from .errors import MagentoError, NotFound, PermissionMissing, Refused
from .find import beside
from .plain import plain_data
from .read import Fields, record, rows, without_odd
from .records import StockItem, StockUpdate

AT_ONCE = 100
ONE_BY_ONE = 25
_GROUP = 2000
_UPDATE, _MULTI_UPDATE = "cataloginventory_stock_item.update", "cataloginventory_stock_item.multiUpdate"

Result = tuple[StockUpdate, MagentoError | None]
# An update, and the SKU by which Magento is told what it is of.
Named = tuple[StockUpdate, str]


class Stock(Base):
    """Reading and sending stock."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._soap_v2: Connection | None = connection if self._is_v2 else None
        self._looked_for_v2 = self._is_v2
        self._v2_works = False

    def stock_items(self, skus: Sequence[str]) -> Iterator[StockItem]:
        """Stock of the products with these SKUs, unknown ones left out, and rows that make no sense.

        Magento takes what it does not know as a SKU for an id: what it answers for another SKU is left out too.
        """

        def fetch(chunk: Sequence[str]) -> list[StockItem]:
            answer = self._call("cataloginventory_stock_item.list", list(chunk), split=len(chunk) > 1)
            method = "cataloginventory_stock_item.list"
            return list(
                without_odd(record(row, method, "product_id", parse.stock_item) for row in rows(answer, method))
            )

        wanted = {sku.strip().casefold() for sku in skus}
        for item in in_chunks(list(dict.fromkeys(skus)), fetch, LIST_CHUNK):
            if item.sku.strip().casefold() in wanted:
                yield item

    def send_stock(self, items: Iterable[StockUpdate]) -> Iterator[Result]:
        """Set quantities, in the order given; the error of one stands in its place. May be repeated.

        100 go in one request of SOAP v2, which is opened beside another protocol on first use and saves no product;
        where it does not answer, 25 in one multiCall, which saves the products too.

        :raises MagentoError: what concerns the whole connection; what came before is done.
        """
        batches = Batches(self._send, AT_ONCE)
        for group in chunks(items, _GROUP):
            names = self._names(group)
            for batch in chunks(group, AT_ONCE):
                good = [(item, name) for item in batch if isinstance(name := names[item.product_id], str)]
                errors = {item: error for found in batches.run(good) for (item, _name), error in found}
                yield from ((item, errors.get(item) or _error(names[item.product_id])) for item in batch)

    def _end_stock(self) -> None:
        """End the session of SOAP v2 that stands beside another protocol."""
        if self._soap_v2 is not None and self._soap_v2 is not self._connection:
            self._soap_v2.end()

    def _names(self, items: Sequence[StockUpdate]) -> dict[int, str | MagentoError]:
        """By product id, the SKU under which Magento finds it for certain; or why there is none."""
        names = self._skus_now(items)
        for item in items:
            if not item.qty.is_finite():
                names[item.product_id] = Refused(f"The quantity of {item.sku} is {item.qty}", "correct it")
        return names

    def _skus_now(self, items: Sequence[StockUpdate]) -> dict[int, str | MagentoError]:
        """By product id, the SKU that the product has now."""
        ids = [str(number) for number in dict.fromkeys(item.product_id for item in items)]

        def fetch(chunk: Sequence[str]) -> list[tuple[int, str]]:
            rows = self._rows("catalog_product.list", {"product_id": {"in": list(chunk)}})
            fields = [Fields(row, "catalog_product.list: ") for row in rows]
            # Not cleaned: it must be sent as it stands there.
            return [(row.required_id("product_id"), str(row.data.get("sku") or "")) for row in fields]

        known = dict(in_chunks(ids, fetch, _GROUP))
        return {item.product_id: _name(item, known.get(item.product_id)) for item in items}

    def _send(self, batch: Sequence[Named]) -> list[MagentoError | None]:
        connection = self._v2()
        if connection is not None:
            try:
                found = self._send_at_once(connection, batch)
                self._v2_works = True
                return found
            except PermissionMissing:
                raise
            except MagentoError as error:
                refused = isinstance(error, Refused)
                if not refused and (self._is_v2 or self._v2_works):
                    raise
                if not (refused and _is_about_data(error)):
                    self._forget_v2()
        return self._send_one_by_one(batch)

    def _v2(self) -> Connection | None:
        """SOAP v2; None if it does not answer, which is remembered."""
        if not self._looked_for_v2:
            self._looked_for_v2 = True
            with suppress(MagentoError):
                self._soap_v2 = beside(self._connection, "soap_v2")
        return self._soap_v2

    def _forget_v2(self) -> None:
        self._end_stock()
        self._soap_v2 = None

    def _send_at_once(self, connection: Connection, batch: Sequence[Named]) -> list[MagentoError | None]:
        """One ``multiUpdate``; if a product is not there, a second one without it.

        :raises Refused: one of them is refused, or the shop's SOAP v2 has no such method.
        """
        try:
            self._multi_update(connection, batch)
            return [None] * len(batch)
        except NotFound:
            names = self._skus_now([item for item, _name in batch])
        good = [(item, name) for item, _old in batch if isinstance(name := names[item.product_id], str)]
        try:
            self._multi_update(connection, good)
        except NotFound:
            return self._send_one_by_one(batch)
        return [_error(names[item.product_id]) for item, _name in batch]

    @staticmethod
    def _multi_update(connection: Connection, batch: Sequence[Named]) -> None:
        if batch:
            values = [_values(item) for item, _name in batch]
            connection.call(_MULTI_UPDATE, [name for _item, name in batch], values, split=True)

    def _send_one_by_one(self, batch: Sequence[Named]) -> list[MagentoError | None]:
        found: list[MagentoError | None] = []
        for part in chunks(batch, ONE_BY_ONE):
            calls = [(_UPDATE, (name, _values(item))) for item, name in part]
            found += [_error(answer) for answer in self._connection.call_many(calls, in_order=True)]
        return found


def _name(item: StockUpdate, sku: str | None) -> str | MagentoError:
    """What Magento can be told: the SKU that a product has, if it survives the way there."""
    if sku is None:
        return NotFound(
            f"Magento has no product {item.product_id} (SKU {item.sku})", "it may have been deleted in Magento"
        )
    if not sku.strip() or sku != clean_text(sku):
        return Refused(
            f"The SKU of product {item.product_id} has characters in Magento that its API cannot take",
            "give it another SKU in Magento",
        )
    return sku


def _is_about_data(error: MagentoError) -> bool:
    """Whether a refusal is one of Magento's own, and not "there is no such method"."""
    return (error.code or "").isdigit() and error.code not in ("3", "4")


def _values(item: StockUpdate) -> dict[str, Any]:
    data: dict[str, Any] = {"qty": item.qty, "is_in_stock": item.is_in_stock}
    if item.backorders is not None:
        data |= {"backorders": item.backorders, "use_config_backorders": 0}
    if item.manage_stock is not None:
        data |= {"manage_stock": item.manage_stock, "use_config_manage_stock": 0}
    return plain_data(data)


def _error(value: Any) -> MagentoError | None:
    return value if isinstance(value, MagentoError) else None
