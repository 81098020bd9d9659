"""Stock: what differs is sent, nothing twice; a delivery wakes the loop; the first send asks."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import MagentoCase

# Digits that are also the number of another product, spaces, slashes: what Magento mistakes for something else.
SKUS = ["SMP-0001", "SMP-0002", "5", "1001", "000123", "SKU WITH SPACE", "AB/12-3.4_X+Z", "OOS-1"]


class StockCase(MagentoCase):
    """Eight linked products with 10 of each on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = {record.get("sku"): record.get("product_id") for record in cls.shop.shop.products.rows}
        cls.products = cls.env["product.product"].create(
            [{"name": f"Product {sku}", "default_code": sku, "is_storable": True} for sku in SKUS]
        )
        cls.links = cls.env["magento.product"].create(
            [
                {
                    "instance_id": cls.instance.id,
                    "magento_id": cls.numbers[product.default_code],
                    "sku": product.default_code,
                    "product_id": product.id,
                }
                for product in cls.products
            ]
        )
        cls.warehouse = cls.instance.website_ids.warehouse_id
        cls.put(10)

    def setUp(self):
        super().setUp()
        for sku in SKUS:  # the store outlives a test
            self.shop.control.edit_product(sku, qty="1.0000", is_in_stock=1)

    @classmethod
    def put(cls, quantity, products=None, location=None):
        """Change what is on hand by a quantity."""
        for product in products or cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, location or cls.warehouse.lot_stock_id, quantity)

    def link_gone(self, sku):
        """A linked product that was deleted in Magento."""
        product = self.env["product.product"].create({"name": sku, "default_code": sku, "is_storable": True})
        values = {"instance_id": self.instance.id, "magento_id": self.numbers[sku]}
        link = self.env["magento.product"].create(values | {"sku": sku, "product_id": product.id})
        self.shop.control.delete(product=sku)
        return link

    def in_magento(self, sku):
        """Quantity and availability, as the store has them now."""
        stock = self.shop.shop.stock[self.numbers[sku]]
        return float(stock["qty"]), int(stock["is_in_stock"])

    def run_of(self, action):
        """Wait for the end of the run that a button opened."""
        self.assertEqual(action["res_model"], "magento.run")
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def confirm(self, **values):
        """The first send was confirmed some time ago."""
        self.instance.write({"stock_confirmed_at": "2026-01-01 00:00:00", **values})

    def send(self):
        return self.run_of(self.instance.action_send_stock())


