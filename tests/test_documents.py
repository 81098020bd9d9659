"""Invoices and credit memos made in Magento become invoices and credit notes in Odoo, to the cent, each once."""

from decimal import Decimal

from .test_rules import PLAIN, RulesCase

LINES = [
    {"sku": "RULE-1", "qty": 3, "price": "9.99", "tax_percent": "8.375"},
    {"sku": "RULE-2", "qty": 2, "price": "5.55", "tax_percent": "8.375"},
]
FPT_LINES = [
    {"sku": "RULE-1", "qty": 3, "price": "9.99", "tax_percent": "8.375", "weee": "1.30"},
    {"sku": "RULE-2", "qty": 2, "price": "5.55", "tax_percent": "8.375"},
]
FREE = {"coupon": {"code": "X", "percent": "100"}, "shipping_price": "7.95", "shipping_tax_percent": "8.375"}


class TestDocuments(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].create({"name": "Second", "default_code": "RULE-2"})

    def setUp(self):
        super().setUp()
        self.import_orders()
        self.env["magento.payment.method"].search([]).journal_id = self.bank
        self.rule(pending="confirm", processing="pay", complete="pay", closed="skip", canceled="skip")

    def totals(self, row, kind):
        """Totals of the documents of a kind, in Magento and in Odoo."""
        shop = self.shop.shop
        table = {"out_invoice": shop.invoices, "out_refund": shop.creditmemos}[kind]
        magento = [
            Decimal(document.get("grand_total"))
            for document in table.rows
            if document.get("order_id") == row.magento_id
        ]
        moves = row.sale_order_id.invoice_ids.filtered(lambda move: move.move_type == kind and move.state == "posted")
        return sorted(magento), sorted(Decimal(str(round(move.amount_total, 4))) for move in moves)

    # how the order is placed; what is done to it before it is seen; what is done afterwards, a poll after each
    CELLS = [
        ({}, ["invoice"], []),
        ({}, [], ["invoice"]),
        ({}, ["invoice-half"], []),
        ({}, ["invoice-half", "invoice"], []),
        ({}, ["invoice-half"], ["invoice"]),
        ({}, ["invoice", "ship"], ["refund-half"]),
        ({}, ["invoice"], ["refund"]),
        ({}, ["invoice"], ["refund-half", "refund"]),
        ({}, [], ["invoice", "ship", "refund"]),
        ({"coupon": {"code": "X", "percent": "10"}}, ["invoice-half"], ["invoice", "refund-half"]),
        ({"shipping_price": "7.95", "shipping_tax_percent": "8.375"}, ["invoice-half"], ["invoice", "refund"]),
        ({"coupon": {"code": "X", "fixed": "3.33", "shipping": True}}, ["invoice-half"], ["invoice", "refund-half"]),
        # the first invoice has the order's total, the second is of nothing
        (FREE, ["invoice-half", "invoice"], []),
        (FREE, ["invoice-half"], ["invoice"]),
        *[
            ({"lines": FPT_LINES, "weee_in_subtotal": in_subtotal}, before, after)
            for in_subtotal in (True, False)
            for before, after in ((["invoice"], ["refund"]), (["invoice-half"], ["invoice", "refund-half", "refund"]))
        ],
    ]

    def test_documents_carry_magentos_amounts(self):
        for given, before, after in self.CELLS:
            with self.subTest(given=given, before=before, after=after):
                number = self.place(*before, **({"lines": LINES, "payment": "checkmo"} | given))
                self.import_orders()
                for event in after:
                    self.shop.change_order(number, event)
                    self.inbox(number).action_apply_rules()
                    self.run_cron()
                row = self.inbox(number)
                self.assertEqual((row.state, row.rule_state, row.rule_reason), ("imported", "done", False))
                for kind in ("out_invoice", "out_refund"):
                    magento, odoo = self.totals(row, kind)
                    self.assertEqual(odoo, magento, kind)
                moves = row.sale_order_id.invoice_ids
                row.action_apply_rules()
                self.run_cron()
                self.assertEqual(row.sale_order_id.invoice_ids, moves, "nothing twice")

    def test_a_refund_waits_for_the_invoice(self):
        self.rule(processing="confirm", complete="confirm")
        line = {"sku": "RULE-2", "qty": 2, "price": "10.00", "tax_percent": 0}
        number = self.place("invoice", "ship", **(PLAIN | {"lines": [line]}))
        self.import_orders()
        self.shop.change_order(number, "refund-half")
        self.inbox(number).action_apply_rules()
        self.run_cron()
        row = self.inbox(number)
        self.assertEqual(row.rule_state, "failed")
        self.assertIn("no posted invoice", row.rule_reason)
        row.sale_order_id._create_invoices().action_post()
        self.run_cron()
        self.assertEqual((row.rule_state, row.rule_reason), ("done", False))
        magento, odoo = self.totals(row, "out_refund")
        self.assertEqual(odoo, magento)
        self.assertEqual(len(odoo), 1)

    def test_a_credit_memo_of_nothing(self):
        number = self.place("invoice", "ship", **PLAIN)
        self.import_orders()
        row = self.inbox(number)
        self.shop.change_order(number, "refund-half")
        memo = self.shop.shop.creditmemos.rows[-1].edit()
        memo["items"] = []
        memo |= dict.fromkeys(("grand_total", "subtotal", "tax_amount", "adjustment_positive"), "0.0000")
        memo |= dict.fromkeys(("adjustment_negative", "adjustment", "base_grand_total"), "0.0000")
        row.action_apply_rules()
        self.run_cron()
        self.assertEqual((row.rule_state, row.rule_reason), ("done", False))
        documents = row.document_ids.filtered(lambda document: document.kind == "credit_memo")
        self.assertEqual((documents.increment_id, len(documents.move_id)), (memo["increment_id"], 0))

    def test_comments_arrive_once(self):
        number = self.place()
        self.import_orders()
        row = self.inbox(number)
        before = row.sale_order_id.message_ids
        entry = {"created_at": "2030-01-01 10:00:00", "status": "pending", "comment": "Please <b>hurry</b>"}
        payload = row.payload | {"status_history": [entry, *row.payload["status_history"]]}
        self.shop.set_payload(number, payload)
        for _poll in range(2):
            row.action_apply_rules()
            self.run_cron()
        new = row.sale_order_id.message_ids - before
        self.assertEqual(len(new), 1)
        self.assertIn("&lt;b&gt;hurry", new.body)

    def test_an_edited_order_is_linked(self):
        number = self.place()
        self.import_orders()
        old = self.inbox(number)
        self.shop.change_order(number, "cancel")
        edited = self.place(changes={"relation_parent_id": str(old.magento_id)})
        self.import_orders()
        new = self.inbox(edited)
        self.assertEqual(new.edited_from_id, old)
        self.assertIn(edited, "".join(old.sale_order_id.message_ids.mapped("body")))
        self.assertEqual((old.sale_order_id.state, new.sale_order_id.state), ("cancel", "sale"))


class TestDocumentsSoapV1(TestDocuments):
    protocol = "soap_v1"
    allow_inherited_tests_method = True


class TestDocumentsSoapV2(TestDocuments):
    protocol = "soap_v2"
    allow_inherited_tests_method = True
