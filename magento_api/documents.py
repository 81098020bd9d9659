"""Invoices, shipments and credit memos: reading and making them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from . import parse_documents
from .base import Base, chunks, is_lost
from .batches import Batches
from .errors import BadRow, MagentoError, NotFound, NotUnderstood, Refused, Unreachable
from .faults import is_mismatch
from .filters import since
from .plain import plain_value
from .read import Fields, parsed, shown
from .records import (
    CreditMemo,
    CreditMemoSummary,
    Invoice,
    InvoiceSummary,
    NewDocument,
    NewTrack,
    OrderKey,
    Shipment,
    ShipmentSummary,
    Track,
)

T = TypeVar("T")
AT_ONCE = 25
_INVOICE, _SHIPMENT, _CREDIT_MEMO = "sales_order_invoice", "sales_order_shipment", "sales_order_creditmemo"
_PAID = 2
# Inside a multiCall these have no text, and leave open what was done.
_INTERNAL = ("0", "1")


class Documents(Base):
    """What follows an order. Documents are named by the numbers that people see (increment ids)."""

    def invoices(
        self, *, order_id: int | None = None, updated_from: datetime | None = None, after_id: int = 0
    ) -> Iterator[InvoiceSummary | BadRow]:
        """Invoices, ascending by id: of an order, updated at or after a time, or all."""
        yield from self._documents(
            _INVOICE, "invoice_id", parse_documents.invoice_summary, order_id, updated_from, after_id
        )

    def credit_memos(
        self, *, order_id: int | None = None, updated_from: datetime | None = None, after_id: int = 0
    ) -> Iterator[CreditMemoSummary | BadRow]:
        """Credit memos, ascending by id: of an order, updated at or after a time, or all."""
        yield from self._documents(
            _CREDIT_MEMO, "creditmemo_id", parse_documents.credit_memo_summary, order_id, updated_from, after_id
        )

    def shipments(self, order_id: int) -> list[ShipmentSummary]:
        """The shipments of an order."""
        rows = self._rows(f"{_SHIPMENT}.list", {"order_id": str(order_id)})
        return [parse_documents.shipment_summary(Fields(row, f"{_SHIPMENT}.list: ")) for row in rows]

    def invoice(self, increment_id: str) -> Invoice:
        """One invoice.

        :raises NotFound: it does not exist.
        """
        return parse_documents.invoice(self._call(f"{_INVOICE}.info", increment_id), increment_id)

    def shipment(self, increment_id: str) -> Shipment:
        """One shipment, with its tracking numbers.

        :raises NotFound: it does not exist.
        """
        return parse_documents.shipment(self._call(f"{_SHIPMENT}.info", increment_id), increment_id)

    def credit_memo(self, increment_id: str) -> CreditMemo:
        """One credit memo.

        :raises NotFound: it does not exist.
        """
        return parse_documents.credit_memo(self._call(f"{_CREDIT_MEMO}.info", increment_id), increment_id)

    def carriers(self, increment_id: str) -> dict[str, str]:
        """The carriers that take tracking numbers, by code, for an order.

        :raises NotFound: there is no such order.
        """
        answer = self._call(f"{_SHIPMENT}.getCarriers", increment_id)
        if isinstance(answer, list):
            fields = [Fields(row, f"{_SHIPMENT}.getCarriers: ") for row in answer]
            return {row.required_text("key"): row.text("value") or "" for row in fields}
        row = Fields(answer, f"{_SHIPMENT}.getCarriers: ")
        return {code: row.text(code) or "" for code in row.data}

    def create_invoice(self, new: NewDocument) -> str:
        """Invoice an order. Gives the number; of an offline payment method the invoice is paid at once.

        :raises Refused: there is nothing left to invoice, or not so much.
        """
        return self._create_one(_INVOICE, new, self._known(_INVOICE, [new])[0])

    def create_shipment(self, new: NewDocument) -> str:
        """Ship an order. Gives the number.

        :raises Refused: there is nothing left to ship, or not so much.
        """
        return self._create_one(_SHIPMENT, new, self._known(_SHIPMENT, [new])[0])

    def create_invoices(self, news: Iterable[NewDocument]) -> Iterator[tuple[NewDocument, str | MagentoError]]:
        """Many invoices, 25 in one multiCall where there is one; the error of one stands in its place.

        An error that is ``retryable`` leaves open whether it was made: look before a second try.
        """
        yield from self._create(_INVOICE, news)

    def create_shipments(self, news: Iterable[NewDocument]) -> Iterator[tuple[NewDocument, str | MagentoError]]:
        """Many shipments, as :meth:`create_invoices`."""
        yield from self._create(_SHIPMENT, news)

    def capture_invoice(self, increment_id: str) -> None:
        """Take the money of an invoice by its online payment method; a lost answer is looked for in the invoice.

        :raises Refused: its method cannot do that, or it is paid already.
        """

        def done() -> bool | None:
            return True if self.invoice(increment_id).state == _PAID else None

        self._once(lambda: bool(self._write(f"{_INVOICE}.capture", increment_id)), done)

    def create_credit_memo(self, new: NewDocument, **amounts: Any) -> str:
        """Refund an order offline; the stock does not come back by it. Gives the number.

        :param amounts: ``shipping_amount``, ``adjustment_positive``, ``adjustment_negative``, in base currency.
        :raises Refused: there is not so much to refund.
        """
        data = {key: plain_value(value, key) for key, value in amounts.items()}
        if new.quantities is not None:
            data["qtys"] = _quantities(new)
        args = (new.order.increment_id, data or None, new.comment or "", int(new.notify), int(new.notify))
        return self._create_by(_CREDIT_MEMO, args, new.order, self._known(_CREDIT_MEMO, [new])[0])

    def add_track(self, new: NewTrack) -> int:
        """Add a tracking number to a shipment. Gives its id; a lost answer is looked for in the shipment.

        :raises Refused: there is no such carrier.
        """

        def write() -> int:
            method, args = _track_call(new)
            return _id(self._write(method, *args))

        return self._once(write, lambda: self._track_id(new))

    def add_tracks(self, news: Iterable[NewTrack]) -> Iterator[tuple[NewTrack, int | MagentoError]]:
        """Many tracking numbers, 25 in one multiCall where there is one; the error of one stands in its place."""
        for batch in chunks(news, AT_ONCE):
            answers = self._written([_track_call(new) for new in batch])
            for new, answer in zip(batch, answers, strict=True):
                made = parsed(answer, _id)
                if isinstance(made, MagentoError) and _is_open(made):
                    yield new, self._settled(made, partial(self._track_id, new), partial(self.add_track, new))
                else:
                    yield new, made

    def remove_track(self, shipment_increment_id: str, track_id: int) -> None:
        """Take a tracking number away again."""

        def gone() -> bool | None:
            tracks = self.shipment(shipment_increment_id).tracks
            return None if track_id in {track.track_id for track in tracks} else True

        args = (shipment_increment_id, str(track_id))
        self._once(lambda: bool(self._write(f"{_SHIPMENT}.removeTrack", *args)), gone)

    def _documents(self, kind: str, field: str, parse: Any, order_id: int | None, updated: Any, after: int) -> Any:
        extra: dict[str, Any] = since(updated_at=updated)
        if order_id is not None:
            extra["order_id"] = str(order_id)
        yield from self._walk(f"{kind}.list", field, parse, extra, after, bool(extra))

    def _create(self, kind: str, news: Iterable[NewDocument]) -> Iterator[tuple[NewDocument, str | MagentoError]]:
        for batch in chunks(news, AT_ONCE):
            known = self._known(kind, batch)
            calls = [(f"{kind}.create", _create_args(new)) for new in batch]
            answers = self._written(calls)
            for new, before, answer in zip(batch, known, answers, strict=True):
                made = parsed(answer, partial(_text, kind=kind))
                if isinstance(made, MagentoError) and _is_open(made):
                    yield new, self._found_or_settled(kind, new, before, made)
                else:
                    yield new, made

    def _written(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any | MagentoError]:
        """The answers of writes, sent once. What is lost is the error of each of them."""
        if self._connection.batches and len(calls) > 1:
            try:
                return self._connection.write_many(calls)
            except MagentoError as error:
                if not is_mismatch(error):
                    if not is_lost(error) and not error.splittable:
                        raise
                    return [error] * len(calls)
        return [self._one_written(method, args) for method, args in calls]

    def _one_written(self, method: str, args: Sequence[Any]) -> Any | MagentoError:
        try:
            return self._write(method, *args)
        except (NotFound, Refused) as error:
            return error
        except MagentoError as error:
            if not is_lost(error):
                raise
            return error

    def _found_or_settled(self, kind: str, new: NewDocument, before: set[str], error: MagentoError) -> Any:
        look = partial(self._new_number, kind, new.order, before)
        return self._settled(error, look, partial(self._create_one, kind, new, before))

    def _settled(self, error: MagentoError, look: Any, again: Any) -> Any:
        """What became of a write that ended in ``error``: what it made; or the text of the error, by trying it alone;
        or the error, where the shop may still be at it.
        """
        try:
            found = look()
            if found is not None:
                return found
            return error if isinstance(error, Unreachable) else again()
        except MagentoError as other:
            return error if is_lost(other) else other

    def _create_one(self, kind: str, new: NewDocument, before: set[str]) -> str:
        return self._create_by(kind, _create_args(new), new.order, before)

    def _create_by(self, kind: str, args: Sequence[Any], order: OrderKey, before: set[str]) -> str:
        def write() -> str:
            return _text(self._write(f"{kind}.create", *args), kind)

        return self._once(write, lambda: self._new_number(kind, order, before))

    def _new_number(self, kind: str, order: OrderKey, before: set[str]) -> str | None:
        """The number of the order's first document that was not there ``before``."""
        (numbers,) = self._known(kind, [NewDocument(order)])
        return min(numbers - before, default=None)

    def _known(self, kind: str, news: Sequence[NewDocument]) -> list[set[str]]:
        """The numbers of the documents that each order has; those that are not given are read, at once."""
        missing = [place for place, new in enumerate(news) if new.known is None]
        found = [set(new.known or ()) for new in news]

        def fetch(places: Sequence[int]) -> list[Any]:
            calls = [(f"{kind}.list", ({"order_id": str(news[place].order.order_id)},)) for place in places]
            return self._connection.call_many(calls)

        for batch in Batches(fetch, AT_ONCE).run(missing):
            for place, answer in batch:
                if isinstance(answer, MagentoError):
                    raise answer
                rows = [Fields(row, f"{kind}.list: ") for row in answer or ()]
                found[place] = {row.required_text("increment_id") for row in rows}
        return found

    def _track_id(self, new: NewTrack) -> int | None:
        tracks = self.shipment(new.shipment_increment_id).tracks
        return next((track.track_id for track in tracks if _is_of(track, new)), None)


