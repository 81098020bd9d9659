"""What a real store's settings make of an order: fixed product tax (FPT), fractions of a cent, tax before discount.

``data/store_amounts.json`` holds the amounts of orders that an OpenMage store computed.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..magento_api import parse_order
from ..magento_api.parse_documents import credit_memo
from ..models.orders.amounts import in_units, round_to
from ..models.orders.document_settlement import settle_document
from ..models.orders.settlement import settle
from .common import MagentoCase

CASES = json.loads((Path(__file__).parent / "data" / "store_amounts.json").read_text(encoding="utf-8"))
TEMPLATE = "100000003"


class TestSettlement(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates(("5.5", "7", "7.25", "8.375", "9.125", "19", "20"))
        with cls.instance._client() as client:
            ((_number, cls.template),) = client.order_payloads([TEMPLATE])
        skus = sorted({item["sku"] for case in CASES for item in case["items"]})
        cls.env["product.product"].create(
            [{"name": sku, "default_code": sku, "type": "service", "invoice_policy": "order"} for sku in skus]
        )

    def payload(self, number, case):
        """A recorded order with the amounts of a case."""
        item = self.template["items"][0] | {"product_id": None}
        items = [item | {"name": amounts["sku"]} | amounts for amounts in case["items"]]
        return self.template | {"increment_id": number, "order_id": int(number)} | case["order"] | {"items": items}

    def test_every_line_has_whole_cents_and_nothing_is_left(self):
        for case in CASES:
            with self.subTest(case["case"]):
                settlement = settle(parse_order(self.payload("1", case)))
                self.assertEqual((settlement.leftovers, settlement.unexplained), ([], 0))
                amounts = [amount for line in settlement.lines for amount in (line.net, line.tax)]
                self.assertEqual(amounts, [round(amount, 2) for amount in amounts])

    def test_orders_invoices_and_credit_notes_are_exact(self):
        payloads = {str(700000000 + at): self.payload(str(700000000 + at), case) for at, case in enumerate(CASES, 1)}
        for number, payload in payloads.items():
            self.shop.set_payload(number, payload)
        rows = self.only(*payloads)
        self.assertEqual({row.increment_id: row.reason for row in rows if row.state != "imported"}, {})
        sale_orders = rows.sale_order_id
        sale_orders.action_confirm()
        invoices = sale_orders._create_invoices(grouped=True)
        invoices.action_post()
        for row in rows:
            invoice = invoices.filtered(lambda move, row=row: move.line_ids.sale_line_ids.order_id == row.sale_order_id)
            reversal = self.env["account.move.reversal"].create(
                {"move_ids": invoice.ids, "journal_id": invoice.journal_id.id, "reason": "test"}
            )
            reversal.reverse_moves()
            for record in (row.sale_order_id, invoice, invoice.reversal_move_ids):
                with self.subTest(record=record.display_name):
                    self.check(record, payloads[row.increment_id])

    def check(self, record, payload):
        """Magento's total and tax; FPT that Magento counts among the taxes is a line of its own."""
        lines = record.order_line if record._name == "sale.order" else record.invoice_line_ids
        fpt = sum(lines.filtered(lambda line: line.product_id.default_code == "MAGENTO-FPT").mapped("price_subtotal"))
        tax = Decimal(payload["tax_amount"])
        self.assertEqual(Decimal(str(round(record.amount_total, 2))), Decimal(payload["grand_total"]))
        self.assertIn(Decimal(str(round(record.amount_tax, 2))), (tax, tax - Decimal(str(round(fpt, 2)))))

    def test_fpt_that_is_too_much_is_not_explained(self):
        case = next(case for case in CASES if case["case"] == "FPT in the tax, with a discount on it")
        too_much = {key: str(Decimal(case["order"][key]) + 1) for key in ("tax_amount", "grand_total")}
        settlement = settle(parse_order(self.payload("1", case | {"order": case["order"] | too_much})))
        self.assertEqual(settlement.leftovers, [("tax", Decimal("7.31"))])

    def test_a_tax_before_discount_is_found_among_the_known_rates(self):
        case = next(case for case in CASES if case["case"] == "tax of a shipping that a coupon made free")
        self.shop.set_payload("700000100", self.payload("700000100", case))
        row = self.only("700000100")
        shipping = row.sale_order_id.order_line.filtered(
            lambda line: line.product_id.default_code == "MAGENTO-SHIPPING"
        )
        self.assertEqual(shipping.tax_ids.amount, 19)
        mapped = self.env["magento.tax"].search([("instance_id", "=", self.instance.id), ("rate", "=", 0)])
        self.assertFalse(mapped)

    def test_money_without_a_quantity(self):
        case = next(case for case in CASES if case["case"] == "a discount on the shipping with fractions of a cent")
        items = [item | {"qty_ordered": "0.0000"} for item in case["items"]]
        self.shop.set_payload("700000101", self.payload("700000101", case | {"items": items}))
        row = self.only("700000101")
        self.assertEqual((row.state, row.reason_kind), ("failed", "money"))
        self.assertIn("P1 has the quantity 0 but comes to 8.03 EUR", row.reason)


