"""What could not be imported is kept, explained, and imported once its cause is fixed."""

from odoo.exceptions import UserError

from .common import MagentoCase

TAXED = "100000003"  # 8.375 %, two taxes of a New York address
PLAIN = "100000001"  # no tax
EURO = "300000005"


class TestInbox(MagentoCase):
    def test_an_order_waits_for_its_tax_and_follows_by_itself(self):
        row = self.only(TAXED)
        self.assertEqual((row.state, row.reason_kind, row.attempts), ("failed", "tax", 1))
        self.assertIn("8.375 %", row.reason)
        self.assertFalse(row.sale_order_id)
        mapping = self.env["magento.tax"].search([("instance_id", "=", self.instance.id)])
        self.assertTrue(mapping.needs_mapping)
        self.assertEqual(self.instance.unmapped_tax_count, 1)
        mapping.tax_ids = self.make_tax("8.375")
        self.assertEqual(row.state, "waiting")
        self.shop.reset()
        self.run_cron()
        self.assertEqual((row.state, row.reason, row.attempts), ("imported", False, 2))
        self.assert_exact(row.sale_order_id, row.payload)
        self.assertEqual(self.shop.requests.total, 0, "the payload is in the inbox: Magento is not asked again")

    def test_a_tax_is_suggested_where_exactly_one_fits(self):
        tax = self.make_tax("8.375")
        row = self.only(TAXED)
        self.assertEqual(row.state, "imported")
        mapping = self.env["magento.tax"].search([("instance_id", "=", self.instance.id)])
        self.assertEqual((mapping.tax_ids, mapping.suggested), (tax, True))

    def test_several_taxes_share_magentos_amount(self):
        taxes = self.make_tax("4") + self.make_tax("4.375")
        self.env["magento.tax"].create({"instance_id": self.instance.id, "rate": 8.375, "tax_ids": taxes.ids})
        row = self.only(TAXED)
        self.assertEqual(row.state, "imported")
        self.assert_exact(row.sale_order_id, row.payload)
        self.assertEqual(row.sale_order_id.order_line.tax_ids, taxes)

    def test_an_order_waits_for_its_currency_and_a_rate(self):
        self.env.ref("base.EUR").active = False
        self.env.ref("base.EUR").rate_ids.unlink()
        self.map_rates()
        row = self.only(EURO)
        self.assertEqual((row.state, row.reason_kind), ("failed", "currency"))
        self.assertEqual(self.instance.inactive_currencies, "EUR")
        self.instance.action_activate_currencies()
        self.run_cron()
        self.assertEqual((row.state, row.reason_kind), ("failed", "rate"))
        self.assertEqual(self.instance.missing_rates, "EUR")
        self.instance.action_use_magento_rates()
        self.run_cron()
        self.assertEqual(row.state, "imported")
        self.assertEqual(row.sale_order_id.currency_id.name, "EUR")
        self.assertAlmostEqual(row.sale_order_id.currency_rate, float(row.payload["base_to_order_rate"]), 4)

    def test_an_order_waits_for_its_product(self):
        self.instance.store_view_ids.unknown_product = "fail"
        row = self.only(PLAIN)
        self.assertEqual((row.state, row.reason_kind), ("failed", "product"))
        self.assertIn(row.missing_key.removeprefix("sku:"), row.reason)
        self.env["product.product"].create(
            [{"name": item["name"], "default_code": item["sku"]} for item in row.payload["items"]]
        )
        self.run_cron()
        self.assertEqual(row.state, "imported")

    def test_a_replacement_stands_for_unknown_products(self):
        product = self.env["product.product"].create({"name": "Anything"})
        self.instance.store_view_ids.write({"unknown_product": "replace", "replacement_product_id": product.id})
        row = self.only(PLAIN)
        self.assertEqual(row.sale_order_id.order_line.product_id, product)
        self.assertEqual(row.sale_order_id.order_line[0].name, row.payload["items"][0]["name"])

    def test_rules_skip_and_say_which(self):
        view = self.instance.store_view_ids.filtered(lambda view: view.magento_id == 1)
        status = self.instance.status_ids.filtered(lambda status: status.code == "pending")
        exception = self.env["magento.order.status.exception"].create(
            {"store_view_id": view.id, "status_id": status.id, "action": "skip"}
        )
        self.import_orders()
        row = self.inbox(PLAIN)
        self.assertEqual((row.state, row.reason_kind), ("skipped", "rule"))
        self.assertIn("pending", row.reason)
        exception.unlink()
        self.run_cron()
        self.assertEqual(row.state, "imported", "the rule changed")

    def test_a_skipped_order_can_be_imported_by_hand(self):
        self.instance.store_view_ids.import_orders = False
        self.import_orders()
        row = self.inbox(PLAIN)
        self.assertEqual(row.state, "skipped")
        action = row.action_import_again()
        self.assertEqual(action["res_model"], "magento.run")
        self.run_cron()
        self.assertEqual(row.state, "imported")
        with self.assertRaisesRegex(UserError, "imported already"):
            row.action_import_again()

    def test_an_order_whose_sale_order_was_deleted_comes_back(self):
        row = self.only(PLAIN)
        row.sale_order_id.unlink()
        self.assertEqual((row.state, row.reason_kind), ("skipped", "deleted"))
        row.action_import_again()
        self.run_cron()
        self.assertEqual(row.state, "imported")

    def test_an_unknown_number_says_so(self):
        row = self.only("999999999")
        self.assertEqual((row.state, row.reason_kind), ("failed", "magento"))
        self.assertIn("999999999", row.reason)

    def test_the_wizard_finds_failed_orders_by_reason(self):
        self.import_orders()
        wizard = self.env["magento.import.wizard"].create({"instance_id": self.instance.id, "reason_kind": "tax"})
        failed = self.inbox().filtered(lambda row: row.reason_kind == "tax")
        self.assertEqual(wizard.count, len(failed))
        self.assertTrue(failed)
        self.map_rates()
        self.run_cron()
        self.assertEqual({row.reason for row in failed if row.state != "imported"}, set())
        with self.assertRaisesRegex(UserError, "no order to import"):
            wizard.action_import()

    def test_failures_raise_one_activity_that_ends_by_itself(self):
        self.import_orders()
        count = len(self.inbox().filtered(lambda row: row.state == "failed"))
        self.assertEqual(len(self.instance.activity_ids), 1)
        self.assertIn(str(count), self.instance.activity_ids.summary)
        self.assertEqual(self.instance.activity_ids.user_id, self.instance.user_id)
        self.map_rates()
        self.run_cron()
        self.assertFalse(self.instance.activity_ids)

    def test_what_arrives_unnoticed_is_found_by_the_next_run(self):
        self.instance.store_view_ids.unknown_product = "fail"
        row = self.only(PLAIN)
        products = self.env["product.product"].create([{"name": item["name"]} for item in row.payload["items"]])
        for product, item in zip(products, row.payload["items"], strict=True):
            self.env.cr.execute("UPDATE product_product SET default_code = %s WHERE id = %s", (item["sku"], product.id))
        self.env.invalidate_all()
        self.assertEqual(row.state, "failed")
        self.import_orders()
        self.assertEqual(row.state, "imported")

    def test_a_status_of_the_shops_own_can_be_chosen(self):
        payload = self.only(PLAIN).payload
        self.shop.set_payload(
            "500000009", payload | {"increment_id": "500000009", "order_id": 9009, "status": "my_own"}
        )
        self.only("500000009")
        status = self.env["magento.order.status"].search(
            [("instance_id", "=", self.instance.id), ("code", "=", "my_own")]
        )
        self.assertEqual((len(status), status.action), (1, False))
        self.assertEqual(self.instance.undecided_statuses, "my_own")


class TestChangesInMagento(MagentoCase):
    def test_an_imported_order_follows_its_status(self):
        row = self.only(PLAIN)
        self.import_orders()
        self.shop.change_order(PLAIN, "invoice")
        self.import_orders()
        self.assertEqual((row.magento_state, row.sale_order_id.magento_state), ("processing", "processing"))
        self.assertEqual(row.state, "imported")
