"""Who may see and do what."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import MagentoCase

NUMBER = "100000001"


class TestAccess(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        cls.user = new_test_user(cls.env, "magento-user", "magento_connector.group_user")
        cls.manager = new_test_user(cls.env, "magento-manager", "magento_connector.group_manager")
        cls.salesman = new_test_user(cls.env, "salesman", "sales_team.group_sale_salesman_all_leads")

    def test_the_key_is_for_system_administrators(self):
        for person in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.instance.with_user(person).read(["api_key"])
        self.assertNotIn("api_key", self.instance.with_user(self.manager).copy_data()[0])

    def test_a_user_imports_again_without_rights_on_the_inbox(self):
        row = self.only(NUMBER)
        row.sale_order_id.unlink()
        row.with_user(self.user).action_import_again()
        self.run_cron()
        self.assertEqual(row.state, "imported")
        with self.assertRaises(AccessError):
            row.with_user(self.user).reason = "changed"
        with self.assertRaises(AccessError):
            self.instance.with_user(self.user).action_connect()

    def test_a_manager_connects(self):
        self.instance.customer_group_ids.unlink()
        self.instance.with_user(self.manager).action_connect()

    def test_a_manager_sets_up_another_shop(self):
        values = {"name": "Second", "url": self.shop.url, "username": self.shop.user, "protocol": "xmlrpc"}
        second = self.env["magento.instance"].with_user(self.manager).create(values)
        second.sudo().api_key = self.shop.key
        second.action_connect()
        self.assertEqual(second.state, "connected")
        self.assertTrue(second.customer_group_ids and second.store_view_ids)

    def test_a_salesman_works_with_the_sale_order(self):
        sale_order = self.only(NUMBER).sale_order_id.with_user(self.salesman)
        sale_order.read()
        sale_order.action_confirm()
        self.assertEqual(sale_order.state, "sale")

    def test_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "stranger", "magento_connector.group_manager", company_id=other.id, company_ids=[other.id]
        )
        self.only(NUMBER)
        for model in ("magento.instance", "magento.order", "magento.run", "magento.store.view", "magento.customer"):
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)

    def test_a_portal_customer_sees_the_order(self):
        sale_order = self.only(NUMBER).sale_order_id
        portal = new_test_user(self.env, "portal-customer", "base.group_portal")
        sale_order.partner_id = portal.partner_id
        sale_order.with_user(portal).read(["name", "amount_total", "magento_number", "order_line"])

    def test_a_neutralised_copy_does_not_talk_to_the_shop(self):
        from odoo.modules.neutralize import get_neutralization_queries

        self.env.flush_all()
        for query in get_neutralization_queries(["magento_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual((self.instance.state, self.instance.sudo().api_key), ("draft", False))
