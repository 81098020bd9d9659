"""What the lines of an invoice or credit note must come to, to the cent: the amounts of Magento's document, sorted.

Pure arithmetic on a ``magento_api`` invoice or credit memo, in the order's currency, as :mod:`settlement` for orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...magento_api.records import CreditMemo, DocumentItem, Invoice
from .amounts import CENT, ZERO, in_units, round_to

Document = Invoice | CreditMemo
Amounts = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class DocumentAmounts:
    """Net amount and tax of each of the document's items and of its shipping, and its fixed product tax (FPT)."""

    items: list[Amounts]
    shipping: Amounts
    fpt: Decimal


def settle_document(
    document: Document,
    items: Sequence[DocumentItem],
    shares: Sequence[Decimal],
    fpt: Decimal,
    shipping_tax_on: Callable[[Decimal], Decimal],
    unit: Decimal = CENT,
) -> DocumentAmounts:
    """Sort the amounts of ``document``. Fractions go where rounding takes most, so that all comes to its total.

    :param items: those whose lines in the order carry money
    :param shares: what their quantities have of the net amounts of these lines; they count where there is a discount
        and the document does not say whose (SOAP v2)
    :param fpt: what the order has of it; no item of a document tells it in its own amount
    :param shipping_tax_on: the order's tax on a net amount of its shipping
    :param unit: the smallest amount of the currency in Odoo
    """
    is_shared = is_bare(document) and bool(document.discount_amount)
    nets = list(shares) if is_shared else [_net(item) for item in items]
    taxes = [item.tax_amount for item in items]
    slack = _slack(document, items) + (CENT * len(items) if is_shared else ZERO)
    total = document.grand_total - adjustment_of(document)
    left = total - sum(nets, ZERO) - sum(taxes, ZERO)
    if is_bare(document):
        shipping = _shipping_left(document, taxes, left, slack, shipping_tax_on if fpt else None)
    else:
        shipping = _shipping_told(document, items)
    left -= sum(shipping, ZERO)
    charged = min(left, fpt) if left > slack else ZERO
    left -= charged
    open_tax = document.tax_amount - sum(taxes, shipping[1])
    if abs(open_tax) > slack:  # the fixed product tax is in the document's tax
        open_tax = ZERO
    nets, taxes = [*nets, shipping[0], charged], [*taxes, shipping[1], ZERO]
    tax = round_to(sum(taxes, open_tax), unit)
    net = round_to(total, unit) - tax if abs(left - open_tax) <= 2 * slack else round_to(sum(nets, ZERO), unit)
    *nets, shipping_net, charged = in_units(nets, net, unit)
    *taxes, shipping_tax, _no_tax = in_units(taxes, tax, unit)
    return DocumentAmounts(list(zip(nets, taxes, strict=True)), (shipping_net, shipping_tax), charged)


def is_bare(document: Document) -> bool:
    """Whether the document came over SOAP v2, which says neither the items' discounts nor the tax on shipping."""
    return document.shipping_tax_amount is None and all(item.discount_amount is None for item in document.items)


def adjustment_of(document: Document) -> Decimal:
    """What a credit memo gives back beside the items and the shipping, less what it keeps."""
    if isinstance(document, CreditMemo):
        return document.adjustment_positive - document.adjustment_negative
    return ZERO


def _net(item: DocumentItem) -> Decimal:
    return item.row_total - (item.discount_amount or ZERO) + (item.hidden_tax_amount or ZERO)


def _slack(document: Document, items: Sequence[DocumentItem]) -> Decimal:
    """How much the total may differ from its parts: as :func:`settlement._slack`, for each amount with fractions."""
    amounts = [amount for item in items for amount in (item.row_total, _net(item), item.tax_amount)]
    amounts += [document.grand_total, document.discount_amount]
    rate = abs(document.grand_total / document.base_grand_total) if document.base_grand_total else Decimal(1)
    return CENT / 2 * (1 + rate) * sum(1 for amount in amounts if amount % CENT)


def _shipping_told(document: Document, items: Sequence[DocumentItem]) -> Amounts:
    """The discount on it is what the items do not have of the document's, which is negative on some documents; so is
    the hidden tax, where the document (a credit memo) does not name it.
    """
    if not document.shipping_amount:
        return document.shipping_hidden_tax_amount or ZERO, document.shipping_tax_amount or ZERO
    discount = abs(document.discount_amount) - sum((item.discount_amount or ZERO for item in document.items), ZERO)
    hidden = document.shipping_hidden_tax_amount
    if hidden is None:
        hidden = (document.hidden_tax_amount or ZERO) - sum((item.hidden_tax_amount or ZERO for item in items), ZERO)
    return document.shipping_amount - max(discount, ZERO) + hidden, document.shipping_tax_amount or ZERO


def _shipping_left(
    document: Document,
    taxes: Sequence[Decimal],
    left: Decimal,
    slack: Decimal,
    tax_on: Callable[[Decimal], Decimal] | None,
) -> Amounts:
    """What the totals have beyond the items, of which ``left`` is in the document's total.

    :param tax_on: given where the document's tax may have fixed product tax in it, so that it does not tell
    """
    tax, net = document.tax_amount - sum(taxes, ZERO), ZERO
    if document.shipping_amount:
        net = left - tax
        if not -slack <= net <= document.shipping_amount + slack:
            net = document.shipping_amount
    return net, tax if tax_on is None else tax_on(net)