class TestSendStock(StockCase):
    def test_what_differs_is_sent_and_nothing_twice(self):
        self.confirm()
        run = self.send()
        self.assertEqual((run.state, run.sent_count, run.failed_count), ("done", len(SKUS), 0))
        for sku in SKUS:
            self.assertEqual(self.in_magento(sku), (10, 1), sku)
        self.assertEqual(set(self.links.mapped("qty_sent")), {10})
        self.shop.reset()
        run = self.send()
        self.assertEqual((run.state, run.sent_count), ("done", 0))
        self.assertEqual(self.shop.requests.total, 0)

    def test_only_what_changed(self):
        self.confirm()
        self.send()
        self.shop.reset()
        self.put(-3, self.products[:2])
        run = self.send()
        self.assertEqual(run.sent_count, 2)
        self.assertEqual((self.in_magento("SMP-0001"), self.in_magento("5")), ((7, 1), (10, 1)))

    def test_zero_is_out_of_stock_and_comes_back(self):
        self.confirm()
        self.put(-10, self.products[0])
        self.send()
        self.assertEqual(self.in_magento("SMP-0001"), (0, 0))
        self.put(4, self.products[0])
        self.send()
        self.assertEqual(self.in_magento("SMP-0001"), (4, 1))

    def test_backorders_keep_it_in_stock(self):
        self.confirm(stock_at_zero="in")
        self.put(-10, self.products[0])
        self.send()
        self.assertEqual(self.in_magento("SMP-0001"), (0, 1))
        self.instance.stock_at_zero = "backorder"
        run = self.send()
        self.assertEqual(run.sent_count, len(SKUS), "the rule goes with the quantity")
        self.assertEqual(int(self.shop.shop.stock[self.numbers["SMP-0001"]]["backorders"]), 1)

    def test_safety_quantity_never_below_zero(self):
        self.confirm(stock_safety=3)
        self.put(-8, self.products[1])
        self.send()
        self.assertEqual((self.in_magento("SMP-0001"), self.in_magento("SMP-0002")), ((7, 1), (0, 0)))

    def test_the_chosen_quantity(self):
        self.confirm()
        product = self.products[0]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 4})],
            }
        )
        order.action_confirm()
        incoming = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 1,
                "product_uom": self.env.ref("uom.product_uom_dozen").id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        incoming._action_confirm()
        for quantity, expected in (("free_qty", 6), ("virtual_available", 18), ("qty_available", 10)):
            self.instance.stock_quantity = quantity
            self.send()
            self.assertEqual(self.in_magento("SMP-0001"), (expected, 1), quantity)

    def test_several_warehouses_add_up(self):
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "WH2"})
        third = self.env["stock.warehouse"].create({"name": "Third", "code": "WH3"})
        self.put(5, self.products[0], other.lot_stock_id)
        self.put(100, self.products[0], third.lot_stock_id)
        self.confirm()
        self.send()
        self.assertEqual(self.in_magento("SMP-0001"), (10, 1), "the warehouse of the websites")
        self.instance.stock_warehouse_ids = self.warehouse + other
        self.send()
        self.assertEqual(self.in_magento("SMP-0001"), (15, 1))

    def test_opted_out_and_not_stocked_are_left_alone(self):
        self.confirm()
        before = self.in_magento("SMP-0001"), self.in_magento("SMP-0002")
        self.links[0].send_stock = False
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        self.links[1].product_id = service
        run = self.send()
        self.assertEqual(run.sent_count, len(SKUS) - 2)
        self.assertEqual((self.in_magento("SMP-0001"), self.in_magento("SMP-0002")), before)
        with self.assertRaises(UserError):
            self.links[0].action_send_stock()

    def test_a_product_that_is_gone_does_not_stop_the_others(self):
        self.confirm()
        gone = self.link_gone("SMP-0100")
        run = self.send()
        self.assertEqual((run.state, run.sent_count, run.failed_count), ("done", len(SKUS), 1))
        self.assertIn("SMP-0100", gone.stock_error)
        self.assertEqual(self.instance.stock_error_count, 1)
        self.assertEqual(self.in_magento("OOS-1"), (10, 1))
        self.instance.schedule_stock = True
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.shop.requests.calls, "what was refused is not offered again by itself")
        self.put(1, gone.product_id)
        self.run_cron()
        self.assertEqual(gone.qty_sent, 1, "a new quantity is")

    def test_a_product_that_is_known_to_be_gone_is_left_out(self):
        self.confirm()
        gone = self.link_gone("SMP-0101")
        self.run_of(self.env["magento.run"]._start_products(self.instance, {"ids": [gone.magento_id]}))
        self.assertTrue(gone.is_gone)
        self.assertIn("its stock is not sent", gone.stock_error)
        run = self.send()
        self.assertEqual((run.sent_count, run.failed_count), (len(SKUS), 0))
        self.assertEqual(self.instance.stock_error_count, 0, "nobody can do anything about it")
        with self.assertRaises(UserError):
            gone.action_send_stock()

    def test_a_product_that_an_order_still_names_is_left_out_too(self):
        self.confirm()
        number = self.shop.place_order(store_id=1, lines=[{"sku": "SMP-0102", "qty": 1}])["increment_id"]
        self.shop.control.delete(product="SMP-0102")
        self.only(number)
        link = self.env["magento.product"].search([("sku", "=", "SMP-0102")])
        self.assertTrue(link.is_gone)
        self.send()
        self.assertFalse(link.stock_sent_at)

    def test_what_magento_sells_by_the_stock_of_others_is_left_alone(self):
        self.confirm()
        link = self.links.filtered(lambda one: one.sku == "SMP-0001")
        for kind in ("configurable", "grouped", "bundle"):
            link.write({"product_type": kind, "stock_sent_at": False})
            self.send()
            self.assertFalse(link.stock_sent_at, kind)
        self.assertEqual(self.in_magento("SMP-0001"), (1, 1))

    def test_a_sku_that_another_product_has_now(self):
        self.confirm()
        other = self.shop.shop.products.by_natural("SMP-0010")
        for sku, record in (("SMP-OLD", self.shop.shop.products.by_natural("SMP-0001")), ("SMP-0001", other)):
            self.shop.shop.products.remove(record)
            record.edit()["sku"] = sku
            self.shop.shop.products.add(record)
        before = self.shop.shop.stock[other.get("product_id")]["qty"]
        self.assertEqual(self.send().failed_count, 0)
        self.assertEqual(self.shop.shop.stock[other.get("product_id")]["qty"], before)
        self.assertEqual(self.in_magento("SMP-0001"), (10, 1), "the product that is linked, whatever its SKU")
        for sku, record in (("SMP-0010", other), ("SMP-0001", self.shop.shop.products.by_natural("SMP-OLD"))):
            self.shop.shop.products.remove(record)
            record.edit()["sku"] = sku
            self.shop.shop.products.add(record)

    def test_trouble_of_the_shop_stops_the_run_and_passes(self):
        self.confirm(schedule_stock=True)
        self.shop.misbehave("http_503", "cataloginventory_stock_item.*", times=None)
        self.run_cron()
        self.assertTrue(self.instance.error_message)
        self.assertFalse(any(self.links.mapped("stock_error")))
        self.shop.reset()
        self.let_time_pass()
        self.run_cron()
        self.assertFalse(self.instance.error_message)
        self.assertEqual(self.in_magento("SMP-0001"), (10, 1))

    def test_an_answer_that_is_lost(self):
        self.confirm()
        self.shop.misbehave("lost_answer", "cataloginventory_stock_item.*")
        self.send()
        self.let_time_pass()
        run = self.send()
        self.assertEqual(run.state, "done")
        self.assertEqual({self.in_magento(sku) for sku in SKUS}, {(10, 1)})

    def test_orders_come_before_stock(self):
        self.confirm(schedule_stock=True, schedule_orders=True)
        self.map_rates()
        self.run_cron()
        calls = [name for entry in self.shop.log for name in entry.names()]
        first_stock = next(i for i, method in enumerate(calls) if method.startswith("cataloginventory"))
        self.assertIn("sales_order.info", calls[:first_stock])
        self.assertNotIn("sales_order.info", calls[first_stock:])


