"""To the cent: in the sale order, in invoices of all of it or of parts, and in credit notes."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command

from .common import MagentoCase
from .payloads import make_payload

TEMPLATE = "100000003"
RATES = ("0", "7", "19", "8.375")

money = st.decimals("0.01", "2000", places=2)
line = st.fixed_dictionaries(
    {
        "sku": st.sampled_from(["A", "B", "C"]),
        "qty": st.one_of(st.integers(1, 12).map(Decimal), st.decimals("0.5", "9", places=2)),
        "price": st.one_of(money, st.decimals("0.0001", "50", places=4)),
        "share": st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.3333"), Decimal("0.07"), Decimal(1)]),
        "rate": st.sampled_from(RATES),
    }
)


class TestMoney(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates(RATES[1:])
        cls.template = cls.template_payload()
        cls.products = cls.env["product.product"].create(
            [
                {"name": sku, "default_code": sku, "type": "service", "invoice_policy": "delivery", "list_price": 3}
                for sku in "ABC"
            ]
        )
        cls.numbers = iter(range(500000001, 600000000))

    @classmethod
    def template_payload(cls):
        with cls.instance._client() as client:
            ((_number, payload),) = client.order_payloads([TEMPLATE])
        return payload

    def order_of(self, lines, **more):
        """Import an order with these lines; returns its inbox row."""
        number = str(next(self.numbers))
        payload = make_payload(self.template, number, lines, **more)
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assert_exact(row.sale_order_id, payload)
        return row

    def deliver_and_invoice(self, sale_order, quantities):
        """Note the quantities as delivered and post the invoice for them."""
        for order_line, quantity in zip(sale_order.order_line, quantities, strict=False):
            order_line.qty_delivered = quantity
        invoice = sale_order._create_invoices()
        invoice.action_post()
        return invoice

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(line, min_size=1, max_size=4), st.integers(1, 4), st.booleans())
    def test_parts_add_up_to_magentos_amounts(self, lines, parts, rounds_globally):
        self.env.company.tax_calculation_rounding_method = "round_globally" if rounds_globally else "round_per_line"
        lines = [
            {key: value for key, value in entry.items() if key != "share"}
            | {"discount": entry["qty"] * entry["price"] * entry["share"]}
            for entry in lines
        ]
        row = self.order_of(lines, shipping=(Decimal("4.95"), Decimal("0.94")))
        sale_order = row.sale_order_id
        sale_order.action_confirm()
        invoices = self.env["account.move"]
        for part in range(1, parts + 1):
            quantities = [
                round(entry.product_uom_qty * part / parts, 2) if part < parts else entry.product_uom_qty
                for entry in sale_order.order_line
            ]
            if any(
                entry.product_uom_id.compare(q, entry.qty_delivered) > 0
                for entry, q in zip(sale_order.order_line, quantities, strict=True)
            ):
                invoices |= self.deliver_and_invoice(sale_order, quantities)
        self.assertEqual(
            [Decimal(str(round(sum(invoices.mapped(field)), 2))) for field in ("amount_total", "amount_tax")],
            [Decimal(row.payload[key]) for key in ("grand_total", "tax_amount")],
        )

    def test_three_parts_of_a_discounted_line(self):
        row = self.order_of([{"sku": "A", "qty": 3, "price": "3.33", "discount": "3.34", "rate": "19"}])
        sale_order = row.sale_order_id
        sale_order.action_confirm()
        invoices = self.env["account.move"]
        for quantity in (1, 2, 3):
            invoices |= self.deliver_and_invoice(sale_order, [quantity])
        self.assertEqual([invoice.amount_untaxed for invoice in invoices], [2.22, 2.22, 2.21])
        self.assertAlmostEqual(sum(invoices.mapped("amount_total")), float(row.payload["grand_total"]), 2)

    def test_a_refunded_part_can_be_invoiced_again(self):
        row = self.order_of([{"sku": "A", "qty": 3, "price": "3.33", "discount": "3.34", "rate": "19"}])
        sale_order = row.sale_order_id
        sale_order.action_confirm()
        first = self.deliver_and_invoice(sale_order, [1])
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": first.ids, "journal_id": first.journal_id.id, "reason": "test"}
        )
        credit_note = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        credit_note.action_post()
        self.assertEqual(credit_note.amount_total, first.amount_total)
        invoice = self.deliver_and_invoice(sale_order, [3])
        self.assert_exact(invoice, row.payload)

    def test_taxes_included_in_the_price(self):
        self.env["magento.tax"].search(
            [("instance_id", "=", self.instance.id), ("rate", "=", 19)]
        ).tax_ids = self.make_tax("19", price_include_override="tax_included", name="19 % included")
        row = self.order_of([{"sku": "A", "qty": 3, "price": "16.7983", "discount": "5.04", "rate": "19"}])
        line = row.sale_order_id.order_line
        self.assertAlmostEqual(line.price_unit, 19.99, 2)
        sale_order = row.sale_order_id
        sale_order.action_confirm()
        self.assert_exact(self.deliver_and_invoice(sale_order, [3]), row.payload)

    def test_a_changed_line_is_computed_by_odoo(self):
        row = self.order_of([{"sku": "A", "qty": 2, "price": "10", "rate": "19"}])
        line = row.sale_order_id.order_line
        line.product_uom_qty = 3
        self.assertEqual((line.price_unit, line.price_subtotal), (10.0, 30.0))

    def test_fixed_product_tax_in_the_tax_total(self):
        number = str(next(self.numbers))
        payload = make_payload(
            self.template,
            number,
            [{"sku": "A", "qty": 2, "price": "10", "rate": "19", "weee_tax_applied_row_amount": "5.0000"}],
            tax_amount="8.8000",
            grand_total="28.8000",
        )
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assertEqual(row.sale_order_id.order_line.mapped("price_subtotal"), [20.0, 5.0])
        self.assertEqual((row.sale_order_id.amount_tax, row.sale_order_id.amount_total), (3.8, 28.8))

    def test_amounts_that_do_not_add_up(self):
        number = str(next(self.numbers))
        payload = make_payload(self.template, number, [{"sku": "A", "qty": 2, "price": "10"}], grand_total="21.5000")
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason_kind), ("failed", "money"))
        self.assertIn("1.50 USD unexplained (grand total +1.50)", row.reason)
        self.instance.leftover_policy = "line"
        row.action_import_again()
        self.run_cron()
        self.assertEqual(row.state, "imported")
        self.assert_exact(row.sale_order_id, payload)
        self.assertEqual(row.sale_order_id.order_line[-1].price_subtotal, 1.5)

    def test_confirmed_together_with_orders_of_others(self):
        sale_order = self.order_of([{"sku": "A", "qty": 1, "price": "10"}]).sale_order_id
        other = sale_order.copy({"date_order": "2020-01-01 10:00:00"})
        (sale_order | other).action_confirm()
        self.assertEqual((sale_order | other).mapped("state"), ["sale", "sale"])
        self.assertEqual(sale_order.date_order, sale_order.magento_created_at)
        self.assertGreater(other.date_order.year, 2020)

    def test_whatever_is_kept_of_an_order_its_invoice_is_posted(self):
        row = self.order_of([{"sku": "A", "qty": 1, "price": "10"}])
        row.sale_order_id.action_confirm()
        for kept in ("abc", [1], None):
            row.payload = row.payload | {"total_refunded": kept}
            row.sale_order_id = row.sale_order_id.copy({"magento_number": row.increment_id})
            row.sale_order_id.action_confirm()
            row.sale_order_id.order_line.qty_delivered = 1
            row.sale_order_id._create_invoices().action_post()
            self.assertEqual(row.rule_state, "done")

    def test_an_order_that_costs_nothing(self):
        row = self.order_of([{"sku": "A", "qty": 1, "price": "10", "discount": "10", "rate": "19"}])
        self.assertEqual(row.sale_order_id.amount_total, 0)
        self.assertEqual(row.sale_order_id.order_line.discount, 100)

    def test_the_taxes_of_the_fiscal_country_only(self):
        fiscal = self.env.company.account_fiscal_country_id
        other = self.env["res.country"].search([("code", "in", ["DE", "US"]), ("id", "!=", fiscal.id)], limit=1)
        group = self.env["account.tax.group"].create({"name": "Abroad", "country_id": other.id})
        tax = self.make_tax("13", country_id=other.id, tax_group_id=group.id)
        values = {"instance_id": self.instance.id, "rate": 13, "tax_ids": [Command.set(tax.ids)]}
        with self.assertRaisesRegex(Exception, "VAT registration"):
            self.env["magento.tax"].create(values)
