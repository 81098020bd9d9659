"""Every order recorded from a real store becomes a sale order, an invoice and a credit note with Magento's amounts."""

from .common import MagentoCase


class RecordedCase(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def check_all(self):
        run = self.import_orders()
        rows = self.inbox()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.seen_count, len(rows))
        self.assertGreater(len(rows), 70)
        self.assertEqual({row.increment_id: row.reason for row in rows if row.state != "imported"}, {})
        for row in rows:
            self.assert_exact(row.sale_order_id, row.payload)
        return rows


class TestXmlRpc(RecordedCase):
    protocol = "xmlrpc"

    def test_orders_invoices_and_credit_notes_are_exact(self):
        sale_orders = self.check_all().sale_order_id
        payloads = {row.sale_order_id: row.payload for row in self.inbox()}
        sale_orders.action_confirm()
        for sale_order in sale_orders:
            self.assertEqual(sale_order.date_order, sale_order.magento_created_at)
        invoices = sale_orders._create_invoices(grouped=True)
        invoices.action_post()
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": invoices.ids, "journal_id": invoices.journal_id.id, "reason": "test"}
        )
        reversal.reverse_moves()
        invoices.reversal_move_ids.action_post()
        for invoice in invoices:
            payload = payloads[invoice.line_ids.sale_line_ids.order_id]
            self.assert_exact(invoice, payload)
            self.assert_exact(invoice.reversal_move_ids, payload)

    def test_a_second_run_writes_nothing(self):
        self.import_orders()
        self.instance.schedule_orders = True
        self.env.flush_all()
        before = self._rows_written()
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self._rows_written(), before)
        self.assertLessEqual(self.shop.requests.total, 5)

    def _rows_written(self):
        """The last transaction and position of every row that the connector or a sale has to do with."""
        result = {}
        for table in (
            "magento_instance",
            "magento_run",
            "magento_order",
            "magento_product",
            "magento_customer",
            "magento_address",
            "magento_tax",
            "sale_order",
            "sale_order_line",
            "res_partner",
            "product_product",
            "product_template",
        ):
            self.env.cr.execute(f"SELECT array_agg((id, ctid::text, xmin::text) ORDER BY id) FROM {table}")
            result[table] = self.env.cr.fetchone()[0]
        return result


class TestSoapV1(RecordedCase):
    protocol = "soap_v1"

    def test_orders_are_exact(self):
        self.check_all()


class TestSoapV2(RecordedCase):
    protocol = "soap_v2"

    def test_orders_are_exact(self):
        rows = self.check_all()
        self.assertIn("address.vat_id", rows[0].sale_order_id.magento_lacks)


class TestSoapV2WsI(RecordedCase):
    protocol = "soap_v2_wsi"
    shop_settings = {"recorded_only": True, "wsi": True}

    def test_orders_are_exact(self):
        self.check_all()
