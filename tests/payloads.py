"""Orders that no recorded store has: payloads made of a recorded one and amounts of the test's own."""

import copy
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(value):
    """Magento's rounding: half up, to two digits."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def text(value):
    """A decimal as Magento's API writes it."""
    return f"{value:.4f}"


def make_payload(template, number, lines, shipping=None, **order):
    """An order with ``lines`` and amounts that add up as Magento's do.

    :param template: a recorded payload, whose addresses, customer and payment are kept
    :param lines: dicts with ``sku``, ``qty``, ``price``, ``discount`` and ``rate``; further keys go into the item
    :param shipping: ``(amount, tax)``
    :param order: further keys of the order
    """
    payload = copy.deepcopy(template)
    items = [_item(template["items"][0], position, line) for position, line in enumerate(lines, start=1)]
    shipping_amount, shipping_tax = shipping or (Decimal(0), Decimal(0))
    subtotal = sum(Decimal(item["row_total"]) for item in items)
    tax = sum((Decimal(item["tax_amount"]) for item in items), shipping_tax)
    discount = sum(Decimal(item["discount_amount"]) for item in items)
    payload |= {
        "increment_id": number,
        "order_id": int(number),
        "items": items,
        "subtotal": text(subtotal),
        "discount_amount": text(-discount),
        "shipping_amount": text(shipping_amount),
        "shipping_tax_amount": text(shipping_tax),
        "shipping_discount_amount": "0.0000",
        "shipping_hidden_tax_amount": "0.0000",
        "hidden_tax_amount": "0.0000",
        "tax_amount": text(tax),
        "grand_total": text(subtotal - discount + shipping_amount + tax),
    }
    return payload | order


def _item(template, position, line):
    line = dict(line)
    quantity, price = Decimal(line.pop("qty")), Decimal(line.pop("price"))
    discount, rate = cents(line.pop("discount", 0)), Decimal(line.pop("rate", 0))
    row_total = cents(quantity * price)
    tax = cents((row_total - discount) * rate / 100)
    return (
        template
        | {
            "item_id": position,
            "parent_item_id": None,
            "product_id": None,
            "product_type": "simple",
            "name": f"Product {line['sku']}",
            "qty_ordered": text(quantity),
            "price": text(price),
            "row_total": text(row_total),
            "discount_amount": text(discount),
            "discount_percent": "0.0000",
            "tax_percent": text(rate),
            "tax_amount": text(tax),
            "hidden_tax_amount": "0.0000",
            "weee_tax_applied_row_amount": "0.0000",
        }
        | line
    )
