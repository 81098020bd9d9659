"""Ordinary work needs no role of the connector: what rules and schedules want is done whoever brings it about."""

from odoo.tests import new_test_user

from .test_outbox import OutboxCase


class TestOrdinaryWork(OutboxCase):
    def person(self, login, groups):
        person = new_test_user(self.env, f"work-{login}", groups)
        self.assertFalse(person.has_group("magento_connector.group_user"))
        return person

    def test_the_way_of_an_order(self):
        salesman = self.person("sales", "sales_team.group_sale_salesman_all_leads")
        worker = self.person("stock", "stock.group_stock_user")
        accountant = self.person("accountant", "account.group_account_invoice")
        self.rule(pending="quotation")
        row, other = self.import_order(), self.import_order()
        sale_order = row.sale_order_id.with_user(salesman)
        sale_order.action_confirm()
        sale_order.message_post(body="On its way", message_type="comment", subtype_xmlid="mail.mt_comment")
        other.sale_order_id.with_user(salesman)._action_cancel()
        picking = sale_order.picking_ids.with_user(worker)
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "1Z"
        picking.button_validate()
        move = row.sale_order_id._create_invoices().with_user(accountant)
        move.action_post()
        self.send()
        self.assertEqual(set(self.outbox().mapped("state")), {"sent"})
        self.assertEqual(set(self.outbox().mapped("kind")), {"shipment", "track", "invoice", "comment", "cancel"})
        self.assertEqual(move.magento_outbox_state, "sent")

    def test_what_was_missing_arrives(self):
        """The product manager adds a product, and its failed order is imported."""
        self.views.unknown_product = "fail"
        number = self.place(lines=[{"sku": "WORK-1", "qty": 1, "price": "3.00", "tax_percent": 0}])
        row = self.only(number)
        self.assertEqual((row.state, row.reason_kind), ("failed", "product"))
        manager = self.person("products", "base.group_user,product.group_product_manager")
        self.env["product.product"].with_user(manager).create({"name": "New", "default_code": "WORK-1"})
        self.run_cron()
        self.assertEqual(row.state, "imported")

    def test_a_product_is_saved(self):
        chair = self.env["product.product"].create({"name": "Chair", "default_code": "SMP-0001"})
        number = self.shop.shop.products.by_natural("SMP-0001").get("product_id")
        self.env["magento.product"].create(
            {"instance_id": self.instance.id, "magento_id": number, "sku": "SMP-0001", "product_id": chair.id}
        )
        self.instance.field_map_ids.filtered(lambda row: row.field_path == "name").direction = "to"
        self.instance.export_on_save = True
        manager = self.person("products", "base.group_user,product.group_product_manager")
        chair.with_user(manager).name = "A better chair"
        self.run_cron()
        self.assertEqual(self.shop.shop.products.by_natural("SMP-0001").get("name"), "A better chair")
