"""Whatever a shop writes into its time stamps: nothing is hidden, nothing is read for ever."""

from datetime import timedelta

from odoo import fields

from .common import MagentoCase

FUTURE = "2030-01-01 00:00:00"
NEVER = "0000-00-00 00:00:00"


class TestCursors(MagentoCase):
    shop_settings = {"bare": True, "orders": 8, "products": 6, "customers": 6}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def place(self, **changes):
        """Place an order whose time stamps are what somebody made of them; returns its number."""
        return self.shop.place_order(changes=changes)["increment_id"]

    def poll(self):
        """Look for new orders; returns the requests that it took."""
        self.shop.requests.reset()
        self.assertEqual(self.import_orders().state, "done")
        return self.shop.requests

    def test_a_time_stamp_from_the_future_hides_no_order(self):
        self.import_orders()
        for ahead in (timedelta(minutes=50), timedelta(hours=10), timedelta(days=1500)):
            odd = self.place(updated_at=fields.Datetime.to_string(fields.Datetime.now() + ahead))
            self.poll()
            self.assertTrue(self.inbox(odd))
            later = self.place()
            self.poll()
            self.assertTrue(self.inbox(later), f"placed after one that is {ahead} ahead")
            self.assertLessEqual(self.instance.orders_seen_until, fields.Datetime.now())

    def test_a_time_stamp_from_the_future_is_not_read_for_ever(self):
        self.import_orders()
        self.place(updated_at=FUTURE)
        self.poll()
        requests = self.poll()
        self.assertFalse(requests.calls["sales_order.info"])

    def test_no_time_stamp_hides_no_order(self):
        self.import_orders()
        for odd in (self.place(updated_at=NEVER), self.place(updated_at="2001-01-01 00:00:00")):
            self.poll()
            self.assertTrue(self.inbox(odd))
        self.assertFalse(self.poll().calls["sales_order.info"], "it is read once")

    def test_a_change_of_what_came_from_the_future_is_seen(self):
        self.import_orders()
        odd = self.place(updated_at=FUTURE)
        self.poll()
        self.shop.change_order(odd, "hold", updated_at=fields.Datetime.to_string(fields.Datetime.now()))
        self.poll()
        self.assertEqual(self.inbox(odd).magento_state, "holded")

    def test_nothing_new_takes_three_requests(self):
        self.import_orders()
        self.assertEqual(self.poll().total, 3)

    def test_a_cursor_in_the_future_heals(self):
        self.import_orders()
        self.instance.orders_seen_until = FUTURE
        odd = self.place(updated_at=fields.Datetime.to_string(fields.Datetime.now()))
        self.poll()
        self.assertTrue(self.inbox(odd))
        self.assertLessEqual(self.instance.orders_seen_until, fields.Datetime.now())

    def test_a_clock_of_the_shop_that_is_ahead(self):
        """Its ``Date`` is a day ahead, say a proxy's: Odoo's clock is the one that counts."""
        self.import_orders()
        self.shop.control.set_clock(fields.Datetime.now() + timedelta(days=1))
        self.addCleanup(self.shop.control.set_clock, None)
        self.place()
        self.poll()
        self.assertLessEqual(self.instance.orders_seen_until, fields.Datetime.now())

    def run_kind(self, kind):
        self.shop.requests.reset()
        run = self.env["magento.run"]._start(self.instance, kind)
        self.run_cron()
        self.assertEqual(run.state, "done")

    def test_products_and_customers(self):
        for kind in ("products", "customers"):
            self.run_kind(kind)
        for number, stamp in enumerate((FUTURE, NEVER)):
            self.shop.edit_product(f"ODD-{number}")
            self.shop.shop.products.by_natural(f"ODD-{number}").edit()["updated_at"] = stamp
            customer = self.shop.edit_customer(email=f"odd{number}@example.org", firstname="Odd", lastname="One")
            self.shop.shop.customers.by_id(customer["customer_id"]).edit()["updated_at"] = stamp
            for kind, model in (("products", "magento.product"), ("customers", "magento.customer")):
                self.run_kind(kind)
                self.assertLessEqual(self.instance[f"{kind}_seen_until"], fields.Datetime.now())
                self.assertEqual(
                    self.env[model].search_count([("instance_id", "=", self.instance.id)]), 7 + number, (kind, stamp)
                )
        self.run_kind("customers")
        self.assertFalse(self.shop.requests.calls["customer_address.list"], "nobody is read again")
