"""Kits, with Manufacturing installed: Magento sells as many as can be made of the parts."""

from odoo import Command
from odoo.tests import tagged

from .test_stock import StockCase


@tagged("beside", "-standard")
class TestKits(StockCase):
    """A kit of two of the first product and five of the second one; ten of each are on hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit, cls.dozens = cls.products[2:4]
        cls.kit.is_storable = False
        parts = ((cls.products[0], 2), (cls.products[1], 5))
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity}) for part, quantity in parts
                ],
            }
        )

    def test_as_many_as_can_be_made(self):
        self.confirm()
        self.send()
        self.assertEqual(self.in_magento(self.kit.default_code), (2, 1))

    def test_the_parts_are_taken_for_something_else(self):
        self.confirm()
        self.send()
        self.put(-6, self.products[1])
        self.send()
        self.assertEqual(self.in_magento(self.kit.default_code), (0, 0))
        self.assertEqual(self.in_magento("SMP-0002"), (4, 1))

    def test_a_reservation_of_the_kit_takes_its_parts(self):
        self.confirm()
        self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": self.kit.id, "product_uom_qty": 1})],
            }
        ).action_confirm()
        self.send()
        self.assertEqual(self.in_magento(self.kit.default_code), (1, 1))
        self.assertEqual((self.in_magento("SMP-0001"), self.in_magento("SMP-0002")), ((8, 1), (5, 1)))
