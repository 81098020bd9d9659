"""The tests of batches, run again on a shop that takes the part of OpenMage 20.18, whose multiCall wants a struct."""

from . import test_documents, test_import_recorded, test_outbox_trouble, test_product_export, test_products

NEW = {"recorded_only": True, "like": "20.18"}


class TestOrders2018(test_import_recorded.RecordedCase):
    shop_settings = NEW
    protocol = "xmlrpc"

    def test_orders_are_exact_and_read_in_batches(self):
        self.shop.reset()
        self.check_all()
        self.assertLess(self.shop.requests.total, 20)


class TestProducts2018(test_products.ProductCase):
    shop_settings = NEW
    protocol = "xmlrpc"

    def test_products_are_read_in_batches(self):
        self.shop.reset()
        self.instance.action_import_products()
        self.run_cron()
        run = self.env["magento.run"].search([], limit=1)
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        self.assertEqual(run.imported_count, len(self.shop.shop.products))
        self.assertLess(self.shop.requests.total, 40)


class TestDocuments2018(test_documents.TestDocuments):
    shop_settings = NEW
    protocol = "xmlrpc"
    allow_inherited_tests_method = True


class TestProductExport2018(test_product_export.TestProductExport):
    shop_settings = NEW
    protocol = "xmlrpc"
    allow_inherited_tests_method = True


class TestOutboxTrouble2018(test_outbox_trouble.TestOutboxTrouble):
    shop_settings = NEW
    protocol = "xmlrpc"
    allow_inherited_tests_method = True
