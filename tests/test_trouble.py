"""A shop or a network that misbehaves: one clear sentence, nothing lost, nothing twice."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import MagentoCase

NUMBER = "100000001"


def refuse(env, table, condition, when="true"):
    """Let PostgreSQL refuse new rows of a table with an error of that name, until the test is over."""
    env.flush_all()
    env.cr.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE {condition}; END'")
    env.cr.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse()"
    )


class TestTrouble(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def assert_all_imported(self):
        rows = self.inbox()
        self.assertEqual(set(rows.mapped("state")), {"imported"})
        self.assertEqual(len(rows.sale_order_id), len(rows))
        self.assertEqual(len(rows), self.shop.application.control.state()["orders"])

    def trouble(self, kind, method, **more):
        """Import while the shop misbehaves for ever; then in peace. Returns the run in trouble."""
        self.shop.misbehave(kind, method, times=None, **more)
        run = self.import_orders()
        self.assertEqual(run.state, "stopped", kind)
        self.assertTrue(run.message)
        self.assertEqual(self.troubled().error_message, run.message)
        self.assertTrue(self.troubled().paused_until)
        self.assertNotIn(self.shop.key, run.message)
        self.assertNotIn("Traceback", run.message)
        self.shop.reset()
        self.assertEqual(self.import_orders().state, "done")
        self.assertFalse(self.troubled())
        self.assert_all_imported()
        return run

    def test_server_errors(self):
        for kind in ("http_502", "http_503", "maintenance", "error_page"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                self.trouble(kind, "*")
                savepoint.close(rollback=True)

    def test_trouble_in_the_list(self):
        for kind in ("maintenance_200", "php_fatal", "truncated", "cut_connection", "drop_before"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                self.trouble(kind, "sales_order.list")
                savepoint.close(rollback=True)

    def test_trouble_after_the_first_orders(self):
        """What came before the trouble is kept, and not fetched again."""
        self.shop.misbehave("http_502", "sales_order.info", times=None, after=1)
        run = self.import_orders()
        self.assertEqual(run.state, "stopped")
        self.shop.reset()
        self.import_orders()
        self.assert_all_imported()

    def test_passing_trouble_is_not_noticed(self):
        for kind in ("http_502", "drop_before", "expire_session", "php_warning", "bom"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                self.shop.misbehave(kind, "sales_order.*", times=1)
                self.assertEqual(self.import_orders().state, "done")
                self.assert_all_imported()
                savepoint.close(rollback=True)

    def test_a_wrong_key(self):
        self.instance.api_key = "wrong-key-1234"
        run = self.import_orders()
        self.assertEqual(run.state, "stopped")
        self.assertIn("API", run.message)
        self.assertNotIn("wrong-key-1234", run.message)
        with self.assertRaisesRegex(UserError, "API"):
            self.instance.action_connect()

    def test_a_missing_permission(self):
        self.instance.write({"username": "limited", "api_key": "limited-key"})
        self.instance.action_connect()
        self.assertIn("Order", self.instance.missing_permissions)
        run = self.import_orders()
        self.assertEqual(run.state, "stopped")

    def test_pauses_grow(self):
        self.shop.misbehave("http_503", "*", times=None)
        pauses = []
        for _attempt in range(3):
            self.import_orders()
            pauses.append(self.instance.paused_until - self.instance.error_date)
        self.assertEqual(pauses, sorted(set(pauses)))

    def test_payloads_that_no_store_should_send(self):
        good = self.only(NUMBER).payload
        hostile = {
            "missing keys": {"increment_id": NUMBER},
            "wrong types": good | {"items": "none", "grand_total": ["x"]},
            "impossible amount": good | {"grand_total": "NaN"},
            "huge amount": good | {"grand_total": "1e30"},
            "a list": [],
            "text": "<script>alert(1)</script>",
            "script": good
            | {"items": [good["items"][0] | {"name": "<script>alert(1)</script>", "qty_ordered": "abc"}]},
            "unknown country": good | {"billing_address": good["billing_address"] | {"country_id": "QQ"}},
            "unknown store": good | {"store_id": 99},
            "ten thousand lines": good | {"items": good["items"][:1] * 10_000},
            "a long name": good | {"items": [good["items"][0] | {"name": "N" * 100_000}]},
        }
        for number, (what, payload) in enumerate(hostile.items(), start=700000001):
            if isinstance(payload, dict):
                payload = payload | {"increment_id": str(number), "order_id": number}
            self.shop.set_payload(str(number), payload)
            with self.subTest(what):
                row = self.only(str(number))
                self.assertEqual(row.state, "failed")
                self.assertTrue(row.reason)
                self.assertNotIn("Traceback", row.reason)

    def test_one_broken_order_among_many(self):
        broken = self.only(NUMBER)
        payload = broken.payload
        broken.sale_order_id.unlink()
        broken.unlink()
        self.shop.set_payload(NUMBER, payload | {"grand_total": "x"})
        self.addCleanup(self.shop.set_payload, NUMBER, None)
        self.assertEqual(self.import_orders().state, "done")
        rows = self.inbox()
        self.assertEqual(rows.filtered(lambda row: row.state != "imported").mapped("increment_id"), [NUMBER])

    def test_a_full_disk_is_no_conflict(self):
        """Only another transaction in the way passes by itself: everything else is said as what it is."""
        refuse(self.env, "magento_order", "disk_full")
        with mute_logger("odoo.addons.magento_connector.models.sync.run", "odoo.sql_db"):
            run = self.import_orders()
        self.assertEqual(run.state, "stopped")
        self.assertIn("DiskFull", run.message)
        self.assertNotIn("Other users", run.message)

    def test_a_row_that_fits_no_index(self):
        refuse(self.env, "sale_order", "program_limit_exceeded", f"NEW.magento_number = '{NUMBER}'")
        with mute_logger("odoo.sql_db", "odoo.addons.magento_connector.models.sync.isolate"):
            self.assertEqual(self.import_orders().state, "done")
        failed = self.inbox().filtered(lambda row: row.state != "imported")
        self.assertEqual(failed.mapped("increment_id"), [NUMBER])

    def test_the_import_goes_on_by_itself_after_a_pause(self):
        self.shop.misbehave("http_503", "*", times=None)
        self.assertEqual(self.import_orders().state, "stopped")
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.inbox(), "the pause is not over")
        self.instance.paused_until -= timedelta(hours=1)
        self.run_cron()
        self.assert_all_imported()
