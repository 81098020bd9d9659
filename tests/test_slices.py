"""The scheduler's time comes in slices: each makes progress, nothing is read twice, and nobody waits for a long run."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.base.models import ir_cron

from ..sandbox import start
from .common import MagentoCase

N, MANY = 24, 120
ROWS = {"orders": "magento.order", "products": "magento.product", "customers": "magento.customer"}
READS = {"orders": "sales_order.info", "products": "catalog_product.info", "customers": "customer_address.list"}


class SliceCase(MagentoCase):
    shop_settings = {"bare": True, "orders": N, "products": N, "customers": N}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def count(self, kind):
        return self.env[ROWS[kind]].search_count([("instance_id", "=", self.instance.id)])

    def slice(self):
        """Let the scheduler give one slice of its time."""
        with self.enter_registry_test_mode():
            self.env.ref("magento_connector.cron_synchronize").method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def slices(self, seconds):
        """Odoo's ten seconds are too long for a test."""
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", seconds), patch.object(ir_cron, "MIN_RUNS_PER_JOB", 1):
            yield


class TestSlices(SliceCase):
    """A call takes four tenths of a second, a slice is half of one."""

    shop_settings = SliceCase.shop_settings | {"latency": 400}

    def read_in_slices(self, kind):
        self.shop.reset()
        run = self.env["magento.run"]._start(self.instance, kind)
        counts = [0]
        while run.state in ("queued", "running"):
            self.slice()
            counts.append(self.count(kind))
            self.assertLess(len(counts), N)
        self.assertEqual(run.state, "done")
        self.assertEqual(counts[-1], N)
        growing = counts[: counts.index(N) + 1]
        self.assertEqual(sorted(set(growing)), growing, "every slice makes progress")
        self.assertGreaterEqual(len(growing), 3, "it took several slices")
        self.assertEqual(self.shop.requests.calls[READS[kind]], N, "each was read once")

    def test_orders(self):
        with self.slices(0.5):
            self.read_in_slices("orders")

    def test_products(self):
        self.instance.action_import_categories()
        self.run_cron()
        with self.slices(0.5):
            self.read_in_slices("products")

    def test_customers(self):
        with self.slices(0.5):
            self.read_in_slices("customers")


class TestTurns(SliceCase):
    """One long run, and what is not to wait for its end."""

    shop_settings = SliceCase.shop_settings | {"latency": 100, "orders": MANY}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_shop = start(bare=True, orders=2, products=2, customers=1)
        cls.addClassCleanup(cls.other_shop.stop)
        cls.other = cls.instance.copy(
            {"name": "Other", "url": cls.other_shop.url, "api_key": cls.other_shop.key, "username": cls.other_shop.user}
        )
        cls.other.action_connect()
        cls.other.store_view_ids.import_from = False
        cls.other.status_ids.action = "quotation"

    def begin_history(self):
        run = self.env["magento.run"]._start(self.instance)
        self.slice()
        self.assertEqual(run.state, "running")
        return run

    def test_new_orders_and_other_shops_do_not_wait_for_a_history(self):
        with self.slices(1):
            run = self.begin_history()
            number = self.shop.place_order()["increment_id"]
            other = self.env["magento.run"]._start(self.other)
            while other.state != "done" or not self.inbox(number):
                self.assertEqual(run.state, "running", "the history goes on")
                self.slice()
            self.assertLess(self.count("orders"), MANY)

    def test_runs_of_a_shop_that_is_disconnected_end(self):
        with self.slices(0.3):
            run = self.begin_history()
            before = self.count("orders")
            self.instance.state = "draft"
            self.slice()
        self.assertEqual((run.state, self.count("orders")), ("stopped", before))

    def test_runs_of_an_archived_shop_end(self):
        with self.slices(0.3):
            run = self.begin_history()
            self.instance.active = False
            self.slice()
        self.assertEqual(run.state, "stopped")

    def test_a_shop_that_does_not_answer_stops_no_other(self):
        self.shop.misbehave("http_503", "*", times=None)
        runs = [self.env["magento.run"]._start(shop) for shop in (self.instance, self.other)]
        self.run_cron()
        self.assertEqual([run.state for run in runs], ["stopped", "done"])
        self.assertTrue(self.instance.paused_until)
        self.assertFalse(self.other.paused_until)

    def test_a_shop_that_was_in_trouble_is_asked_after_the_others(self):
        self.shop.misbehave("http_503", "*", times=None)
        for shop in (self.instance, self.other):  # so the one in trouble has waited longer
            self.env["magento.run"]._start(shop)
            self.run_cron()
        runs = [self.env["magento.run"]._start(shop) for shop in (self.instance, self.other)]
        with self.slices(0.1):  # less than a shop takes that answers 503 to every repetition
            self.slice()
        self.assertEqual(runs[1].state, "done")

    def test_one_direction_is_in_trouble_and_not_the_shop(self):
        """A role that may not see customers: orders go on, and the sentence about customers stays."""
        self.other.write({"schedule_customers": True, "schedule_orders": True})
        self.other_shop.misbehave("fault", "customer.list", times=None, code=2, message="Access denied.")
        self.run_cron()
        trouble = self.other.troubled_direction_ids
        self.assertEqual(trouble.mapped("kind"), ["customers"])
        self.assertIn("customer", trouble.error_message)
        self.assertEqual(self.other.direction_problems, f"Import customers: {trouble.error_message}")
        self.assertFalse(self.other.paused_until)
        number = self.other_shop.place_order()["increment_id"]
        self.run_cron()
        here = [("instance_id", "=", self.other.id), ("increment_id", "=", number)]
        self.assertTrue(self.env["magento.order"].search(here))
        self.assertTrue(trouble.error_message, "that orders are well says nothing of customers")
        self.assertFalse(self.other_shop.requests.calls["customer.list"] > 2, "they are left alone for a while")
