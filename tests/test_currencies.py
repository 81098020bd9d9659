"""Orders in foreign currencies: no rate, no books; and currencies that are coarser or finer than a cent."""

from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import UserError

from .common import MagentoCase
from .payloads import make_payload

TEMPLATE = "100000003"


class TestCurrencies(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates(("19",))
        cls.use_currencies("JPY", "KWD")
        cls.eur = cls.env.ref("base.EUR")
        cls.eur.rate_ids.unlink()
        cls.env["product.product"].create({"name": "A", "default_code": "A", "type": "service"})
        with cls.instance._client() as client:
            ((_number, cls.template),) = client.order_payloads([TEMPLATE])

    def order(self, number, currency="EUR", price="10", rate="0.9200", base="USD", **more):
        """Import an order of one piece with 19 % tax; returns its row."""
        line = {"sku": "A", "qty": 1, "price": price, "rate": "19"}
        codes = {"order_currency_code": currency, "base_currency_code": base, "base_to_order_rate": rate}
        self.shop.set_payload(number, make_payload(self.template, number, [line], **codes, **more))
        return self.only(number)

    def day(self, row):
        return row.created_at.date()

    def enter_rate(self, currency, day, rate):
        return self.env["res.currency.rate"].create({"currency_id": currency.id, "name": day, "company_rate": rate})

    def test_an_order_waits_for_a_rate(self):
        row = self.order("600000001")
        self.assertEqual((row.state, row.reason_kind, self.instance.missing_rates), ("failed", "rate", "EUR"))
        self.assertIn("1 USD = 0.92 EUR", row.reason)
        self.assertFalse(self.instance.is_set_up)
        self.enter_rate(self.eur, self.day(row) - timedelta(days=8), 0.95)
        self.run_cron()
        self.assertEqual(row.state, "failed", "too old")
        self.enter_rate(self.eur, self.day(row) + timedelta(days=1), 0.95)
        self.run_cron()
        self.assertEqual(row.state, "failed", "of a day after the order")
        self.enter_rate(self.eur, self.day(row) - timedelta(days=7), 0.91)
        self.run_cron()
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assertAlmostEqual(row.sale_order_id.currency_rate, 0.91)
        self.assertFalse(self.instance.missing_rates)

    def test_how_old_a_rate_may_be(self):
        row = self.order("600000002")
        self.enter_rate(self.eur, self.day(row) - timedelta(days=30), 0.95)
        self.run_cron()
        self.assertEqual(row.state, "failed")
        self.instance.rate_max_age = 30
        self.run_cron()
        self.assertEqual(row.state, "imported")

    def test_magentos_own_rates(self):
        rows = self.order("600000003") | self.order("600000004")
        rows |= self.order("600000005", rate="0.8000", created_at="2025-03-01 10:00:00")
        self.assertEqual(set(rows.mapped("reason_kind")), {"rate"})
        self.instance.action_use_magento_rates()
        self.run_cron()
        self.assertEqual(rows.mapped("state"), ["imported"] * 3)
        self.assertEqual({round(order.currency_rate, 4) for order in rows.sale_order_id}, {0.92, 0.8})
        for row in rows:
            self.assert_exact(row.sale_order_id, row.payload)
            row.sale_order_id.action_confirm()
            invoice = row.sale_order_id._create_invoices()
            invoice.invoice_date = self.day(row)
            invoice.action_post()
            self.assert_exact(invoice, row.payload)
            self.assertAlmostEqual(
                invoice.amount_total_signed, invoice.amount_total / row.sale_order_id.currency_rate, delta=0.02
            )

    def test_a_base_currency_that_is_not_the_companys(self):
        gbp = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        gbp.active = True
        gbp.rate_ids.unlink()
        row = self.order("600000006", base="GBP", rate="1.2000")
        self.assertEqual(row.reason_kind, "rate")
        with self.assertRaisesRegex(UserError, "enter rates by hand"):
            row.action_use_magento_rate()
        self.enter_rate(gbp, self.day(row), 0.75)
        row.action_use_magento_rate()
        self.run_cron()
        self.assertEqual(row.state, "imported")
        self.assertAlmostEqual(row.sale_order_id.currency_rate, 0.9)

    def test_the_companys_currency_needs_no_rate(self):
        self.assertEqual(self.order("600000007", currency="USD", rate="1.0000").state, "imported")

    def test_fractions_of_a_yen(self):
        row = self.order("600000008", currency="JPY", price="1122.53")
        self.assertEqual((row.state, row.reason_kind), ("failed", "rounding"))
        self.assertIn("1335.81 JPY", row.reason)
        self.env["res.currency"].search([("name", "=", "JPY")]).rounding = 0.01
        self.run_cron()
        self.assertEqual(row.state, "imported")
        self.assert_exact(row.sale_order_id, row.payload)

    def test_whole_yen(self):
        row = self.order("600000009", currency="JPY", price="100")
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assertEqual((row.sale_order_id.amount_total, row.sale_order_id.amount_tax), (119, 19))

    def test_thousandths_of_a_dinar(self):
        row = self.order("600000010", currency="KWD", subtotal="10.1250", tax_amount="1.9240", grand_total="12.0490")
        self.assertEqual(row.reason_kind, "money")
        self.assertIn("KWD unexplained", row.reason)
        payload = row.payload | {"increment_id": "600000011", "order_id": 600000011}
        item = payload["items"][0] | {"price": "10.1250", "row_total": "10.1250", "tax_amount": "1.9240"}
        self.shop.set_payload("600000011", payload | {"items": [item]})
        row = self.only("600000011")
        self.assertEqual((row.state, row.reason), ("imported", False))
        found = [Decimal(str(round(row.sale_order_id[name], 3))) for name in ("amount_total", "amount_tax")]
        self.assertEqual(found, [Decimal("12.049"), Decimal("1.924")])
