"""The documents of many orders, read in a few requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import parse_documents
from .batches import Batches
from .client import Client
from .errors import MagentoError, NotUnderstood
from .filters import one_of
from .read import each
from .records import CreditMemo, CreditMemoSummary, Invoice, InvoiceSummary, Shipment

Summary = InvoiceSummary | CreditMemoSummary
Document = Invoice | CreditMemo | Shipment

RESOURCES = {
    "invoice": "sales_order_invoice",
    "credit_memo": "sales_order_creditmemo",
    "shipment": "sales_order_shipment",
}
AT_ONCE = 100
_SUMMARIES: dict[str, Callable[[Any], Summary]] = {
    "invoice": parse_documents.invoice_summary,
    "credit_memo": parse_documents.credit_memo_summary,
}
_DOCUMENTS: dict[str, Callable[[Any, str], Document]] = {
    "invoice": parse_documents.invoice,
    "credit_memo": parse_documents.credit_memo,
    "shipment": parse_documents.shipment,
}


def list_documents(client: Client, kind: str, order_ids: Sequence[int]) -> list[Summary]:
    """The documents of these orders, oldest first.

    :param kind: ``invoice`` or ``credit_memo``
    :raises MagentoError: the shop is in trouble, or does not allow it
    """
    method = f"{RESOURCES[kind]}.list"
    answer = client._call(method, {"order_id": one_of([str(number) for number in order_ids])})
    return sorted(each(answer, method, _SUMMARIES[kind]), key=document_id)


def shipment_numbers(client: Client, order_ids: Sequence[int]) -> dict[int, set[str]]:
    """The numbers of the shipments that each order has: a list names no order, so one is asked for of each.

    :raises MagentoError: the shop is in trouble, or does not allow it
    """
    method = f"{RESOURCES['shipment']}.list"

    def fetch(keys: Sequence[int]) -> list[Any | MagentoError]:
        return client._connection.call_many([(method, ({"order_id": str(key)},)) for key in keys])

    found: dict[int, set[str]] = {}
    for batch in Batches(fetch, AT_ONCE).run(order_ids):
        for key, answer in batch:
            if isinstance(answer, MagentoError):
                raise answer
            found[key] = {row.increment_id for row in each(answer, method, parse_documents.shipment_summary)}
    return found


def read_documents(client: Client, kind: str, numbers: Sequence[str]) -> dict[str, Document | MagentoError]:
    """Documents by number, in full; the error of one stands in its place."""
    if not numbers:
        return {}
    answers = client._connection.call_many([(f"{RESOURCES[kind]}.info", (number,)) for number in numbers])
    return {number: _document(kind, answer, number) for number, answer in zip(numbers, answers, strict=True)}


def document_id(summary: Summary) -> int:
    """Magento's own id of a document."""
    return summary.invoice_id if isinstance(summary, InvoiceSummary) else summary.creditmemo_id


def _document(kind: str, answer: Any, number: str) -> Document | MagentoError:
    if isinstance(answer, MagentoError):
        return answer
    try:
        return _DOCUMENTS[kind](answer, number)
    except NotUnderstood as error:
        return error
