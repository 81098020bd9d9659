"""Goods are delivered, and the shipment is seen in Odoo and in Magento, in a real browser."""

from odoo.tests import HttpCase, tagged

from ..sandbox import start


@tagged("post_install", "-at_install", "browser")
class TestOutboxBrowser(HttpCase):
    """Three orders that are confirmed and not delivered; the last one is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = start(recorded_only=True)
        cls.addClassCleanup(cls.shop.stop)
        control = cls.shop.control
        recorded = list(cls.shop.shop.orders.rows)
        line = {"sku": "TOUR-1", "price": "20.00", "tax_percent": 0}
        plain = {"store_id": 1, "shipping_tax_percent": 0, "address": {"country_id": "US"}}
        steps = ([], [], ["invoice"])
        cls.numbers = [control.place_order(**plain, lines=[line], steps=done)["increment_id"] for done in steps]
        for order in recorded:
            control.delete(order=order.get("increment_id"))
        cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")]).active = True
        product = cls.env["product.product"].create({"name": "Chair", "default_code": "TOUR-1", "is_storable": True})
        cls.instance = cls.env["magento.instance"].create(
            {"name": "Tour Shop", "url": cls.shop.url, "username": cls.shop.user, "api_key": cls.shop.key}
        )
        cls.instance.action_connect()
        cls.instance.status_ids.action = "confirm"
        cls.instance.status_ids.filtered(lambda status: status.code == "processing").action = "pay"
        cls.instance.store_view_ids.import_from = False
        warehouse = cls.instance.website_ids.warehouse_id
        cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
        cls.instance.action_import_orders()
        cls.bank = cls.env["account.journal"].search([("type", "=", "bank")], limit=1)

    def run_cron(self):
        self.env.ref("magento_connector.cron_synchronize").method_direct_trigger()
        self.env.invalidate_all()

    def picking(self, number):
        return self.instance.order_ids.filtered(lambda row: row.increment_id == number).sale_order_id.picking_ids

    def tour(self, name, picking):
        self.start_tour(f"/odoo/action-stock.action_picking_tree_all/{picking.id}", name, login="admin")
        self.env.invalidate_all()

    def test_deliver(self):
        self.run_cron()
        action = "/odoo/action-magento_connector.action_magento_instance"
        self.start_tour(f"{action}/{self.instance.id}", "magento_outbox_rules", login="admin")
        view = self.instance.store_view_ids.filtered("send_shipments")
        self.assertEqual((view.name, view.send_cancellations), ("English", True))
        picking = self.picking(self.numbers[0])
        self.tour("magento_outbox_delivery", picking)
        shipment = self.shop.shop.shipments.by_natural(picking.magento_outbox_number).full()
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["1Z999AA10"])

    def test_retry(self):
        self.run_cron()
        self.instance.store_view_ids.send_shipments = True
        picking = self.picking(self.numbers[1])
        self.shop.change_order(self.numbers[1], "hold")
        picking.button_validate()
        self.run_cron()
        self.shop.change_order(self.numbers[1], "unhold")
        self.tour("magento_outbox_retry", picking)
        self.assertEqual(picking.magento_outbox_state, "sent")

    def test_paid_delivered_and_refunded(self):
        number = self.numbers[2]
        self.run_cron()
        self.env["magento.payment.method"].search([]).journal_id = self.bank
        self.instance.order_ids.filtered(lambda row: row.increment_id == number).action_apply_rules()
        self.run_cron()
        picking = self.picking(number)
        sale_order = picking.sale_id
        self.assertIn(sale_order.invoice_ids.payment_state, ("paid", "in_payment"))
        self.instance.store_view_ids.send_shipments = True
        self.tour("magento_outbox_delivery", picking)
        self.shop.change_order(number, "refund")
        self.instance.action_import_orders()
        self.run_cron()
        self.start_tour(f"/odoo/action-sale.action_orders/{sale_order.id}", "magento_credit_note", login="admin")
        credit_note = sale_order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(credit_note.amount_total, sale_order.amount_total)
