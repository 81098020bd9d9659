"""The inbox forgets whose an order is: when somebody is erased, and after the days that the instance says."""

import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from .common import MagentoCase

NUMBER, OTHER = "100000001", "100000007"
WORDS = ("van der Berg", "customer2@example.com", "Main Street", "203.0.113")


class TestPrivacy(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def setUp(self):
        super().setUp()
        self.row = self.only(NUMBER)
        self.partner = self.row.sale_order_id.partner_id

    def erase(self, partners=None, user=None):
        wizard = self.env["magento.erase.wizard"].with_user(user or self.env.user)
        partners = partners or self.partner
        return wizard.with_context(active_model="res.partner", active_ids=partners.ids).create({})

    def age(self, days):
        """Let the instance keep payloads for so many days, and the daily clean-up run."""
        self.instance.payload_days = days
        self.env["magento.order"]._age_payloads()

    def assert_nobody(self, row):
        """Nobody can tell whose the order is, and its amounts are still there."""
        text = json.dumps(row.payload, ensure_ascii=False)
        for word in WORDS:
            self.assertNotIn(word, text)
        self.assertFalse(row.customer_email)
        self.assertEqual(row.payload["grand_total"], f"{row.grand_total:.4f}")
        self.assertIn(row.payload["items"][0]["sku"], row.payload_view)
        self.assertNotIn("van der Berg", row.payload_view + row.payload_json)

    # -- erasing ------------------------------------------------------------------------------------------------------

    def test_one_action_erases_what_the_connector_holds(self):
        text = json.dumps(self.row.payload, ensure_ascii=False)
        self.assertIn(WORDS[0], text)
        sale_order = self.row.sale_order_id
        sale_order.write({"magento_comments": "Ring twice", "magento_gift_message": "Dear José"})
        total = sale_order.amount_total
        sale_order.action_confirm()
        self.partner.magento_export_ids = self.instance
        self.env["magento.customer.problem"].create(
            {
                "instance_id": self.instance.id,
                "magento_id": 2,
                "name": "José van der Berg",
                "email": "customer2@example.com",
                "reason_kind": "ambiguous",
                "reason": "-",
            }
        )
        wizard = self.erase()
        self.assertEqual((wizard.order_count, wizard.link_count, wizard.problem_count), (1, 1, 1))
        self.assertGreaterEqual(wizard.address_count, 1)
        wizard.action_erase()
        self.assertEqual((self.row.state, self.row.payload_reduced), ("imported", "erased"))
        self.assert_nobody(self.row)
        self.assertFalse(sale_order.magento_comments or sale_order.magento_gift_message)
        for model in ("magento.customer", "magento.address", "magento.customer.problem"):
            self.assertFalse(self.env[model].search([("instance_id", "=", self.instance.id)]), model)
        self.assertEqual((sale_order.amount_total, self.partner.name), (total, "José van der Berg"))
        self.assertIn("erased", self.partner.message_ids[0].body)
        self.assertFalse(self.partner.magento_export_ids)
        self.assertEqual(self.erase().order_count, 0, "once")

    def test_others_are_left_alone(self):
        other = self.only(OTHER)
        self.assertNotEqual(other.sale_order_id.partner_id, self.partner)
        payload = other.payload
        self.erase().action_erase()
        self.assertEqual((other.payload, other.payload_reduced), (payload, False))
        self.assertTrue(self.env["magento.customer"].search([("partner_id", "=", other.sale_order_id.partner_id.id)]))

    def test_orders_that_were_never_imported(self):
        payload = self.row.payload
        self.shop.set_payload("700000001", payload | {"increment_id": "700000001", "order_id": 700000001, "items": "x"})
        failed = self.only("700000001")
        self.assertEqual(failed.state, "failed")
        self.erase().action_erase()
        self.assertEqual((failed.state, failed.reason_kind), ("skipped", "erased"))
        self.assertIn("Ask Magento anew", failed.reason)
        self.assertFalse(failed.customer_email)
        self.import_orders()
        self.assertEqual(failed.state, "skipped")

    def test_what_comes_later_is_not_kept_either(self):
        self.erase().action_erase()
        messages = self.row.sale_order_id.message_ids
        self.shop.change_order(NUMBER, "invoice")
        self.import_orders()
        self.assertEqual(self.row.magento_state, "processing")
        self.assert_nobody(self.row)
        news = self.row.sale_order_id.message_ids - messages
        self.assertFalse(news.filtered(lambda message: "Comment in Magento" in message.body))

    def test_documents_after_the_erasure_are_exact(self):
        payload = self.row.payload
        self.erase().action_erase()
        sale_order = self.row.sale_order_id
        sale_order.action_confirm()
        for line in sale_order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = sale_order._create_invoices()
        invoice.action_post()
        self.assert_exact(invoice, payload)

    def test_an_erased_order_is_imported_again_from_magento(self):
        self.erase().action_erase()
        self.row.sale_order_id.unlink()
        self.row.action_import_again()
        self.run_cron()
        self.assertEqual((self.row.state, self.row.payload_reduced), ("imported", False))
        self.assertEqual(self.row.sale_order_id.partner_id.email, "customer2@example.com")

    def test_managers_erase_in_their_companies(self):
        user = new_test_user(self.env, "privacy-user", "magento_connector.group_user")
        manager = new_test_user(
            self.env, "privacy-manager", "magento_connector.group_manager,base.group_partner_manager"
        )
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "privacy-stranger",
            "magento_connector.group_manager,base.group_partner_manager",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaises(AccessError):
            self.erase(user=user)
        wizard = self.erase(user=stranger)
        self.assertEqual((wizard.order_count, wizard.link_count), (0, 0))
        wizard.action_erase()
        self.assertFalse(self.row.payload_reduced)
        self.erase(user=manager).action_erase()
        self.assertEqual(self.row.payload_reduced, "erased")

    # -- ageing -------------------------------------------------------------------------------------------------------

    def test_payloads_age_out(self):
        self.row.updated_at = fields.Datetime.now() - timedelta(days=100)
        self.age(0)
        self.assertFalse(self.row.payload_reduced)
        self.age(101)
        self.assertFalse(self.row.payload_reduced)
        self.age(99)
        self.assertEqual(self.row.payload_reduced, "aged")
        self.assert_nobody(self.row)
        self.assertTrue(self.partner.email)
        self.assertTrue(self.env["magento.customer"].search([("partner_id", "=", self.partner.id)]))

    def test_what_is_not_done_with_does_not_age(self):
        old = fields.Datetime.now() - timedelta(days=100)
        for values in (
            {"state": "failed"},
            {"state": "waiting"},
            {"state": "imported", "rule_state": "failed"},
            {"state": "imported", "rule_state": "waiting"},
        ):
            self.row.write({"updated_at": old} | values)
            self.age(10)
            self.assertFalse(self.row.payload_reduced, values)

    def test_an_aged_order_is_imported_again_from_magento(self):
        self.row.updated_at = fields.Datetime.now() - timedelta(days=100)
        self.age(10)
        self.row.sale_order_id.unlink()
        self.row.action_import_again()
        self.run_cron()
        self.assertEqual((self.row.state, self.row.payload_reduced), ("imported", False))
        self.assertEqual(self.row.sale_order_id.partner_id, self.partner)

    def test_an_aged_order_that_magento_has_deleted(self):
        number = self.shop.place_order(lines=[{"sku": "1001"}], store_id=1)["increment_id"]
        row = self.only(number)
        row.updated_at = fields.Datetime.now() - timedelta(days=100)
        self.age(10)
        row.sale_order_id.unlink()
        self.shop.delete(order=number)
        row.action_import_again()
        self.run_cron()
        self.assertEqual(row.state, "failed")
        self.assertIn("Magento has no order", row.reason)

    def test_an_aged_order_that_changes_is_known_again_for_a_while(self):
        number = self.shop.place_order(lines=[{"sku": "1001"}], store_id=1)["increment_id"]
        row = self.only(number)
        row.updated_at = fields.Datetime.now() - timedelta(days=100)
        self.age(10)
        self.shop.change_order(number, "invoice")
        self.import_orders()
        self.assertFalse(row.payload_reduced)
        self.assertTrue(row.customer_email)

    def test_no_number_of_days_below_zero(self):
        with self.assertRaisesRegex(ValidationError, "negative"):
            self.instance.payload_days = -1

    def test_a_thousand_orders_in_parts(self):
        orders = self.env["magento.order"]
        old = fields.Datetime.now() - timedelta(days=100)
        orders.create(
            [
                {
                    "instance_id": self.instance.id,
                    "increment_id": f"8{number:08d}",
                    "state": "skipped",
                    "updated_at": old,
                    "payload": self.row.payload,
                }
                for number in range(700)
            ]
        )
        self.instance.payload_days = 10
        done, left = orders._age_payloads()
        self.assertEqual((done, left), (500, 1))
        while left:
            done, left = orders._age_payloads()
        waiting = [("state", "=", "skipped"), ("payload_reduced", "=", False), ("increment_id", "like", "8%")]
        self.assertFalse(orders.search_count([*waiting, ("instance_id", "=", self.instance.id)]))
