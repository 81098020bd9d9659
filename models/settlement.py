"""What an order's lines must come to, to the cent: Magento's amounts, sorted into the lines of a sale order.

Pure arithmetic on a ``magento_api`` order, in the order's currency; nothing is recomputed from prices and rates. The
formulas held on every order recorded from a real store: ``net = row_total - discount_amount + hidden_tax_amount`` for a
line, ``shipping_amount - shipping_discount_amount + shipping_hidden_tax_amount`` for the shipping.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ..magento_api.records import Order, OrderItem

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class SettledLine:
    """One line of the sale order: ``net`` and ``tax`` are its amounts, whatever ``price`` and ``quantity`` multiply to.

    ``kind``: item, component (delivered, its money is on another line), shipping, fpt or unexplained. ``rate`` is in
    percent, None when Magento does not say it and it has to be found among the rates in use.
    """

    kind: str
    net: Decimal
    tax: Decimal = ZERO
    rate: Decimal | None = ZERO
    quantity: Decimal = Decimal(1)
    price: Decimal = ZERO
    item: OrderItem | None = None
    product_item: OrderItem | None = None


@dataclass
class Settlement:
    """The lines of an order and what they leave open: ``leftovers`` names each of Magento's parts that no line
    explains.
    """

    lines: list[SettledLine]
    net: Decimal
    tax: Decimal
    total: Decimal
    leftovers: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def unexplained(self) -> Decimal:
        """What is missing from the lines to reach Magento's grand total."""
        return self.total - self.net - self.tax

    def add_unexplained(self) -> SettledLine:
        """Put what is unexplained into a line of its own; afterwards the lines come to the grand total."""
        line = SettledLine("unexplained", net=self.unexplained, price=self.unexplained)
        self.lines.append(line)
        self.net += line.net
        return line


def settle(order: Order) -> Settlement:
    """Sort the amounts of ``order`` into lines and check Magento's parts one by one."""
    lines, carriers = _item_lines(order)
    if order.shipping_amount or order.shipping_tax_amount:
        lines.append(_shipping_line(order))
    tax_open = order.tax_amount - sum((line.tax for line in lines), ZERO)
    subtotal_open = order.subtotal - sum((item.row_total for item in carriers), ZERO)
    product_tax = sum((item.weee_row_amount for item in carriers), ZERO)
    if product_tax and product_tax in (tax_open, subtotal_open):
        lines.append(SettledLine("fpt", net=product_tax, price=product_tax))
        if product_tax == subtotal_open:
            subtotal_open = ZERO
        else:
            tax_open = ZERO
    leftovers = [
        ("subtotal", subtotal_open),
        ("discount", -order.discount_amount - order.shipping_discount_amount - _total(carriers, "discount_amount")),
        ("hidden tax", order.hidden_tax_amount - _total(carriers, "hidden_tax_amount")),
        ("tax", tax_open),
        ("grand total", order.grand_total - _sum_of_parts(order)),
    ]
    return Settlement(
        lines,
        net=sum((line.net for line in lines), ZERO),
        tax=sum((line.tax for line in lines), ZERO),
        total=order.grand_total,
        leftovers=[(part, amount) for part, amount in leftovers if amount],
    )


def simplest_rate(net: Decimal, tax: Decimal) -> Decimal:
    """The rate in percent with the fewest digits that makes ``tax`` out of ``net``, each of which is rounded to a cent.

    4.24 and 0.80 come from 19 %, not from the quotient, 18.8679 %.
    """
    if not net:
        return ZERO
    quotient = tax / net
    low, high = (
        sorted(((tax - CENT) / (net + CENT), (tax + CENT) / (net - CENT))) if abs(net) > CENT else (quotient, quotient)
    )
    for digits in range(4):
        rate = round(quotient * HUNDRED, digits)
        if low * HUNDRED <= rate <= high * HUNDRED:
            return Decimal(rate)
    return round(quotient * HUNDRED, 4)


def _item_lines(order: Order) -> tuple[list[SettledLine], list[OrderItem]]:
    children = defaultdict(list)
    for item in order.items:
        if item.parent_item_id:
            children[item.parent_item_id].append(item)
    lines, carriers = [], []
    for item in order.items:
        if item.parent_item_id:
            continue
        parts = children[item.item_id]
        if item.product_type == "bundle" and _carry_the_money(item, parts):
            lines.append(SettledLine("component", ZERO, quantity=item.qty_ordered, item=item, product_item=item))
            lines += [_money_line(part, part) for part in parts]
            carriers += parts
        elif item.product_type == "configurable" and len(parts) == 1:
            lines.append(_money_line(item, parts[0]))
            carriers.append(item)
        else:
            lines.append(_money_line(item, item))
            lines += [
                SettledLine("component", ZERO, quantity=part.qty_ordered, item=part, product_item=part)
                for part in parts
            ]
            carriers.append(item)
    return lines, carriers


def _carry_the_money(bundle: OrderItem, parts: list[OrderItem]) -> bool:
    """Whether the parts repeat the bundle's amounts (dynamic price); they know the rates, which the bundle does not."""
    return bool(bundle.row_total) and all(
        _total(parts, key) == getattr(bundle, key) for key in ("row_total", "tax_amount")
    )


def _money_line(item: OrderItem, product_item: OrderItem) -> SettledLine:
    net = item.row_total - item.discount_amount + item.hidden_tax_amount
    rate = item.tax_percent
    if item.tax_amount and not rate:
        rate = None
    return SettledLine("item", net, item.tax_amount, rate, item.qty_ordered, item.price, item, product_item)


def _shipping_line(order: Order) -> SettledLine:
    net = order.shipping_amount - order.shipping_discount_amount + order.shipping_hidden_tax_amount
    rate = None if order.shipping_tax_amount else ZERO
    return SettledLine("shipping", net, order.shipping_tax_amount, rate, price=order.shipping_amount)


def _sum_of_parts(order: Order) -> Decimal:
    return (
        order.subtotal
        + order.shipping_amount
        + order.tax_amount
        + order.discount_amount
        + order.hidden_tax_amount
        + order.shipping_hidden_tax_amount
    )


def _total(items: list[OrderItem], key: str) -> Decimal:
    return sum((getattr(item, key) for item in items), ZERO)
