from decimal import Decimal

from odoo import Command, models

from .order_problem import OrderProblem
from .sale_order import QUIET
from .sale_order_line import exact_amounts

ZERO = Decimal(0)
CENT = Decimal("0.01")


class SaleOrder(models.Model):
    """Invoices and credit notes that carry the amounts of Magento's own documents."""

    _inherit = "sale.order"

    def _magento_latest(self, move_type):
        """The latest posted invoice or credit note."""
        moves = self.invoice_ids.filtered(lambda move: move.move_type == move_type and move.state == "posted")
        return moves.sorted("id")[-1:]

    def _magento_invoice_part(self, row, document):
        """Post the invoice for a part of the order, with the amounts of Magento's invoice.

        :param row: its row in Magento's list
        :param document: the document in full, or None for all that is left
        :returns: the invoice; none where Odoo has invoiced all already
        :raises OrderProblem: when the amounts do not add up
        """
        whole = self._magento_invoice_values()
        if not whole or self.state != "sale":
            return self.env["account.move"]
        if not document:
            return self._magento_post(whole, row)
        return self._magento_post(self._prepare_invoice() | self._magento_document_lines(document), row)

    def _magento_credit_note(self, row, document):
        """Post the credit note for a credit memo, and settle it with what is still to be paid.

        :raises OrderProblem: when the amounts do not add up
        """
        values = self._prepare_invoice() | self._magento_document_lines(document)
        for amount, name in (
            (document.adjustment_positive, self.env._("Adjustment refund")),
            (-document.adjustment_negative, self.env._("Adjustment fee")),
        ):
            if amount:
                values["invoice_line_ids"].append(Command.create(self._magento_adjustment_values(name, amount)))
        invoice = self._magento_latest("out_invoice")
        move = self._magento_post(values | {"move_type": "out_refund", "reversed_entry_id": invoice.id}, row)
        open_lines = (self.invoice_ids | move).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
                and line.parent_state == "posted"
            )
        )
        if open_lines.filtered("debit") and open_lines.filtered("credit"):
            open_lines.reconcile()
        return move

    def _magento_adjustment_values(self, name, amount):
        product = self.env.ref("magento_connector.product_adjustment")
        return {
            "product_id": product.id,
            "name": name,
            "quantity": 1,
            "price_unit": float(amount),
            "tax_ids": [Command.clear()],
        }

    def _magento_post(self, values, row):
        """Create and post a document, and check that it comes to Magento's total."""
        values |= {"ref": row.increment_id, "invoice_date": row.created_at.date() if row.created_at else False}
        move = self.env["account.move"].with_context(**QUIET, magento_rules=True).create(values)
        if self.currency_id.compare_amounts(move.amount_total, float(row.grand_total)):
            raise OrderProblem(
                "money",
                self.env._(
                    "Document %(number)s would come to %(odoo).2f in Odoo but is %(magento).2f in Magento. Please make "
                    "it by hand.",
                    number=row.increment_id,
                    odoo=move.amount_total,
                    magento=row.grand_total,
                ),
            )
        move.action_post()
        return move

    def _magento_document_lines(self, document):
        """The lines of an invoice or credit note for the parts that ``document`` covers."""
        lines = {line.magento_item_id: line for line in self.order_line if line.magento_item_id}
        entries = [
            (lines[item.order_item_id], item) for item in document.items if item.qty and item.order_item_id in lines
        ]
        product = self.env.ref("magento_connector.product_shipping")
        shipping_line = self.order_line.filtered(lambda line: line.product_id == product and not line.magento_item_id)
        nets = [_net_of(line, item, document) for line, item in entries]
        shipping, shipping_tax = _shipping_of(document, entries, nets)
        fpt = self.env.ref("magento_connector.product_fpt")
        fpt_line = self.order_line.filtered(lambda line: line.product_id == fpt)
        if fpt_line and _is_bare(document):  # its tax may have the fixed product tax in it
            shipping_tax = shipping_line[:1]._magento_share_tax_on(shipping)
        values = [
            line._magento_document_values(item.qty, net, item.tax_amount)
            for (line, item), net in zip(entries, nets, strict=True)
        ]
        if shipping_line and (shipping or shipping_tax):
            values.append(shipping_line[:1]._magento_document_values(Decimal(1), shipping, shipping_tax, True))
        pairs = zip(entries, nets, strict=True)
        charged = sum((net + item.tax_amount for (line, item), net in pairs if line.price_subtotal), ZERO)
        values += fpt_line[:1]._magento_fpt_values(document, charged + shipping + shipping_tax)
        return {"invoice_line_ids": [Command.create(entry) for entry in values]}


