"""Who may see and do what."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from ..sandbox import start
from .common import MagentoCase

NUMBER = "100000001"


class TestAccess(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        cls.user = new_test_user(cls.env, "magento-user", "magento_connector.group_user")
        cls.manager = new_test_user(
            cls.env, "magento-manager", "magento_connector.group_manager,base.group_allow_export"
        )
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

    def test_the_key_stays_in_no_copy_and_no_search(self):
        instances = self.env["magento.instance"].with_user(self.manager)
        self.assertFalse(self.instance.with_user(self.manager).copy().sudo().api_key)
        for field in ("api_key", "basic_password", "wake_secret"):
            with self.assertRaises(AccessError):
                instances.search([(field, "=like", "a%")])
            with self.assertRaises(AccessError):
                instances._read_group([], [field])
            with self.assertRaises(AccessError):
                self.instance.with_user(self.manager).export_data([field])
            with self.assertRaises(AccessError):
                instances.search([], order=field)


class TestKeyStays(MagentoCase):
    """Whoever may change the address of a shop gets its key to no other place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instance.basic_password = "sesame"
        cls.manager = new_test_user(cls.env, "key-manager", "magento_connector.group_manager")
        cls.chief = new_test_user(cls.env, "key-chief", "magento_connector.group_manager,base.group_system")

    def keys(self):
        return bool(self.instance.api_key), bool(self.instance.basic_password), self.instance.state

    def tried(self, person, **values):
        """What is left of the keys after a person has changed something; undone afterwards."""
        with self.env.cr.savepoint() as savepoint:
            self.instance.with_user(person).write(values)
            found = self.keys()
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def test_the_same_shop(self):
        url = self.shop.url
        for same in (
            url,
            f"{url}/",
            f"{url}/index.php/admin",
            f"{url}/index.php/api/xmlrpc/",
            url.replace("http:", "https:"),
        ):
            self.assertEqual(self.tried(self.manager, url=same), (True, True, "connected"), same)
        for values in ({"username": "other"}, {"basic_user": "x"}, {"verify_tls": True}, {"protocol": "soap_v1"}):
            self.assertEqual(self.tried(self.manager, **values), (True, True, "connected"), values)

    def test_another_place(self):
        self.instance.write({"url": "https://shop.example.com/eu", "api_key": "key", "basic_password": "sesame"})
        self.instance.state = "connected"
        for url in (
            "https://evil.example",
            "https://shop.example.com.evil.example/eu",
            "https://shop.example.com:8443/eu",
            "https://shop.example.com/~evil",
            "http://shop.example.com/eu",
            "evil.example",
            "not an address",
            "",
        ):
            for person in (self.manager, self.chief):
                self.assertEqual(self.tried(person, url=url or " "), (False, False, "draft"), url)
        self.assertEqual(self.tried(self.manager, verify_tls=False), (False, False, "draft"))

    def test_the_key_is_not_sent_there(self):
        with start(recorded_only=True) as evil:
            instance = self.instance.with_user(self.manager)
            instance.url = evil.url
            self.assertTrue(instance.lacks_key)
            with self.assertRaisesRegex(UserError, "key is empty"):
                instance.action_connect()
            instance.load(["id", "url"], [[self.instance.export_data(["id"])["datas"][0][0], f"{evil.url}/index.php"]])
            instance.action_import_orders()
            self.run_cron()
            self.assertFalse(evil.requests.total)

    def test_whoever_may_enter_it_does_so_at_once(self):
        new = {"url": "http://other.example", "api_key": "new", "basic_password": "open"}
        self.assertEqual(self.tried(self.chief, **new), (True, True, "draft"))
        self.assertEqual(self.tried(self.chief, url=new["url"], api_key="new"), (True, False, "draft"))
        with self.assertRaises(AccessError):
            self.instance.with_user(self.manager).write(new)

    def test_the_form_says_so(self):
        form = Form(self.instance.with_user(self.chief))
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as said:
            form.url = "https://other.example"
        self.assertIn("again", said.output[0])
        self.assertFalse(form.api_key)
        form.api_key = self.shop.key
        form.save()
        self.assertEqual(self.keys(), (True, False, "draft"))

    def test_a_login_in_the_address_is_kept_apart(self):
        """Many read the address, few the password."""
        instance = self.env["magento.instance"].with_user(self.manager)
        instance = instance.create(
            {"name": "N", "username": "u", "url": "https://ann:s%40me@shop.example.com/index.php"}
        )
        found = instance.sudo()
        self.assertEqual(
            (found.url, found.basic_user, found.basic_password), ("https://shop.example.com", "ann", "s@me")
        )
        instance.url = "https://bob:other@shop.example.com"
        self.assertEqual(
            (found.url, found.basic_user, found.basic_password), ("https://shop.example.com", "bob", "other")
        )
