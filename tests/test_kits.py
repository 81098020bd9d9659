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

    def test_magento_is_told_of_complete_kits(self):
        self.map_rates()
        self.instance.store_view_ids.write({"send_shipments": True, "mail_shipments": False})
        number = self.shop.place_order(store_id=1, lines=[{"sku": self.kit.default_code, "qty": 2}])["increment_id"]
        sale_order = self.only(number).sale_order_id
        self.assertEqual(sale_order.order_line.filtered("magento_item_id").product_id, self.kit)
        sale_order.action_confirm()
        # both of the first part, but the second one for one kit only
        self.assertEqual(self.deliver(sale_order, {self.products[0]: 4, self.products[1]: 5}), [1])
        self.assertEqual(self.deliver(sale_order, {self.products[1]: 5}), [1, 1])

    def deliver(self, sale_order, quantities):
        """Deliver some parts, let Magento be told, and give the quantities of the order's shipments there."""
        picking = sale_order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.write({"quantity": quantities.get(move.product_id, 0), "picked": move.product_id in quantities})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.run_cron()
        with self.instance._client() as client:
            numbers = [row.increment_id for row in client.shipments(int(self.inbox()[:1].magento_id))]
            return [int(item.qty) for number in numbers for item in client.shipment(number).items]