class TestSendStockOverV1(StockCase):
    protocol = "soap_v1"

    def test_sent(self):
        self.confirm()
        self.assertEqual(self.send().sent_count, len(SKUS))
        self.assertEqual({self.in_magento(sku) for sku in SKUS}, {(10, 1)})


class TestSendStockOverV2(StockCase):
    protocol = "soap_v2"

    def test_sent(self):
        self.confirm()
        self.assertEqual(self.send().sent_count, len(SKUS))
        self.assertEqual({self.in_magento(sku) for sku in SKUS}, {(10, 1)})


class TestFirstSend(StockCase):
    def test_nothing_is_sent_before_somebody_confirms(self):
        self.instance.schedule_stock = True
        self.assertTrue(self.instance.stock_is_new)
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)
        self.assertNotEqual(self.in_magento("SMP-0001"), (10, 1))

    def test_the_wizard_shows_what_would_change(self):
        self.put(-10, self.products[:2])
        self.shop.control.edit_product("SMP-0001", qty="5.0000", is_in_stock=1)
        self.shop.control.edit_product("SMP-0002", qty="0.0000", is_in_stock=0)
        self.shop.control.edit_product("1001", qty="10.0000", is_in_stock=1)
        run = self.run_of(self.instance.action_send_stock())
        self.assertEqual((run.kind, run.state), ("stock_compare", "done"))
        self.assertEqual((run.seen_count, run.differing_count), (len(SKUS), len(SKUS) - 2))
        action = run.action_review_stock()
        self.assertEqual(action["res_model"], "magento.stock.wizard")
        wizard = self.env["magento.stock.wizard"].with_context(**action["context"]).create({})
        self.assertEqual(
            (wizard.product_count, wizard.change_count, wizard.zero_count, wizard.missing_count),
            (len(SKUS), len(SKUS) - 2, 1, 0),
        )
        self.shop.reset()
        run = self.run_of(wizard.action_send())
        self.assertEqual(run.sent_count, len(SKUS) - 2, "what agreed is not sent")
        self.assertTrue(self.instance.schedule_stock)
        self.assertFalse(self.instance.stock_is_new)
        self.assertEqual((self.in_magento("SMP-0001"), self.in_magento("5")), ((0, 0), (10, 1)))

    def test_the_comparison_lists_what_is_missing(self):
        gone = self.link_gone("SMP-0101")
        run = self.run_of(self.instance.action_compare_stock())
        self.assertEqual(run.failed_count, 1)
        self.assertIn("SMP-0101", gone.stock_error)

    def test_a_selection_is_sent(self):
        self.run_of(self.instance.action_compare_stock())
        differing = self.links.filtered("stock_differs")
        self.assertTrue(differing)
        run = self.run_of(differing[:2].action_send_stock())
        self.assertEqual(run.sent_count, 2)
        self.assertFalse(any(differing[:2].mapped("stock_differs")))
        self.assertTrue(differing[2].stock_differs)
        self.assertFalse(any(self.links.mapped("stock_requested")))

    def test_drift_is_found_and_mended(self):
        self.confirm()
        self.send()
        self.shop.control.edit_product("5", qty="99.0000")
        self.assertEqual(self.send().sent_count, 0, "nothing has changed in Odoo")
        run = self.run_of(self.instance.action_compare_stock())
        self.assertEqual(run.differing_count, 1)
        self.run_of(self.links.filtered("stock_differs").action_send_stock())
        self.assertEqual(self.in_magento("5"), (10, 1))

    def test_who_may_do_what(self):
        user = new_test_user(self.env, "stock-magento", groups="magento_connector.group_user")
        with self.assertRaises(AccessError):
            self.env["magento.stock.wizard"].with_user(user).create({"instance_id": self.instance.id})
        self.confirm()
        for records in (self.instance, self.links[0]):
            with self.assertRaises(AccessError):
                records.with_user(user).action_send_stock()
        self.assertEqual(self.run_of(self.instance.with_user(user).action_compare_stock()).differing_count, len(SKUS))
        administrator = new_test_user(self.env, "stock-manager", groups="magento_connector.group_manager")
        run = self.run_of(self.instance.with_user(administrator).action_send_stock())
        self.assertEqual(run.sent_count, len(SKUS))
        self.assertEqual(self.run_of(self.links[0].with_user(administrator).action_send_stock()).sent_count, 1)


