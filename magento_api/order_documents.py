"""The documents of many orders, read in a few requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from . import parse_documents
from .base import Base
from .batches import Batches, in_chunks
from .errors import BadRow, MagentoError
from .filters import one_of
from .read import Fields, lenient, parsed, record, rows
from .records import CreditMemo, CreditMemoSummary, Invoice, InvoiceSummary, Shipment

K = TypeVar("K", int, str)
Summary = InvoiceSummary | CreditMemoSummary
Document = Invoice | CreditMemo | Shipment

RESOURCES = {
    "invoice": "sales_order_invoice",
    "credit_memo": "sales_order_creditmemo",
    "shipment": "sales_order_shipment",
}
AT_ONCE = 100
_SUMMARIES: dict[str, tuple[str, Callable[[Any], Summary]]] = {
    "invoice": ("invoice_id", parse_documents.invoice_summary),
    "credit_memo": ("creditmemo_id", parse_documents.credit_memo_summary),
}
_DOCUMENTS: dict[str, Callable[..., Document]] = {
    "invoice": parse_documents.invoice,
    "credit_memo": parse_documents.credit_memo,
    "shipment": parse_documents.shipment,
}


class OrderDocuments(Base):
    """What stands in the way of one order's documents stands in the place of those; what concerns the whole
    connection, or all of them, is raised.
    """

    def documents_of(self, kind: str, order_ids: Sequence[int]) -> dict[int, list[Summary] | MagentoError]:
        """The invoices or credit memos of each of these orders (Magento's own ids), oldest first.

        :param kind: ``invoice`` or ``credit_memo``
        """
        method, (field, parse) = f"{RESOURCES[kind]}.list", _SUMMARIES[kind]
        found: dict[int, list[Summary] | MagentoError] = {number: [] for number in order_ids}

        def fetch(ids: Sequence[str]) -> list[Any]:
            return self._list(method, {"order_id": one_of(ids)})

        for row in in_chunks([str(number) for number in order_ids], fetch, AT_ONCE):
            summary = record(row, method, field, parse)
            if isinstance(summary, BadRow):
                # one that does not tell its order may be anybody's
                own = lenient(Fields(row, "").id, "order_id") if isinstance(row, dict) else None
                found |= dict.fromkeys(found.keys() & {own} or found, summary)
            elif isinstance(mine := found.get(summary.order_id), list):
                mine.append(summary)
        return {number: sorted(one, key=document_id) if isinstance(one, list) else one for number, one in found.items()}

    def shipment_numbers(self, order_ids: Sequence[int]) -> dict[int, set[str] | MagentoError]:
        """The numbers of the shipments that each order has: a list names no order, so one is asked for of each."""
        method = f"{RESOURCES['shipment']}.list"

        def numbers(answer: Any) -> set[str]:
            fields = [Fields(row, f"{method}: ") for row in rows(answer, method)]
            return {row.required_text("increment_id") for row in fields}

        answers = self._each(method, {number: ({"order_id": str(number)},) for number in order_ids})
        return {number: parsed(answer, numbers) for number, answer in answers}

    def read_documents(self, kind: str, numbers: Sequence[str]) -> dict[str, Document | MagentoError]:
        """Documents by number, in full.

        :param kind: ``invoice``, ``credit_memo`` or ``shipment``
        """
        method, parse = f"{RESOURCES[kind]}.info", _DOCUMENTS[kind]
        answers = self._each(method, {number: (number,) for number in numbers})
        return {number: parsed(answer, partial(parse, number=number)) for number, answer in answers}

    def _each(self, method: str, arguments: Mapping[K, Sequence[Any]]) -> Iterator[tuple[K, Any | MagentoError]]:
        """The answers of a method for many arguments, in batches."""

        def fetch(keys: Sequence[K]) -> list[Any | MagentoError]:
            return self._connection.call_many([(method, arguments[key]) for key in keys])

        for batch in Batches(fetch, AT_ONCE).run(list(arguments)):
            yield from batch


def document_id(summary: Summary) -> int:
    """Magento's own id of a document."""
    return summary.invoice_id if isinstance(summary, InvoiceSummary) else summary.creditmemo_id