class SaleOrderLine(models.Model):
    """A line of one of Magento's documents."""

    _inherit = "sale.order.line"

    def _magento_document_values(self, quantity, net, tax, own_price=False):
        """Values of an invoice line over ``quantity`` that comes to ``net`` and ``tax``.

        :param own_price: whether the price is what net and quantity make of it, rather than the order's
        """
        self.ensure_one()
        currency = self.order_id.currency_id
        if not self.price_subtotal and not own_price:  # a bundle whose parts carry the money, or a part of one
            net = tax = ZERO
        values = self._prepare_invoice_line(quantity=float(quantity))
        taxes = self._magento_share_tax(tax)
        if not taxes:
            return values | {"price_unit": float(net / quantity), "discount": 0.0, "extra_tax_data": False}
        price, discount = self.price_unit, self.discount
        if own_price:
            included = any(entry.price_include for entry, _amount in taxes)
            price, discount = float((net + tax if included else net) / quantity), 0.0
        data = exact_amounts(net, taxes, currency, float(quantity), price, discount)
        return values | {"price_unit": price, "discount": discount, "extra_tax_data": data}

    def _magento_fpt_values(self, document, charged):
        """Values for the fixed product tax, which no item of a document tells in its own amount: what the total has
        beyond everything else, as far as the order has that much of it.

        :param charged: what the document's other lines come to
        :returns: list of one, or of none
        """
        whole = Decimal(str(self.price_subtotal))
        adjustment = getattr(document, "adjustment_positive", ZERO) - getattr(document, "adjustment_negative", ZERO)
        amount = document.grand_total - adjustment - charged
        if not ZERO < amount <= whole:
            return []
        share = max(round(amount / whole, 2), CENT)
        return [self._magento_document_values(share, amount, ZERO, own_price=True)]

    def _magento_share_tax_on(self, net):
        """The tax on a part of the line's net amount."""
        whole, currency = self.price_subtotal, self.order_id.currency_id
        return Decimal(str(currency.round(self.price_tax * float(net) / whole))) if whole else ZERO

    def _magento_share_tax(self, tax):
        """Share ``tax`` out among the line's taxes as the order does, the last one taking what is left."""
        _net, taxes = self._magento_amounts()
        total = sum((Decimal(str(amount)) for _entry, amount in taxes), ZERO)
        shares, left = [], tax
        for entry, amount in taxes[:-1]:
            share = round(tax * Decimal(str(amount)) / total, 2) if total else ZERO
            shares.append((entry, share))
            left -= share
        return shares + [(entry, left) for entry, _amount in taxes[-1:]]

    def _magento_share_net(self, quantity):
        """The part of the line's net amount that ``quantity`` has; the last part takes what is left."""
        net, currency = self.price_subtotal, self.order_id.currency_id
        invoiced, invoiced_net, _taxes = self._magento_invoiced()
        if not self.product_uom_id.compare(invoiced + float(quantity), self.product_uom_qty):
            share = net - invoiced_net
        else:
            share = net * float(quantity) / self.product_uom_qty if self.product_uom_qty else 0.0
        return Decimal(str(currency.round(share)))


def _is_bare(document):
    """Whether the document came over SOAP v2, which says neither the items' discounts nor the tax on shipping."""
    return document.shipping_tax_amount is None and all(item.discount_amount is None for item in document.items)


def _net_of(line, item, document):
    if document.discount_amount and _is_bare(document):
        return line._magento_share_net(item.qty)
    return item.row_total - (item.discount_amount or ZERO) + (item.hidden_tax_amount or ZERO)


def _shipping_of(document, entries, nets):
    """Net amount of and tax on the document's shipping.

    Over SOAP v2 they are what the totals have beyond the items; where there is no shipping, the cents that sharing out
    a discount left go onto the largest of ``nets``.
    """
    if not _is_bare(document):
        # of the document's discount, which is negative on some of Magento's documents, what the items do not have
        discounts = sum((item.discount_amount or ZERO for item in document.items), ZERO)
        discount = max(abs(document.discount_amount) - discounts, ZERO) if document.shipping_amount else ZERO
        net = document.shipping_amount - discount + (document.shipping_hidden_tax_amount or ZERO)
        return net, document.shipping_tax_amount or ZERO
    charged = [place for place, (line, _item) in enumerate(entries) if line.price_subtotal]
    tax = document.tax_amount - sum((entries[place][1].tax_amount for place in charged), ZERO)
    adjustment = getattr(document, "adjustment_positive", ZERO) - getattr(document, "adjustment_negative", ZERO)
    left = document.grand_total - adjustment - document.tax_amount - sum((nets[place] for place in charged), ZERO)
    slack = CENT * len(charged)
    if document.shipping_amount:
        return (left if -slack <= left <= document.shipping_amount + slack else document.shipping_amount), tax
    if charged and abs(left) <= slack:
        nets[max(charged, key=nets.__getitem__)] += left
    return ZERO, tax
