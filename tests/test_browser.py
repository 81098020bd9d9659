"""The administrator's way through the pages, in a real browser, with a store over real HTTP."""

from decimal import Decimal

from odoo.tests import HttpCase, tagged

from ..sandbox import start


@tagged("post_install", "-at_install", "browser")
class TestBrowser(HttpCase):
    """Three orders: one that is imported, one whose tax is not mapped, one whose amounts do not add up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = start(recorded_only=True)
        cls.addClassCleanup(cls.shop.stop)
        control = cls.shop.control
        for order in list(cls.shop.shop.orders.rows):
            control.delete(order=order.get("increment_id"))
        line = {"sku": "TOUR-1", "price": "20.00", "tax_percent": 0}
        plain = {"store_id": 1, "shipping_tax_percent": 0, "address": {"country_id": "US"}}
        control.edit_product("TOUR-1", name="A chair <b>for</b> the tour")
        cls.orders = [
            control.place_order(**plain, lines=[line]),
            control.place_order(**plain, lines=[line | {"tax_percent": "13.37"}]),
            control.place_order(
                **plain, lines=[line], changes={"grand_total": "27.0000", "base_grand_total": "27.0000"}
            ),
        ]
        cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")]).active = True
        cls.env["account.tax"].create(
            [{"name": name, "amount": 13.37, "type_tax_use": "sale"} for name in ("County 13.37 %", "Other 13.37 %")]
        )
        # the port of the store is known only now
        cls.env["ir.default"].set("magento.instance", "url", cls.shop.url)

    def test_administrator(self):
        self.start_tour(
            "/odoo/action-magento_connector.action_magento_dashboard", "magento_administrator", login="admin"
        )
        instance = self.env["magento.instance"].search([("name", "=", "Tour Shop")])
        self.assertEqual(instance.state, "connected")
        self.assertTrue(instance.is_set_up)
        self.assertFalse(instance.activity_ids)
        for order in self.orders:
            row = instance.order_ids.filtered(lambda row, number=order["increment_id"]: row.increment_id == number)
            self.assertEqual(row.state, "imported")
            self.assertEqual(Decimal(str(round(row.sale_order_id.amount_total, 2))), Decimal(order["grand_total"]))
