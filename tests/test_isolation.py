"""One record may fail, the rest goes on: what nobody has thought of is one failed row with a sentence."""

import copy
import random

from odoo.tools import mute_logger

from .common import MagentoCase

GOOD = "100000001"
LOUD = ("odoo.addons.magento_connector.models.sync.isolate", "odoo.sql_db")


class IsolationCase(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def setUp(self):
        super().setUp()
        self.good = self.only(GOOD).payload
        self.inbox(GOOD).sale_order_id.unlink()
        self.inbox(GOOD).unlink()

    def odd(self, number, item=None, **order):
        """Let Magento answer something odd for an order that it does not list; returns its number."""
        payload = copy.deepcopy(self.good) | {"increment_id": number, "order_id": int(number), **order}
        payload["items"][0] |= item or {}
        self.shop.set_payload(number, payload)
        return number

    def assert_only_failed(self, rows, *numbers):
        """Those rows have failed, with a sentence; all others of them are imported."""
        self.assertEqual(set(rows.filtered(lambda row: row.state == "failed").mapped("increment_id")), set(numbers))
        self.assertEqual(set(rows.mapped("state")), {"failed", "imported"})
        for row in rows.filtered(lambda row: row.state == "failed"):
            self.assertTrue(row.reason)
            self.assertNotIn("Traceback", row.reason)


class TestIsolation(IsolationCase):
    def test_arithmetic_that_cannot_be_done(self):
        self.instance.leftover_policy = "line"
        numbers = [
            self.odd("700000001", item={"row_total": "1e12", "tax_percent": "100", "qty_ordered": "1e-20"}),
            self.odd("700000002", item={"tax_percent": "999999999999.99999", "tax_amount": "1"}),
        ]
        numbers.append(self.odd("700000004", item={"tax_percent": "999999999999.99998", "tax_amount": "1"}))
        with mute_logger(*LOUD):
            rows = self.only(GOOD, *numbers)
        self.assert_only_failed(rows, *numbers)

    def test_a_name_that_no_index_takes(self):
        letters = random.Random(1)
        name = "".join(chr(letters.randint(0x4E00, 0x9F00)) for _place in range(2700))
        number = self.odd("700000005", customer_email="long@example.com", customer_id=None)
        payload = self.shop.shop.payloads[number]
        for key in ("billing_address", "shipping_address"):
            payload[key] |= {"firstname": name, "street": "Another Street 7"}
        with self.assertLogs(LOUD[0], "ERROR") as logged, mute_logger("odoo.sql_db"):
            rows = self.only(GOOD, number)
        self.assert_only_failed(rows, number)
        self.assertIn("ProgramLimitExceeded", logged.output[0])
        self.assertNotIn("Other users", rows.filtered("reason").reason)

    def test_the_others_go_on_at_the_next_run_too(self):
        number = self.odd("700000006", item={"row_total": "1e12", "tax_percent": "100", "qty_ordered": "1e-20"})
        with mute_logger(*LOUD):
            self.only(number)
            row = self.inbox(number)
            self.shop.set_payload(number, None)
            self.assertEqual(self.import_orders().state, "done")
        self.assertEqual(row.state, "failed")
        self.assertTrue(self.inbox() - row)
        self.assertEqual(set((self.inbox() - row).mapped("state")), {"imported"})

    def test_an_order_that_was_erased_meanwhile(self):
        (row,) = self.only(self.odd("700000007", store_id=99))
        row.action_import_again()
        row._erase()
        self.run_cron()
        self.assertEqual((row.state, row.sale_order_id.id), ("skipped", False))

    def test_an_answer_that_no_database_keeps(self):
        numbers = [self.odd("700000008", weight=float("nan")), self.odd("700000009", deep="x\x00y")]
        with mute_logger(*LOUD):
            rows = self.only(GOOD, *numbers)
        self.assertIn("imported", rows.mapped("state"))
        self.assertNotIn("waiting", rows.mapped("state"))


class TestProductsOfOrders(IsolationCase):
    def test_an_sku_that_two_products_have(self):
        values = {"name": "One of two", "default_code": "TWO-OF-A-KIND"}
        products = self.env["product.product"].create([values, values])
        number = self.odd("700000016", item={"sku": "TWO-OF-A-KIND", "product_id": None})
        rows = self.only(GOOD, number)
        self.assert_only_failed(rows, number)
        row = self.inbox(number)
        self.assertEqual(row.reason_kind, "product")
        self.assertIn("2 products", row.reason)
        attempts = row.attempts
        self.import_orders()
        self.assertEqual(row.attempts, attempts, "not again before something changes")
        products[1].default_code = "ANOTHER"
        self.import_orders()
        self.assertEqual(row.state, "imported")
        self.assertEqual(row.sale_order_id.order_line[0].product_id, products[0])

    def test_a_product_that_odoo_refuses(self):
        uom = self.env.ref("uom.product_uom_unit")
        self.env["product.product"].create({"name": "Has it", "barcode": "4006381333931", "uom_id": uom.id})
        self.env["magento.field.map"].create(
            {
                "instance_id": self.instance.id,
                "attribute_code": "sku",
                "field_path": "barcode",
                "direction": "from",
                "conversion": "as_is",
            }
        )
        self.shop.edit_product("4006381333931", name="Wants it", price="1.0000")
        magento = self.shop.shop.products.by_natural("4006381333931").full()
        number = self.odd("700000017", item={"sku": "4006381333931-red", "product_id": magento["product_id"]})
        rows = self.only(GOOD, number)
        self.assert_only_failed(rows, number)
        self.assertIn("4006381333931", self.inbox(number).reason)
        self.assertIn("arcode", self.inbox(number).reason, "why Odoo refused the product")


class TestGivenAgain(IsolationCase):
    """Magento gives a number or an id again: after the newest was deleted, or a backup restored."""

    def test_the_id_of_an_order(self):
        old = self.only(self.odd("700000011", order_id=7001))
        new = self.only(self.odd("700000012", order_id=7001))
        self.assertEqual((old.state, new.state), ("imported", "imported"))
        self.assertEqual((old.magento_id, new.magento_id), (0, 7001))
        self.assertIn("700000012", old.remark)
        self.assertFalse(new.remark)

    def test_ids_that_change_places(self):
        one, two = self.odd("700000013", order_id=7003), self.odd("700000014", order_id=7004)
        rows = self.only(one, two)
        self.odd(one, order_id=7004, status="holded", state="holded")
        self.odd(two, order_id=7003, status="holded", state="holded")
        rows.action_apply_rules()
        self.run_cron()
        self.assertEqual({row.increment_id: row.magento_id for row in rows}, {one: 7004, two: 7003})
        self.assertEqual(set(rows.mapped("rule_state")), {"done"})

    def test_the_number_of_an_order(self):
        number = self.odd("700000015", order_id=7005)
        row = self.only(number)
        self.odd(number, order_id=7006, created_at="2031-01-01 10:00:00", customer_email="somebody@example.com")
        row.action_apply_rules()
        self.run_cron()
        self.assertEqual((row.state, row.rule_state), ("imported", "failed"))
        self.assertIn(row.sale_order_id.name, row.rule_reason)
        row.sale_order_id.unlink()
        row.action_fetch_again()
        self.run_cron()
        self.assertEqual((row.state, row.customer_email), ("imported", "somebody@example.com"))


class TestOddRows(MagentoCase):
    """A row of a list that makes no sense: it is told once, the others go on, and it heals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def test_of_orders(self):
        record = self.shop.shop.orders.by_natural(GOOD)
        number = record.get("order_id")
        self.shop.set_list_row(GOOD, {"increment_id": None})
        self.addCleanup(self.shop.set_list_row, GOOD, None)
        self.assertEqual(self.import_orders().state, "done")
        odd = self.inbox(f"#{number}")
        self.assertEqual((odd.state, odd.reason_kind), ("failed", "payload"))
        self.assertIn("increment_id", odd.reason)
        self.assertEqual(set((self.inbox() - odd).mapped("state")), {"imported"})
        self.assertEqual(len(self.inbox()), len(self.shop.shop.orders))
        self.import_orders()
        self.assertEqual(odd.attempts, 1, "it is told once")
        self.shop.set_list_row(GOOD, None)
        self.only(GOOD)
        self.assertFalse(odd.exists())
        self.assertEqual(self.inbox(GOOD).state, "imported")

    def test_of_customers(self):
        row = self.shop.shop.customers.rows[5].edit()
        self.addCleanup(row.update, {"customer_id": row["customer_id"]})
        row["customer_id"] = -7
        action = self.env["magento.customer.import.wizard"].create({"instance_id": self.instance.id}).action_import()
        self.run_cron()
        run = self.env["magento.run"].browse(action["res_id"])
        self.assertEqual((run.state, run.failed_count), ("done", 1))
        problems = self.env["magento.customer.problem"].search([("instance_id", "=", self.instance.id)])
        self.assertIn("-7", problems.reason)
        self.assertEqual(run.imported_count, len(self.shop.shop.customers) - 1)
        self.instance.schedule_customers = True
        self.run_cron()
        self.assertEqual(self.env["magento.run"].search([], limit=1), run, "it is told once")
