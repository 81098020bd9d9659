"""What saving a product costs, and that it wakes the export."""

from contextlib import contextmanager

from .export_common import ExportCase
from .test_products import CHAIR


class TestProductExportSave(ExportCase):
    @contextmanager
    def counted(self, queries):
        before = self.cr.sql_log_count
        yield
        self.env.flush_all()
        self.cr.precommit.run()
        queries.append(self.cr.sql_log_count - before)
        self.cr.postcommit.clear()
        self.cr.precommit.clear()

    def test_saving_costs_little(self):
        product, cron = self.linked(CHAIR).product_id, self.env.ref("magento_connector.cron_synchronize")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.shop.reset()
        costs = []
        for on_save in (False, True):
            self.instance.export_on_save = on_save
            for place, record in enumerate((product, product.product_tmpl_id)):
                for values in ({"name": f"Warm {on_save}{place}"}, {"name": f"Saved {on_save}{place}"}):
                    self.env.flush_all()
                    with self.counted(costs):
                        record.write(values)
        without, with_export = costs[1::2][:2], costs[1::2][2:]
        for before, after in zip(without, with_export, strict=True):
            self.assertLessEqual(after, before + 3, costs)
        self.assertEqual(self.shop.requests.total, 0)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers)

    def test_what_is_not_mapped_wakes_nobody(self):
        product, costs = self.linked(CHAIR).product_id, []
        self.instance.export_on_save = True
        triggers = self.env["ir.cron.trigger"].search_count([])
        with self.counted(costs):
            product.description_purchase = "For buyers only"
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers)

    def test_saved_and_in_the_store(self):
        link = self.linked(CHAIR)
        self.instance.export_on_save = True
        link.product_id.list_price = 55
        self.run_cron()
        self.assertEqual(self.in_magento(CHAIR)["price"], "55.0000")

    def test_a_mapping_says_which_fields_wake(self):
        shops = self.env["magento.instance"]
        self.instance.export_on_save = True
        self.assertNotIn("barcode", shops._export_fields())
        self.mapping("ean").direction = "both"
        self.assertIn("barcode", shops._export_fields())
        self.instance.action_disconnect()
        self.assertFalse(shops._export_fields())
