"""Quantities with more decimals than Odoo keeps: exact money, and Magento is told its own quantities."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .payloads import make_payload
from .test_outbox import OutboxCase

ROUNDED = {"sku": "RULE-1", "qty": "2.3333", "price": "18.6200", "tax_percent": "8.375"}
TINY = {"sku": "RULE-2", "qty": "0.0033", "price": "500.0000", "tax_percent": 0}
quantity = st.decimals("0.0001", "30", places=4)
line = st.fixed_dictionaries(
    {"sku": st.sampled_from(["RULE-1", "RULE-2"]), "qty": quantity, "price": st.decimals("0.01", "900", places=2)}
    | {"rate": st.sampled_from(["0", "8.375", "19"]), "discount": st.sampled_from(["0", "0.01", "1.11"])}
)


class TestQuantities(OutboxCase):
    def precision(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def shipped(self, row):
        return [Decimal(item["qty_shipped"]) for item in self.order(row)["items"]]

    def invoiced(self, row):
        return [Decimal(item["qty_invoiced"]) for item in self.order(row)["items"]]

    def test_a_rounded_quantity_has_magentos_amounts(self):
        self.assertEqual(self.precision(), 2)
        row = self.import_order(lines=[ROUNDED, TINY])
        sale_order = row.sale_order_id
        self.assert_exact(sale_order, row.payload)
        lines = sale_order.order_line.filtered("magento_item_id")
        self.assertEqual(lines.mapped("product_uom_qty"), [2.33, 0.01])
        self.assertEqual(lines.mapped("magento_quantity"), [2.3333, 0.0033])
        self.assertIn("2.3333 of RULE-1, 0.0033 of RULE-2", sale_order.magento_rounded)
        invoice = sale_order._create_invoices()
        invoice.action_post()
        self.assert_exact(invoice, row.payload)

    def test_four_decimals_are_offered(self):
        self.assertFalse(self.instance.has_rounded_quantities)
        self.import_order(lines=[ROUNDED])
        self.instance.invalidate_recordset()
        self.assertTrue(self.instance.has_rounded_quantities)
        self.assertFalse(self.instance.is_set_up)
        self.instance.action_keep_four_decimals()
        self.instance.invalidate_recordset()
        self.assertEqual((self.precision(), self.instance.has_rounded_quantities), (4, False))
        row = self.import_order(lines=[ROUNDED])
        self.assertEqual(row.sale_order_id.order_line.filtered("magento_item_id").product_uom_qty, 2.3333)
        self.assertFalse(row.sale_order_id.magento_rounded)
        self.assert_exact(row.sale_order_id, row.payload)
        self.deliver(row.sale_order_id)
        self.send()
        self.assertEqual(self.shipped(row), [Decimal("2.3333")])

    def test_magento_is_told_its_own_quantities(self):
        row = self.import_order(lines=[ROUNDED, TINY])
        self.deliver(row.sale_order_id, {"RULE-1": 1.0, "RULE-2": 0.01})
        self.send()
        self.assertEqual(self.shipped(row), [Decimal("1.0014"), Decimal("0.0033")])
        self.deliver(row.sale_order_id)
        self.send()
        self.assertEqual(self.shipped(row), [Decimal("2.3333"), Decimal("0.0033")])
        row.sale_order_id._create_invoices().action_post()
        self.send()
        self.assertEqual(self.invoiced(row), [Decimal("2.3333"), Decimal("0.0033")])
        self.assertEqual(set(self.outbox().mapped("state")), {"sent"})

    def test_invoices_in_parts_leave_nothing_open(self):
        self.product.invoice_policy = "delivery"
        row = self.import_order(lines=[ROUNDED], shipping_price="0.00")
        sale_order = row.sale_order_id
        for delivered in (0.5, 1.25, 2.33):
            sale_order.order_line.filtered("magento_item_id").qty_delivered = delivered
            sale_order._create_invoices().action_post()
            self.send()
        self.assertEqual(self.invoiced(row), [Decimal("2.3333")])
        total = sum(sale_order.invoice_ids.mapped("amount_total"))
        self.assertEqual(Decimal(str(round(total, 2))), Decimal(row.payload["grand_total"]))

    def test_what_somebody_changed_is_told_as_it_is(self):
        row = self.import_order(lines=[ROUNDED])
        row.sale_order_id.order_line.filtered("magento_item_id").product_uom_qty = 2
        self.deliver(row.sale_order_id)
        self.send()
        self.assertEqual(self.shipped(row), [Decimal(2)])

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(line, min_size=1, max_size=3), st.booleans())
    def test_any_quantities_are_exact(self, lines, rounds_globally):
        self.env.company.tax_calculation_rounding_method = "round_globally" if rounds_globally else "round_per_line"
        with self.instance._client() as client:
            ((_number, template),) = client.order_payloads([self.place()])
        number = str(int(template["increment_id"]) + 500000000)
        payload = make_payload(template, number, lines, shipping=(Decimal("4.95"), Decimal("0.94")))
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assert_exact(row.sale_order_id, payload)
        invoice = row.sale_order_id._create_invoices()
        invoice.action_post()
        self.assert_exact(invoice, payload)
