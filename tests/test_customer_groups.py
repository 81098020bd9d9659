"""What customers get from their group in Magento, and lose with it."""

import copy

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import MagentoCase

FIRST = "100000001"
GENERAL, WHOLESALE, RETAILER = 1, 2, 3


class TestCustomerGroups(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        with cls.instance._client() as client:
            ((_number, cls.template),) = client.order_payloads([FIRST])
        cls.numbers = iter(range(510000001, 600000000))
        cls.tags = cls.env["res.partner.category"].create([{"name": name} for name in ("One", "Two", "Mine")])
        cls.lists = cls.env["product.pricelist"].create([{"name": name} for name in ("First", "Second", "Own")])
        cls.position = cls.env["account.fiscal.position"].create({"name": "Abroad"})

    def order(self, group, **changes):
        """Import an order of the recorded customer, who is in that group now; returns its sale order."""
        number = str(next(self.numbers))
        payload = copy.deepcopy(self.template) | {"increment_id": number, "order_id": int(number)}
        payload |= {"customer_group_id": group} | changes
        self.shop.set_payload(number, payload)
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        return row.sale_order_id

    def group(self, number):
        return self.instance.customer_group_ids.filtered(lambda group: group.magento_id == number)

    def price_of(self, partner):
        return partner.with_company(self.instance.company_id).specific_property_product_pricelist

    def position_of(self, partner):
        return partner.with_company(self.instance.company_id).property_account_position_id

    def test_groups_come_with_connect_and_with_orders(self):
        self.assertEqual(
            self.instance.customer_group_ids.mapped("name"),
            ["NOT LOGGED IN", "General", "Wholesale", "Retailer", "VIP & Amis é"],
        )
        self.order(77)
        self.assertEqual(self.group(77).name, "Customer group 77")
        self.assertEqual(self.group(77).customer_count, 1)
        self.instance.action_connect()
        self.assertEqual(len(self.instance.customer_group_ids), 6)

    def test_what_is_called_as_the_group_is_suggested(self):
        self.instance.customer_group_ids.unlink()
        tag = self.env["res.partner.category"].create({"name": "wholesale"})
        pricelist = self.env["product.pricelist"].create({"name": "Retailer"})
        self.env["account.fiscal.position"].create([{"name": "General"}, {"name": "general"}])
        self.instance.action_connect()
        self.assertEqual((self.group(WHOLESALE).category_ids, self.group(WHOLESALE).suggested), (tag, True))
        self.assertEqual(self.group(RETAILER).pricelist_id, pricelist)
        self.assertFalse(self.group(GENERAL).fiscal_position_id, "two of that name")
        self.group(RETAILER).pricelist_id = False
        self.assertFalse(self.group(RETAILER).suggested)

    def test_the_customer_follows_its_group(self):
        self.group(GENERAL).write({"category_ids": self.tags[0], "pricelist_id": self.lists[0].id})
        self.group(WHOLESALE).write(
            {"category_ids": self.tags[1], "pricelist_id": self.lists[1].id, "fiscal_position_id": self.position.id}
        )
        partner = self.order(GENERAL).partner_id
        self.assertEqual((partner.category_id, self.price_of(partner)), (self.tags[0], self.lists[0]))
        partner.category_id |= self.tags[2]
        self.order(WHOLESALE, created_at="2026-11-21 05:00:00")
        self.assertEqual(partner.category_id, self.tags[1] | self.tags[2])
        self.assertEqual((self.price_of(partner), self.position_of(partner)), (self.lists[1], self.position))
        self.order(GENERAL, created_at="2026-11-20 05:00:00")
        self.assertEqual(self.price_of(partner), self.lists[1], "an older order does not count")
        self.order(RETAILER, created_at="2026-11-22 05:00:00")
        self.assertEqual(partner.category_id, self.tags[2])
        self.assertFalse(self.price_of(partner))
        self.assertFalse(self.position_of(partner))

    def test_what_a_person_chose_stays(self):
        partner = self.order(GENERAL).partner_id
        partner = partner.with_company(self.instance.company_id)
        partner.write({"category_id": self.tags[2], "specific_property_product_pricelist": self.lists[2].id})
        self.order(RETAILER, created_at="2026-11-22 05:00:00")
        self.assertEqual((partner.category_id, self.price_of(partner)), (self.tags[2], self.lists[2]))
        self.group(WHOLESALE).pricelist_id = self.lists[0]
        self.run_cron()
        self.order(WHOLESALE, created_at="2026-11-23 05:00:00")
        self.assertEqual(self.price_of(partner), self.lists[0])
        partner.specific_property_product_pricelist = self.lists[2]
        self.order(GENERAL, created_at="2026-11-24 05:00:00")
        self.assertEqual(self.price_of(partner), self.lists[2], "chosen after the group had given its own")

    def test_customers_follow_a_change_of_the_group(self):
        partner = self.order(GENERAL).partner_id
        self.group(GENERAL).category_ids = self.tags[:2]
        self.assertFalse(partner.category_id)
        self.run_cron()
        self.assertEqual(partner.category_id, self.tags[:2])
        self.assertEqual(self.env["magento.run"].search([("kind", "=", "customers")]).imported_count, 1)
        self.group(GENERAL).write({"category_ids": [Command.set(self.tags[1].ids)], "pricelist_id": self.lists[0].id})
        self.run_cron()
        self.assertEqual((partner.category_id, self.price_of(partner)), (self.tags[1], self.lists[0]))
        self.assertFalse(self.env["magento.customer"].search([("group_stale", "=", True)]))

    def test_magentos_taxes_win_over_the_fiscal_position(self):
        tax = self.instance.tax_map_ids.tax_ids[:1]
        other = self.make_tax("3.0", fiscal_position_ids=[Command.link(self.position.id)], original_tax_ids=tax.ids)
        self.assertTrue(other)
        self.group(GENERAL).fiscal_position_id = self.position
        sale_order = self.order(GENERAL)
        self.assertEqual(self.position_of(sale_order.partner_id), self.position)
        self.assertEqual(sale_order.fiscal_position_id, self.position)
        self.assertNotIn(other, sale_order.order_line.tax_ids)
        self.assert_exact(sale_order, self.template)
        sale_order.action_confirm()
        for line in sale_order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = sale_order._create_invoices()
        invoice.action_post()
        self.assert_exact(invoice, self.template)

    def test_a_company_has_it_for_its_people(self):
        self.group(GENERAL).write({"category_ids": self.tags[0], "fiscal_position_id": self.position.id})
        billing = self.template["billing_address"] | {"company": "ACME Ltd"}
        partner = self.order(GENERAL, billing_address=billing).partner_id
        self.assertTrue(partner.parent_id)
        self.assertEqual(self.position_of(partner.parent_id), self.position)
        self.assertEqual((partner.category_id, partner.parent_id.category_id.ids), (self.tags[0], []))

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.group(GENERAL).fiscal_position_id = self.position
        partner = self.order(GENERAL).partner_id
        self.assertEqual(self.position_of(partner), self.position)
        self.assertFalse(partner.with_company(other).property_account_position_id)
        stranger = new_test_user(
            self.env, "group-stranger", "magento_connector.group_manager", company_id=other.id, company_ids=other.ids
        )
        self.assertFalse(self.env["magento.customer.group"].with_user(stranger).search([]))

    def test_managers_choose_and_users_look(self):
        user = new_test_user(self.env, "group-user", "magento_connector.group_user")
        manager = new_test_user(self.env, "group-manager", "magento_connector.group_manager")
        group = self.group(GENERAL)
        self.order(GENERAL)
        group.with_user(user).read(["name", "category_ids", "pricelist_id", "fiscal_position_id"])
        with self.assertRaises(AccessError):
            group.with_user(user).category_ids = self.tags[0]
        group.with_user(manager).write(
            {"category_ids": self.tags[0], "pricelist_id": self.lists[0].id, "fiscal_position_id": self.position.id}
        )
        self.run_cron()
        self.assertEqual(self.env["magento.run"].search([("kind", "=", "customers")]).state, "done")

    def test_a_shop_whose_groups_may_not_be_seen(self):
        self.instance.customer_group_ids.unlink()
        self.instance.write({"username": "limited", "api_key": "limited-key"})
        self.instance.action_connect()
        self.assertFalse(self.instance.customer_group_ids)
        self.assertIn("Customers", self.instance.missing_permissions)
