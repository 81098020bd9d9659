"""Goods are delivered, and Magento's stock is watched, in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..sandbox import start


@tagged("post_install", "-at_install", "browser")
class TestStockBrowser(HttpCase):
    """Two products: ten on hand of one, none of the other, which Magento still sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = start(recorded_only=True)
        cls.addClassCleanup(cls.shop.stop)
        cls.instance = cls.env["magento.instance"].create(
            {"name": "Tour Shop", "url": cls.shop.url, "username": cls.shop.user, "api_key": cls.shop.key}
        )
        cls.instance.action_connect()
        skus = ("TOUR-STOCK-1", "TOUR-STOCK-2")
        for sku in skus:
            cls.shop.control.edit_product(sku, name=sku, qty="5.0000", is_in_stock=1)
        cls.numbers = {row.get("sku"): row.get("product_id") for row in cls.shop.shop.products.rows}
        cls.products = cls.env["product.product"].create(
            [{"name": f"Chair {sku}", "default_code": sku, "is_storable": True} for sku in skus]
        )
        cls.env["magento.product"].create(
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
        cls.env["stock.quant"]._update_available_quantity(cls.products[0], cls.warehouse.lot_stock_id, 10)

    def in_magento(self, sku):
        stock = self.shop.shop.stock[self.numbers[sku]]
        return float(stock["qty"]), int(stock["is_in_stock"])

    def test_deliver_goods(self):
        action = "/odoo/action-magento_connector.action_magento_instance"
        self.start_tour(f"{action}/{self.instance.id}", "magento_stock_first_send", login="admin")
        self.assertEqual(self.in_magento("TOUR-STOCK-1"), (10, 1))
        self.assertEqual(self.in_magento("TOUR-STOCK-2"), (0, 0))
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": self.products[0].id, "product_uom_qty": 3})],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        self.start_tour(
            f"/odoo/action-stock.action_picking_tree_all/{picking.id}", "magento_stock_delivery", login="admin"
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.in_magento("TOUR-STOCK-1"), (7, 1))
