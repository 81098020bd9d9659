from decimal import Decimal

from odoo import Command, models

from ...magento_api.records import CreditMemo
from ..sync.problem import Problem
from .amounts import ZERO, in_units, unit_of
from .document_settlement import settle_document
from .sale_order import QUIET
from .sale_order_line import exact_amounts


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
        :returns: the invoice; none where Odoo has invoiced all already, or where the document is of nothing
        :raises Problem: when the amounts do not add up
        """
        whole = self._magento_invoice_values()
        if not whole or self.state != "sale":
            return self.env["account.move"]
        if not document:
            return self._magento_post(whole, row)
        lines = self._magento_document_lines(document)
        if not lines["invoice_line_ids"]:
            return self.env["account.move"]
        return self._magento_post(self._prepare_invoice() | lines, row)

    def _magento_credit_note(self, row, document):
        """Post the credit note for a credit memo, and settle it with what is still to be paid.

        :returns: the credit note; none where the document is of nothing
        :raises Problem: when the amounts do not add up
        """
        values = self._prepare_invoice() | self._magento_document_lines(document)
        for amount, name in (
            (document.adjustment_positive, self.env._("Adjustment refund")),
            (-document.adjustment_negative, self.env._("Adjustment fee")),
        ):
            if amount:
                values["invoice_line_ids"].append(Command.create(self._magento_adjustment_values(name, amount)))
        if not values["invoice_line_ids"]:
            return self.env["account.move"]
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
        # the total of a document may have fractions that the order's has not
        if abs(Decimal(str(round(move.amount_total, 6))) - row.grand_total) >= unit_of(self.currency_id):
            raise Problem(
                "money",
                self.env._(
                    "Document %(number)s would come to %(odoo)s in Odoo but is %(magento)s in Magento. Please make "
                    "it by hand.",
                    number=row.increment_id,
                    odoo=move.currency_id.format(move.amount_total),
                    magento=f"{row.grand_total:f}",
                ),
            )
        move.action_post()
        return move

    def _magento_document_lines(self, document):
        """The lines of an invoice or credit note for the parts that ``document`` covers; none for one of nothing."""
        lines = {line.magento_item_id: line for line in self.order_line if line.magento_item_id}
        items = [item for item in document.items if item.qty and item.order_item_id in lines]
        is_credit = isinstance(document, CreditMemo)
        entries = [(item, lines[item.order_item_id]) for item in items]
        entries = [(item, line, line._magento_kept_quantity(item.qty, is_credit)) for item, line in entries]
        charged = [entry for entry in entries if entry[1]._magento_is_charged()]
        shipping_line, fpt_line = (self._magento_service_line(kind) for kind in ("shipping", "fpt"))
        amounts = settle_document(
            document,
            [item for item, _line, _quantity in charged],
            [line._magento_share_net(quantity, item.qty) for item, line, quantity in charged],
            Decimal(str(fpt_line.price_subtotal)),
            shipping_line._magento_share_tax_on,
            unit_of(self.currency_id),
        )
        found = iter(amounts.items)
        values = [
            line._magento_document_values(quantity, *(next(found) if line._magento_is_charged() else (ZERO, ZERO)))
            for _item, line, quantity in entries
        ]
        if shipping_line and any(amounts.shipping):
            values.append(shipping_line._magento_document_values(1.0, *amounts.shipping, own_price=True))
        if amounts.fpt:
            share = max(float(round(amounts.fpt / Decimal(str(fpt_line.price_subtotal)), 2)), 0.01)
            values.append(fpt_line._magento_document_values(share, amounts.fpt, ZERO, own_price=True))
        return {"invoice_line_ids": [Command.create(entry) for entry in values]}

    def _magento_service_line(self, kind):
        """The line of the order's shipping, or of its fixed product tax (``fpt``)."""
        product = self.env.ref(f"magento_connector.product_{kind}")
        return self.order_line.filtered(lambda line: line.product_id == product and not line.magento_item_id)[:1]


class SaleOrderLine(models.Model):
    """A line of one of Magento's documents."""

    _inherit = "sale.order.line"

    def _magento_document_values(self, quantity, net, tax, own_price=False):
        """Values of an invoice line over ``quantity`` that comes to ``net`` and ``tax``.

        :param own_price: whether the price is what net and quantity make of it, rather than the order's
        """
        self.ensure_one()
        currency = self.order_id.currency_id
        values = self._prepare_invoice_line(quantity=quantity)
        taxes = self._magento_share_tax(tax)
        if not taxes:
            return values | {"price_unit": float(net) / quantity, "discount": 0.0, "extra_tax_data": False}
        price, discount = self.price_unit, self.discount
        if own_price:
            included = any(entry.price_include for entry, _amount in taxes)
            price, discount = float(net + tax if included else net) / quantity, 0.0
        data = exact_amounts(net, taxes, currency, quantity, price, discount)
        return values | {"price_unit": price, "discount": discount, "extra_tax_data": data}

    def _magento_is_charged(self):
        """Whether the line carries money: a bundle whose parts carry it does not, nor does a part of another one."""
        return bool(self.price_unit or self.price_subtotal or self.price_tax)

    def _magento_share_tax_on(self, net):
        """The tax on a part of the line's net amount."""
        whole, currency = self.price_subtotal, self.order_id.currency_id
        return Decimal(str(currency.round(self.price_tax * float(net) / whole))) if whole else ZERO

    def _magento_share_tax(self, tax):
        """Share ``tax`` out among the line's taxes as the order does, the last one taking what is left."""
        _net, taxes = self._magento_amounts()
        weights = [Decimal(str(amount)) for _entry, amount in taxes]
        total, unit = sum(weights, ZERO), unit_of(self.order_id.currency_id)
        shares = [tax * weight / total if total else ZERO for weight in weights]
        return list(zip((entry for entry, _amount in taxes), in_units(shares, tax, unit), strict=True))

    def _magento_share_net(self, quantity, magento_quantity):
        """The part of the line's net amount that ``quantity`` has, which is ``magento_quantity`` in Magento; the last
        part takes what is left.
        """
        net, currency = self.price_subtotal, self.order_id.currency_id
        invoiced, invoiced_net, _taxes = self._magento_invoiced()
        whole = self.magento_quantity if self._magento_is_rounded() else self.product_uom_qty
        if not self.product_uom_id.compare(invoiced + quantity, self.product_uom_qty):
            share = net - invoiced_net
        else:
            share = net * float(magento_quantity) / whole if whole else 0.0
        return Decimal(str(currency.round(share)))
