"""What a real store's settings make of an order: fixed product tax (FPT), fractions of a cent, tax before discount.

``data/store_amounts.json`` holds the amounts of orders that an OpenMage store computed.
"""

import json
from decimal import Decimal
from pathlib import Path

from ..magento_api import parse_order
from ..models.settlement import settle
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
