from decimal import ROUND_HALF_UP, Decimal

from odoo import Command, fields, models

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
TAX_KEYS = ("tax_amount_currency", "tax_amount", "base_amount_currency", "base_amount")


class SaleOrderLine(models.Model):
    """What Magento adds to a sale order line: its item, and its amounts when it is invoiced in parts."""

    _inherit = "sale.order.line"

    magento_item_id = fields.Integer("Magento Item", readonly=True, copy=False, index="btree_not_null")

    def _prepare_invoice_line(self, **optional_values):
        """An invoice for a part of the quantity carries its share of Magento's amounts, the last part what is left.

        Odoo takes the amounts in ``extra_tax_data`` only for the whole quantity (account.tax,
        ``_import_base_line_extra_tax_data``), and computes a part from price and rate, which can miss by cents.
        """
        values = super()._prepare_invoice_line(**optional_values)
        if not self.order_id.magento_number or self.display_type or self.is_downpayment:
            return values
        quantity = values["quantity"]
        rounding = self.product_uom_id or self.product_id.uom_id
        if not rounding.compare(quantity, self.product_uom_qty) and not self._magento_invoiced()[0]:
            return values
        return values | self._magento_part(quantity)

    def _magento_part(self, quantity):
        """Price and amounts of an invoice line over ``quantity`` of this line."""
        currency = self.order_id.currency_id
        net, taxes = self._magento_amounts()
        invoiced_quantity, invoiced_net, invoiced_taxes = self._magento_invoiced()
        whole = self.product_uom_qty
        is_last = not self.product_uom_id.compare(invoiced_quantity + quantity, whole)

        def part_of(total, invoiced):
            return currency.round(total - invoiced if is_last else total * quantity / whole if whole else 0.0)

        part_net = part_of(net, invoiced_net)
        part_taxes = [(tax, Decimal(str(part_of(amount, invoiced_taxes.get(tax.id, 0.0))))) for tax, amount in taxes]
        if not part_taxes:
            return {"price_unit": part_net / quantity if quantity else 0.0, "discount": 0.0, "extra_tax_data": False}
        return {
            "extra_tax_data": exact_amounts(
                Decimal(str(part_net)), part_taxes, currency, quantity, self.price_unit, self.discount
            )
        }

    def _magento_amounts(self):
        """Net amount of the whole line, and the amount of each tax."""
        data = (self.extra_tax_data or {}).get("manual_tax_amounts") or {}
        if not data:
            return self.price_subtotal, []
        return self.price_subtotal, [
            (tax, data[str(tax.id)]["tax_amount_currency"]) for tax in self.tax_ids if str(tax.id) in data
        ]

    def _magento_invoiced(self):
        """Quantity, net amount and taxes that invoices carry already, less what credit notes took back."""
        quantity, net, taxes = 0.0, 0.0, {}
        for line in self.invoice_lines:
            if line.move_id.state == "cancel":
                continue
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            quantity += sign * line.product_uom_id._compute_quantity(line.quantity, self.product_uom_id)
            net += sign * line.price_subtotal
            for tax_id, amount in _taxes_of_invoice_line(line).items():
                taxes[tax_id] = taxes.get(tax_id, 0.0) + sign * amount
        return quantity, net, taxes


def _taxes_of_invoice_line(line):
    """What each tax of an invoice line comes to, by tax id."""
    base_line = line.move_id._prepare_product_base_line_for_taxes_computation(line)
    company = line.company_id
    line.env["account.tax"]._add_tax_details_in_base_line(base_line, company)
    line.env["account.tax"]._round_base_lines_tax_details([base_line], company)
    sign = -1 if base_line["is_refund"] and line.quantity < 0 else 1
    return {data["tax"].id: sign * data["tax_amount_currency"] for data in base_line["tax_details"]["taxes_data"]}


def line_amounts(line, taxes, currency, quantity):
    """Values of a sale order line that make it come to Magento's amounts, to the cent.

    :param line: a ``SettledLine``
    :param quantity: what Odoo keeps of Magento's, as a Decimal
    :param taxes: list of ``(account.tax, Decimal amount)``
    :returns: price, discount, taxes, and ``extra_tax_data`` where there is a tax; without one, a price that multiplies
        to the net amount exactly
    """
    price = line.price
    if any(tax.price_include for tax, _amount in taxes):
        price = price * (1 + line.tax / line.net) if line.net else price
    discount = _discount(line)
    if not taxes:
        price = _exact_price(line, price, discount, quantity)
    values = {
        "product_uom_qty": float(quantity),
        "price_unit": float(price),
        # an automatic price would replace Magento's as soon as somebody changes the quantity (sale,
        # _compute_price_unit)
        "technical_price_unit": 0.0,
        "discount": float(discount),
        "tax_ids": [Command.set([tax.id for tax, _amount in taxes])],
    }
    if taxes:
        amounts = exact_amounts(line.net, taxes, currency, float(quantity), float(price), float(discount))
        values["extra_tax_data"] = amounts
    return values


def exact_amounts(net, taxes, currency, quantity, price, discount):
    """Amounts that Odoo's tax engine takes instead of computing them (account.tax,
    ``_import_base_line_extra_tax_data``).

    They count as long as currency, price, discount and quantity of the line are those given here. A rate of 1 says that
    the amounts in company currency are still to be converted.
    """
    return {
        "currency_id": currency.id,
        "price_unit": price,
        "discount": discount,
        "quantity": quantity,
        "rate": 1.0,
        "manual_total_excluded_currency": float(net),
        "manual_total_excluded": float(net),
        "manual_tax_amounts": {
            str(tax.id): dict(zip(TAX_KEYS, (float(amount), float(amount), float(net), float(net)), strict=True))
            for tax, amount in taxes
        },
    }


def _discount(line):
    """The discount in percent, to two digits: what a person sees. It is 100 only where nothing is left: no price could
    bring back the cent that is.
    """
    gross = line.price * line.quantity
    if not 0 <= line.net < gross:
        return Decimal(0)
    percent = ((1 - line.net / gross) * HUNDRED).quantize(CENT, ROUND_HALF_UP)
    return min(percent, HUNDRED - CENT) if line.net else percent


def _exact_price(line, price, discount, quantity):
    """The price that, with quantity and discount, multiplies to the net amount: Magento's, but for fractions of a cent.

    Odoo keeps prices unrounded, and sums lines up before it rounds them where the company rounds globally.
    """
    divisor = quantity * (1 - discount / HUNDRED)
    return line.net / divisor if divisor else price
