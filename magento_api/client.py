"""One shop, as typed records, whatever the protocol."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, TypeVar

from . import parse
from .batches import BATCH
from .catalog_writes import CatalogWrites
from .clean import clean
from .customer_writes import CustomerWrites
from .documents import Documents
from .errors import BadRow, MagentoError, NotFound, NotUnderstood, Refused, TooBig
from .filters import since
from .images import Images
from .order_documents import OrderDocuments
from .order_writes import OrderWrites
from .permissions import PROBES, WRITES, allowed_methods, role_resource
from .read import each, shown, without_odd
from .reader import Question, Reader
from .records import (
    Country,
    MagentoInfo,
    OrderSummary,
    Payload,
    Permission,
    Region,
    StoreView,
)
from .stock import Stock
from .windows import WINDOW, Row

T = TypeVar("T")
# A row of the list of orders, with its order; see Client.orders.
OrderRow = tuple[OrderSummary | BadRow, Payload | MagentoError | None]

_API_PATH = re.compile(r"/(?:index\.php(?:/.*)?|api/[\w]+/?|api\.php.*)$")


class Client(CatalogWrites, Images, Stock, Documents, OrderDocuments, OrderWrites, CustomerWrites):
    """A session with a shop; see :func:`connect`. A context manager: at its end the session ends.

    All methods raise :class:`errors.MagentoError`; lists and batches are split so that the server survives them.
    """

    def __repr__(self) -> str:
        return f"<Client of {self.url} over {self.protocol}>"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session in Magento and close the connections."""
        self._end_stock()
        self._connection.close()

    @property
    def url(self) -> str:
        """The shop's base address, normalised: ``https://www.example.com/shop``."""
        transport, endpoint = self._connection.transport, self._connection.wire.endpoint
        if transport.moved and endpoint.startswith(transport.moved[0]):
            endpoint = transport.moved[1] + endpoint[len(transport.moved[0]) :]
        return _API_PATH.sub("", endpoint)

    @property
    def requests(self) -> int:
        """HTTP requests made so far."""
        return self._connection.transport.requests

    @property
    def batch_form(self) -> str:
        """How many calls go in one request, as far as is known: as an ``array``, as a ``struct``, or ``none`` (one by
        one).
        """
        return self._connection.wire.batch_form

    def try_batch(self) -> bool:
        """Whether two calls go in one request; :attr:`batch_form` is certain then. One request, or two.

        :raises MagentoError: what concerns the whole connection.
        """
        return self._connection.try_batch([("core_magento.info", ()), ("store.list", ())])

    def info(self) -> MagentoInfo:
        """Edition and version."""
        return parse.info(self._call("core_magento.info"))

    def store_views(self) -> list[StoreView]:
        """All store views, of all websites."""
        return each(self._call("store.list"), "store.list", parse.store_view)

    def permissions(self, *, writes: Collection[str] = ()) -> list[Permission]:
        """For every method that reading needs, whether this user may call it; also for these of
        :data:`permissions.WRITES`, which are tried on what cannot exist.

        What reading needs costs one request where the API lists its resources; where not, it is tried, too.
        """
        probes = {method: WRITES[method] for method in dict.fromkeys(writes)}
        allowed: set[str] = set()
        try:
            allowed = allowed_methods(self._connection.resources())
        except (Refused, NotFound, NotUnderstood, TooBig):
            probes = PROBES | probes
        answers = dict(zip(probes, self._connection.may(list(probes.items())), strict=True))
        return [
            Permission(method, answers.get(method, method in allowed), role_resource(method), method in WRITES)
            for method in PROBES | probes
        ]

    def order_summaries(
        self,
        *,
        created_from: datetime | None = None,
        updated_from: datetime | None = None,
        also_above: int | None = None,
        after_id: int = 0,
    ) -> Iterator[OrderSummary | BadRow]:
        """Orders created and updated at or after the given times, with an id above ``after_id``, ascending by id. A row
        that is no order has its error in its place.

        With ``updated_from`` (a poll) one request brings all, unless the server dies on it.

        :param also_above: beside those updated, all with an id above this
        """
        method, field, extra = "sales_order.list", "order_id", since(created_at=created_from)
        if updated_from is None:
            return self._walk(method, field, parse.order_summary, extra, after_id, False)
        return self._changed(method, field, parse.order_summary, extra, updated_from, also_above, after_id)

    def order_payloads(self, increment_ids: Sequence[str]) -> Reader[tuple[str, Payload | MagentoError]]:
        """Each order as plain JSON, in the order asked for; the error of one order stands in its place.

        :raises MagentoError: what concerns the whole connection.
        """
        return self._read("order", self._payloads, increment_ids)

    def orders(
        self,
        choose: Callable[[list[OrderSummary | BadRow]], Collection[str]],
        *,
        created_from: datetime | None = None,
        updated_from: datetime | None = None,
        also_above: int | None = None,
        after_id: int = 0,
    ) -> Reader[OrderRow]:
        """The rows of :meth:`order_summaries`, each with its order as plain JSON or the error that it came to; None
        where the order is not wanted.

        A part of the list is read ahead of the orders in it, so that reading goes on whatever the caller does.

        :param choose: gives the increment ids of the orders that are wanted among some rows; called in the thread that
            takes the records, when it does
        :raises MagentoError: what concerns the whole connection.
        """
        rows = self.order_summaries(
            created_from=created_from, updated_from=updated_from, also_above=also_above, after_id=after_id
        )
        return Reader(self._order_batches(rows, choose))

    def _order_batches(
        self, rows: Iterator[OrderSummary | BadRow], choose: Callable[[list[OrderSummary | BadRow]], Collection[str]]
    ) -> Iterator[list[OrderRow] | Question[Any]]:
        rest: Iterator[list[OrderRow]] = iter(())
        try:
            for part in filter(None, _parts(rows)):
                question = Question(partial(choose, part))
                yield question
                yield from rest
                rest = self._filled(part, question.answer())
                yield from islice(rest, 1)  # the caller has something to do while the list goes on
        except MagentoError:
            yield from rest  # what the list has told until then
            raise
        yield from rest

    def _filled(self, rows: list[OrderSummary | BadRow], wanted: Collection[str]) -> Iterator[list[OrderRow]]:
        """Rows of the list with the payloads of those that are wanted, in batches."""
        numbers = [row.increment_id for row in without_odd(rows) if row.increment_id in wanted]
        rest = iter(rows)
        for pairs in self._in_batches("order", self._payloads, list(dict.fromkeys(numbers))):
            answers, batch = dict(pairs), []
            while answers:
                row = next(rest)
                batch.append((row, None if isinstance(row, BadRow) else answers.pop(row.increment_id, None)))
            yield batch
        yield [(row, None) for row in rest]

    def countries(self) -> list[Country]:
        """All countries."""
        return each(self._call("directory_country.list"), "directory_country.list", parse.country)

    def regions(self, country_id: str) -> list[Region]:
        """The regions of a country that Magento knows; mostly none.

        :raises NotFound: there is no such country.
        """
        return each(self._call("directory_region.list", country_id), "directory_region.list", parse.region)

    def _payloads(self, increment_ids: Sequence[str]) -> list[Payload | MagentoError]:
        """The payloads of a batch, cleaned of secrets."""
        calls = [("sales_order.info", (number,)) for number in increment_ids]
        answers = self._connection.call_many(calls)
        listed = self._list_rows(increment_ids) if self.protocol.startswith("soap_v2") else {}
        return [_payload(answer, listed.get(number)) for number, answer in zip(increment_ids, answers, strict=True)]

    def _list_rows(self, increment_ids: Sequence[str]) -> dict[str, Row]:
        """Rows of ``sales_order.list``: over SOAP v2 they have a coupon, shipping tax and more that ``info`` lacks.

        Not having them is no reason to fail: what lacks is named on the order.
        """
        try:
            found = self._rows_by("sales_order.list", "increment_id", increment_ids, {})
        except MagentoError:
            return {}
        return {str(row.get("increment_id")): row for row in found if isinstance(row, dict)}


def _parts(rows: Iterator[T]) -> Iterator[list[T]]:
    """A list in parts: a few rows first, so that the caller soon has something to do; what was read before an error
    comes before it.
    """
    part: list[T] = []
    size = BATCH
    try:
        for row in rows:
            part.append(row)
            if len(part) == size:
                yield part
                part, size = [], WINDOW
    except MagentoError:
        yield part
        raise
    yield part


def _payload(answer: Any, row: Row | None) -> Payload | MagentoError:
    if isinstance(answer, MagentoError):
        return answer
    if not isinstance(answer, dict):
        return NotUnderstood(f"Magento answered sales_order.info with {shown(answer)}, a struct was expected")
    payload: Payload = clean({**(row or {}), **answer})
    return payload