@tagged("post_install", "-at_install")
class TestUnits(BaseCase):
    """Amounts and documents in whole units of any currency."""

    amounts = st.lists(st.decimals("-5000", "5000", places=4), min_size=1, max_size=8)

    @given(amounts, st.sampled_from(["0.001", "0.01", "0.05", "1"]), st.integers(-3, 3))
    def test_amounts_make_the_total(self, amounts, unit, off):
        unit = Decimal(unit)
        total = round_to(sum(amounts), unit) + off * unit
        found = in_units(amounts, total, unit)
        self.assertEqual(sum(found), total)
        self.assertFalse([amount for amount in found if amount % unit])
        for before, after in zip(amounts, found, strict=True):
            self.assertLess(abs(before - after), unit * (len(amounts) + 5))

    # as a store with OpenMage 20.18 has it: a coupon that discounts the shipping, prices with tax
    MEMO = {
        "creditmemo_id": 1,
        "increment_id": "1",
        "order_id": 1,
        "grand_total": "745.9935",
        "base_grand_total": "745.9935",
        "subtotal": "210.0000",
        "discount_amount": "-196.4565",
        "shipping_amount": "704.8500",
        "shipping_tax_amount": "17.0300",
        "tax_amount": "17.0300",
        "hidden_tax_amount": "10.5700",
    }
    ITEM = {
        "order_item_id": 7,
        "qty": "1",
        "row_total": "210.0000",
        "discount_amount": "133.0200",
        "hidden_tax_amount": "0.0000",
        "tax_amount": "0.0000",
    }

    def settle(self, document, fpt=0):
        return settle_document(document, document.items, [], Decimal(fpt), lambda _net: Decimal(0))

    def test_the_hidden_tax_of_a_credit_memos_shipping(self):
        amounts = self.settle(credit_memo(self.MEMO | {"items": [self.ITEM]}, "1"))
        self.assertEqual(amounts.items, [(Decimal("76.98"), 0)])
        self.assertEqual(amounts.shipping, (Decimal("651.98"), Decimal("17.03")))
        self.assertEqual(amounts.fpt, 0)

    def test_a_total_that_nothing_explains(self):
        document = credit_memo(self.MEMO | {"items": [self.ITEM], "grand_total": "800.0000"}, "1")
        amounts = self.settle(document)
        self.assertEqual(amounts.shipping, (Decimal("651.98"), Decimal("17.03")))
        self.assertEqual(self.settle(document, fpt="60").fpt, Decimal("54.01"))

    @given(st.lists(st.tuples(amounts.map(lambda found: abs(found[0])), st.booleans()), min_size=1, max_size=6))
    def test_fractions_go_where_rounding_takes_most(self, rows):
        memo = credit_memo(self.MEMO | {"items": [self.ITEM] * len(rows), "discount_amount": "0"}, "1")
        items = tuple(
            replace(item, row_total=row, discount_amount=None, tax_amount=round(row / 5, 2) if taxed else Decimal(0))
            for item, (row, taxed) in zip(memo.items, rows, strict=True)
        )
        tax = sum(item.tax_amount for item in items)
        total = round(sum(row for row, _taxed in rows) + tax, 2)
        zero = {"shipping_amount": Decimal(0), "shipping_tax_amount": Decimal(0), "hidden_tax_amount": Decimal(0)}
        document = replace(memo, items=items, tax_amount=tax, grand_total=total, base_grand_total=total, **zero)
        amounts = self.settle(document)
        self.assertEqual(sum(net + tax for net, tax in amounts.items), total)
        self.assertEqual((amounts.shipping, amounts.fpt), ((0, 0), 0))