def _is_of(track: Track, new: NewTrack) -> bool:
    return (track.carrier_code, track.number.strip()) == (new.carrier_code, new.number.strip())


def _is_open(error: MagentoError) -> bool:
    """Whether it is not known what became of a write."""
    return is_lost(error) or error.splittable or error.code in _INTERNAL


def _quantities(new: NewDocument) -> dict[str, Any]:
    return {str(number): plain_value(qty, "quantity") for number, qty in (new.quantities or {}).items()}


def _create_args(new: NewDocument) -> tuple[Any, ...]:
    quantities: Any = _quantities(new) or []
    flag = int(new.notify)
    if not quantities and new.comment is None and not new.notify:
        return (new.order.increment_id,)
    return (new.order.increment_id, quantities, new.comment or "", flag, flag)


def _track_call(new: NewTrack) -> tuple[str, tuple[Any, ...]]:
    return f"{_SHIPMENT}.addTrack", (new.shipment_increment_id, new.carrier_code, new.title, new.number)


def _text(answer: Any, kind: str) -> str:
    if isinstance(answer, str | int) and str(answer).strip():
        return str(answer).strip()
    raise NotUnderstood(f"Magento answered {kind}.create with {shown(answer)}, a number was expected")


def _id(answer: Any) -> int:
    if isinstance(answer, int | str) and str(answer).strip().isdigit():
        return int(answer)
    raise NotUnderstood(f"Magento answered {_SHIPMENT}.addTrack with {shown(answer)}, an id was expected")
