"""A neutralised copy of a database sends nothing, whoever connects it, until each direction is switched on."""

from odoo import Command
from odoo.modules.neutralize import get_neutralization_queries

from .test_outbox import EVERYTHING, OutboxCase

READS = (
    "list",
    "info",
    "items",
    "tree",
    "multiCall",
    "login",
    "endSession",
    "startSession",
    "resources",
    "media",
    "options",
)


class TestNeutralize(OutboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chair = cls.shop.shop.products.by_natural("SMP-0001")
        cls.chair = cls.env["product.product"].create(
            {"name": "Chair", "default_code": "SMP-0001", "is_storable": True}
        )
        cls.env["magento.product"].create(
            {
                "instance_id": cls.instance.id,
                "magento_id": chair.get("product_id"),
                "sku": "SMP-0001",
                "product_id": cls.chair.id,
            }
        )
        cls.instance.field_map_ids.filtered(lambda row: row.field_path == "name").direction = "to"
        cls.category = cls.env["product.category"].create(
            {"name": "Marked", "magento_instance_ids": [Command.link(cls.instance.id)]}
        )
        cls.switch_on()

    @classmethod
    def switch_on(cls):
        """Every direction there is."""
        cls.instance.write(dict.fromkeys(cls.instance._automatic_fields(), True))
        cls.instance.stock_confirmed_at = "2026-01-01"
        cls.views.write(EVERYTHING)

    def setUp(self):
        super().setUp()
        self.ann = self.env["res.partner"].create(
            {
                "name": "Ann Marked",
                "email": f"{self._testMethodName}@example.com",  # the store outlives a test
                "magento_export_ids": [Command.link(self.instance.id)],
            }
        )

    def neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["magento_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()  # another process begins with the copy

    def connect(self):
        self.instance.api_key = self.shop.key
        self.instance.action_connect()
        self.shop.reset()

    def work(self, name):
        """What people do in Odoo all day, and the scheduled action behind them."""
        row, other = self.import_order(), self.import_order()
        self.deliver(row.sale_order_id, tracking=name)
        row.sale_order_id._create_invoices().action_post()
        self.tell_customer(row, name)
        other.sale_order_id._action_cancel()
        self.chair.name = self.category.name = name
        self.env["stock.quant"]._update_available_quantity(self.chair, self.warehouse.lot_stock_id, 3)
        self.ann.write({"name": f"Ann {name}", "street": name})
        for _call in range(3):
            self.run_cron()

    def writes(self):
        return {name for name in self.shop.requests.calls if name.rpartition(".")[2] not in READS}

    def test_it_sends_when_it_is_not_neutralised(self):
        self.work("Sent")
        resources = {name.partition(".")[0] for name in self.writes()}
        self.assertGreaterEqual(
            resources,
            {
                *("sales_order_shipment", "sales_order_invoice", "sales_order", "catalog_product"),
                *("catalog_category", "cataloginventory_stock_item", "customer"),
            },
        )

    def test_it_sends_nothing(self):
        waiting, started = self.import_order(), self.import_order()
        self.deliver(waiting.sale_order_id, tracking="Before")
        self.tell_customer(waiting, "Before")
        self.shop.misbehave("http_503", "sales_order_invoice.create", times=None)
        started.sale_order_id._create_invoices().action_post()
        self.run_cron()
        self.shop.reset()
        self.deliver(started.sale_order_id, tracking="Before")
        self.chair.name = "Before"
        self.instance.action_export_products()
        self.assertTrue(self.outbox(state="waiting"))
        self.neutralize()
        self.assertEqual((self.instance.state, self.instance.api_key), ("draft", False))
        self.assertFalse(self.outbox(state="waiting"))
        self.run_cron()
        self.assertFalse(self.shop.requests.total, "it does not even ask")
        self.connect()
        self.run_cron()
        self.work("After")
        self.assertEqual(self.writes(), set())

    def test_what_is_switched_off(self):
        """By the SQL that Odoo runs on a copy, and by Disconnect: the same, and all there is."""
        self.neutralize()
        on = [name for name in self.instance._automatic_fields() if self.instance[name]]
        self.assertEqual(on, [])
        switches = {
            name
            for name, field in self.instance._fields.items()
            if field.type == "boolean" and name.startswith(("schedule_", "export_", "wake_"))
        }
        self.assertEqual(switches, set(self.instance._automatic_fields()), "each is marked as automatic")
        self.switch_on()
        self.instance.action_disconnect()
        on = [name for name in self.instance._automatic_fields() if self.instance[name]]
        self.assertEqual(on, [])
