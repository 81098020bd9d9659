"""What an order's lines must come to, to the cent: Magento's amounts, sorted into the lines of a sale order.

Pure arithmetic on a ``magento_api`` order, in the order's currency; nothing is recomputed from prices and rates.
Magento calculates in cents, whatever the currency; Odoo keeps amounts in the currency's own ``unit``: 0.01, of yen 1,
of Kuwaiti dinars 0.001. The formulas held on every order recorded from real stores: ``net = row_total -
discount_amount + hidden_tax_amount`` for a line, ``shipping_amount - shipping_discount_amount +
shipping_hidden_tax_amount`` for the shipping.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ...magento_api.records import Order, OrderItem
from .amounts import CENT, ZERO, in_units, round_to

HUNDRED = Decimal(100)
HALF_CENT = CENT / 2


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
    explains, ``too_fine`` is a total of Magento that the currency's ``unit`` cannot hold.
    """

    lines: list[SettledLine]
    net: Decimal
    tax: Decimal
    total: Decimal
    leftovers: list[tuple[str, Decimal]] = field(default_factory=list)
    too_fine: Decimal | None = None

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


def settle(order: Order, unit: Decimal = CENT) -> Settlement:
    """Sort the amounts of ``order`` into lines and check Magento's parts one by one.

    :param unit: the smallest amount of the order's currency in Odoo; the lines are whole multiples of it
    """
    lines, carriers = _item_lines(order)
    if order.shipping_amount or order.shipping_tax_amount:
        lines.append(_shipping_line(order))
    open_parts = {
        "subtotal": order.subtotal - _total(carriers, "row_total"),
        "discount": -order.discount_amount - order.shipping_discount_amount - _total(carriers, "discount_amount"),
        "hidden tax": order.hidden_tax_amount - _total(carriers, "hidden_tax_amount"),
        "tax": order.tax_amount - sum((line.tax for line in lines), ZERO),
        "grand total": order.grand_total - _sum_of_parts(order),
    }
    product_tax = _product_tax_charged(order, open_parts, carriers)
    if product_tax:
        lines.append(SettledLine("fpt", net=product_tax, price=product_tax))
    slack = _slack(order, carriers)
    leftovers = [(part, amount) for part, amount in open_parts.items() if abs(amount) > slack]
    total, tax = (round_to(amount, min(unit, CENT)) for amount in (order.grand_total, order.tax_amount))
    too_fine = next((amount for amount in (total, tax) if amount % unit), None)
    if too_fine is None:
        fractions = ZERO if leftovers else slack * len(open_parts)
        lines = _in_units(lines, total, ZERO if leftovers else open_parts["tax"], fractions, unit)
    return Settlement(
        lines,
        net=sum((line.net for line in lines), ZERO),
        tax=sum((line.tax for line in lines), ZERO),
        total=total,
        leftovers=leftovers,
        too_fine=too_fine,
    )


def simplest_rate(net: Decimal, tax: Decimal, unit: Decimal = CENT) -> Decimal:
    """The rate in percent with the fewest digits that makes ``tax`` out of ``net``, each of which is rounded to a unit.

    4.24 and 0.80 come from 19 %, not from the quotient, 18.8679 %.
    """
    if abs(net) < unit:
        return ZERO
    quotient = tax / net
    low, high = (
        sorted(((tax - unit) / (net + unit), (tax + unit) / (net - unit))) if abs(net) > unit else (quotient, quotient)
    )
    for digits in range(4):
        rate = round_to(quotient * HUNDRED, Decimal(10) ** -digits)
        if low * HUNDRED <= rate <= high * HUNDRED:
            return rate
    return round_to(quotient * HUNDRED, Decimal("0.0001"))


def _product_tax_charged(order: Order, open_parts: dict[str, Decimal], carriers: list[OrderItem]) -> Decimal:
    """What fixed product tax (FPT) comes to in the totals; it is taken out of the part that has it.

    The shop's settings put it into the subtotal or into the tax. It is not the sum of the items' FPT: that is not
    rounded in a currency other than the base currency; a discount on FPT lowers the tax that has it, by an amount that
    no item tells, and of bundles twice; in the subtotal, a bundle's discount on FPT is in the order's discount only.
    """
    items = [item for item in carriers if item.weee_row_amount]
    whole = _total(items, "weee_row_amount")
    exact = not _is_converted(order) and not whole % CENT
    rounding = ZERO if exact else _rounding(order) * _total(items, "qty_ordered")
    if not items:
        return ZERO
    if abs(open_parts["subtotal"] - whole) <= rounding:
        charged, open_parts["subtotal"] = open_parts["subtotal"], ZERO
        if ZERO < open_parts["discount"] <= charged:
            charged, open_parts["discount"] = charged - open_parts["discount"], ZERO
        return charged
    if ZERO < open_parts["tax"] <= whole + rounding:
        charged, open_parts["tax"] = open_parts["tax"], ZERO
        return charged
    return ZERO


def _slack(order: Order, carriers: list[OrderItem]) -> Decimal:
    """How much the parts may differ from the items: half a cent for each amount with fractions of a cent.

    Magento rounds its totals, but not the rows of quantities with decimals, nor a discount on the shipping.
    """
    keys = ("row_total", "discount_amount", "hidden_tax_amount", "tax_amount")
    amounts = [getattr(item, key) for item in carriers for key in keys]
    amounts += [order.shipping_discount_amount, order.shipping_hidden_tax_amount]
    return _rounding(order) * sum(1 for amount in amounts if amount % CENT)


def _rounding(order: Order) -> Decimal:
    """How far an amount may be off by rounding: half a cent, and where the order is in another currency than the shop
    counts in, what the amount in that one was rounded by, too.

    387.635 became 387.64, so that 420.0625 became 420.07 (order 100000086-1 of a store with OpenMage 20.18).
    """
    return HALF_CENT * (1 + max(order.base_to_order_rate, ZERO)) if _is_converted(order) else HALF_CENT


def _is_converted(order: Order) -> bool:
    return order.order_currency_code != order.base_currency_code


def _in_units(
    lines: list[SettledLine], total: Decimal, open_tax: Decimal, fractions: Decimal, unit: Decimal
) -> list[SettledLine]:
    """Lines in whole units that make ``total``, if ``fractions`` are what keeps them from it, and the order's tax."""
    nets, taxes = [line.net for line in lines], [line.tax for line in lines]
    tax = round_to(sum(taxes, open_tax), unit)
    net = total - tax
    if abs(net - sum(nets, ZERO)) > fractions:
        net = round_to(sum(nets, ZERO), unit)
    return [
        replace(line, net=net, tax=tax)
        for line, net, tax in zip(lines, in_units(nets, net, unit), in_units(taxes, tax, unit), strict=True)
    ]


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