class TestTakeOver(StockCase):
    def test_magentos_stock_becomes_a_count_to_review(self):
        self.shop.control.edit_product("SMP-0001", qty="42.0000", is_in_stock=1)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "warehouse_id": self.warehouse.id,
                "magento_instance_id": self.instance.id,
                "order_line": [Command.create({"product_id": self.products[0].id, "product_uom_qty": 2})],
            }
        )
        order.action_confirm()
        self.run_of(self.instance.action_compare_stock())
        wizard = self.env["magento.stock.wizard"].create({"instance_id": self.instance.id})
        run = self.run_of(wizard.action_take_over())
        self.assertEqual((run.state, run.imported_count), ("done", len(SKUS)))
        action = run.action_open_inventory()
        quants = self.env["stock.quant"].search(action["domain"])
        self.assertEqual(quants.product_id, self.products)
        quant = quants.filtered(lambda quant: quant.product_id == self.products[0])
        self.assertEqual((quant.inventory_quantity, quant.quantity), (44, 10), "sold, but not yet delivered: on top")
        quants.action_apply_inventory()
        self.confirm()
        self.assertEqual(self.products[0].with_context(warehouse_id=self.warehouse.id).free_qty, 42)
        self.run_of(self.instance.action_compare_stock())
        self.assertEqual(self.links[0].qty_difference, 0)


class TestWaking(StockCase):
    """A stock move only wakes the loop, and costs next to nothing."""

    def triggers(self):
        cron = self.env.ref("magento_connector.cron_synchronize")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def end_transaction(self):
        """What a commit does beside committing."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.clear()

    def setUp(self):
        super().setUp()
        self.end_transaction()
        self.env["ir.cron.trigger"].search([]).unlink()

    def test_no_shop_no_query(self):
        quant = self.env["stock.quant"].search([("product_id", "=", self.products[0].id)], limit=1)
        self.env["magento.instance"]._any_sends_stock()
        with self.assertQueryCount(0):
            self.env["magento.instance"]._stock_has_moved()
        quant.quantity += 1
        self.end_transaction()
        self.assertEqual(self.triggers(), 0)

    def test_one_wake_for_a_transaction(self):
        self.confirm(schedule_stock=True)
        self.env["magento.instance"]._any_sends_stock()
        self.env.ref("magento_connector.cron_synchronize").active  # noqa: B018  # as in a server that runs
        self.end_transaction()
        before = self.triggers()
        with self.assertQueryCount(3):
            for _move in range(5):
                self.env["magento.instance"]._stock_has_moved()
            self.end_transaction()
        self.assertEqual(self.triggers(), before + 1)

    def test_a_receipt_wakes_and_is_sent(self):
        self.confirm(schedule_stock=True)
        self.run_cron()
        self.end_transaction()
        before = self.triggers()
        move = self.env["stock.move"].create(
            {
                "product_id": self.products[0].id,
                "product_uom_qty": 7,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 7, "picked": True})
        move._action_done()
        self.end_transaction()
        self.assertEqual(self.triggers(), before + 1)
        self.run_cron()
        self.assertEqual(self.in_magento("SMP-0001"), (17, 1))

    def test_disconnecting_ends_it(self):
        self.confirm(schedule_stock=True)
        self.assertTrue(self.env["magento.instance"]._any_sends_stock())
        self.instance.action_disconnect()
        self.assertFalse(self.env["magento.instance"]._any_sends_stock())
        self.assertFalse(self.instance.schedule_stock)
