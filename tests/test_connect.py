from .common import MagentoCase


class TestConnect(MagentoCase):
    """What Connect tries, and what a person reads of it."""

    form = "array"

    def test_batches(self):
        self.assertEqual(self.instance.batch_form, self.form)
        self.assertEqual(self.instance.batch_note, "The shop takes many calls in one request.")
        self.shop.reset()
        self.import_orders()
        orders = len(self.shop.shop.orders)
        self.assertLess(self.shop.requests.by_method["multiCall"], orders / 10 + 5)
        self.assertFalse(self.shop.requests.by_method["sales_order.info"], "in batches only")

    def test_a_shop_without_batches(self):
        self.shop.misbehave("http_500", "multiCall", times=None)
        self.instance.action_check_connection()
        self.assertEqual(self.instance.batch_form, "none")
        self.assertIn("does not take several calls in one request", self.instance.batch_note)
        self.shop.reset()
        self.instance.action_check_connection()
        self.assertEqual(self.instance.batch_form, self.form, "it is found anew")

    def test_what_is_switched_on_is_tried(self):
        self.instance.write({"username": "limited", "api_key": "limited-key"})
        self.instance.action_connect()
        self.assertTrue(self.instance.missing_permissions)
        self.assertFalse(self.instance.missing_switched_on, "nothing is switched on")
        self.instance.write({"schedule_stock": True, "schedule_product_export": True})
        self.instance.store_view_ids.send_comments = True
        self.instance.action_check_connection()
        self.assertEqual(
            self.instance.missing_switched_on.split("\n"),
            ["Catalog Inventory > Update", "Sales > Order > Change status, add comments"],
        )
        self.assertFalse(self.instance.is_set_up)
        self.instance.write({"username": "odoo", "api_key": self.shop.key})
        self.instance.action_check_connection()
        self.assertFalse(self.instance.missing_switched_on)

    def test_trying_changes_nothing(self):
        shop = self.shop.shop
        kinds = (shop.products, shop.categories, shop.customers, shop.orders, shop.invoices, shop.shipments)
        before = [len(kind) for kind in kinds]
        stock = {"schedule_stock": True, "schedule_product_export": True, "schedule_categories_export": True}
        self.instance.write(stock | {"export_customers": True})
        self.instance.store_view_ids.write(
            {"send_shipments": True, "send_invoices": "always", "send_comments": True, "send_cancellations": True}
        )
        self.shop.reset()
        self.instance.action_check_connection()
        self.assertEqual([len(kind) for kind in kinds], before)
        self.assertLess(self.shop.requests.total, 12)


class TestConnect2018(TestConnect):
    allow_inherited_tests_method = True
    shop_settings = {"recorded_only": True, "like": "20.18"}
    form = "struct"


class TestConnectSoapV2(MagentoCase):
    protocol = "soap_v2"

    def test_batches(self):
        self.assertEqual(self.instance.batch_form, "none")
        self.assertIn("SOAP v2 takes one call in a request", self.instance.batch_note)
