"""Every order, invoice and credit memo recorded from a store of OpenMage 20.18 is exact in Odoo, to the cent."""

import json
from decimal import Decimal

from .common import MagentoCase, kept_orders

KINDS = {"invoice": "sales_order_invoice", "credit_memo": "sales_order_creditmemo"}


class RecordedOrders(MagentoCase):
    """Whatever the status, an order is confirmed and invoiced; Magento's documents are taken over."""

    tax_values = {}

    @classmethod
    def setUpClass(cls):
        folder = kept_orders(cls)
        cls.shop_settings = {"orders_from": folder, "like": "20.18"}
        cls.documents = json.loads((folder.parent / "documents.json").read_text(encoding="utf-8"))
        super().setUpClass()
        cls.use_currencies("GBP")
        orders = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
        items = [item for order in orders for item in order["items"]]
        cls.map_rates({float(item["tax_percent"] or 0) for item in items} - {0}, **cls.tax_values)
        cls.env["product.product"].create(
            [
                {"name": sku, "default_code": sku, "type": "service", "invoice_policy": "order"}
                for sku in sorted({item["sku"] for item in items})
            ]
        )
        cls.instance.status_ids.action = "invoice"

    def check_all(self):
        run = self.import_orders()
        rows = self.inbox()
        self.assertEqual((run.state, len(rows)), ("done", 241))
        wrong = {row.increment_id: row.reason for row in rows if row.state != "imported"}
        wrong |= {row.increment_id: row.rule_reason for row in rows if row.rule_reason}
        for row in rows:
            wrong |= self.differences(row.sale_order_id, row.payload)
            for document in row.document_ids:
                wrong |= self.differences(document.move_id, self.documents[KINDS[document.kind]][document.increment_id])
        self.assertEqual(wrong, {})
        for kind, name in KINDS.items():
            taken = rows.document_ids.filtered(lambda document, kind=kind: document.kind == kind)
            self.assertEqual(set(taken.mapped("increment_id")), set(self.documents[name]))
        return rows

    def differences(self, record, payload):
        """What a record has otherwise than Magento; FPT that Magento counts among the taxes is a line of its own."""
        lines = record.order_line if record._name == "sale.order" else record.invoice_line_ids
        fpt = lines.filtered(lambda line: line.product_id.default_code == "MAGENTO-FPT")
        total, tax = (Decimal(payload.get(key) or 0) for key in ("grand_total", "tax_amount"))
        taxes = tax, tax - Decimal(str(round(sum(fpt.mapped("price_subtotal")), 2)))
        odoo = [Decimal(str(round(record[field], 4))) for field in ("amount_total", "amount_tax")]
        if abs(odoo[0] - total) < Decimal("0.01") and any(abs(odoo[1] - each) < Decimal("0.005") for each in taxes):
            return {}
        return {record.display_name or payload["increment_id"]: (payload["increment_id"], *odoo, total, tax)}


class TestRecordedSoapV1(RecordedOrders):
    protocol = "soap_v1"

    def test_orders_and_documents_are_exact(self):
        rows = self.check_all()
        self.assertTrue(rows.sale_order_id.filtered("magento_rounded"))


class TestRecordedXmlRpc(RecordedOrders):
    """With taxes included in the price, rounded over the whole document."""

    protocol = "xmlrpc"
    tax_values = {"price_include_override": "tax_included"}

    def test_orders_and_documents_are_exact(self):
        self.env.company.tax_calculation_rounding_method = "round_globally"
        self.check_all()


class TestRecordedSoapV2(RecordedOrders):
    protocol = "soap_v2"

    def test_orders_and_documents_are_exact(self):
        self.check_all()
