"""What the rules make of an order: by status, store view and payment method, after the import and when it changes."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import MagentoCase

PLAIN = {"store_id": 1, "shipping_tax_percent": 0, "address": {"country_id": "US"}}


class RulesCase(MagentoCase):
    """A shop whose orders have no tax, and a bank journal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        cls.env["product.product"].create({"name": "Rule", "default_code": "RULE-1", "invoice_policy": "delivery"})
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        ) or cls.env["account.journal"].create({"name": "Bank", "type": "bank", "code": "BNKT"})

    def place(self, *steps, **more):
        """Place an order of 2 x 10.00 in Magento and let it go on; returns its number."""
        order = self.shop.place_order(
            **(PLAIN | {"lines": [{"sku": "RULE-1", "qty": 2, "price": "10.00", "tax_percent": 0}]} | more),
            steps=list(steps),
        )
        return order["increment_id"]

    def rule(self, **actions):
        """Set the action of statuses by code."""
        for code, action in actions.items():
            self.instance.status_ids.filtered(lambda status, code=code: status.code == code).action = action

    def outcome(self, row):
        """What became of an order: inbox state, sale order state, invoice states, payment states."""
        sale_order = row.sale_order_id
        invoices = sale_order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        paid = all(move.payment_state in ("paid", "in_payment") for move in invoices)
        return (
            row.state,
            sale_order.state or None,
            "none" if not invoices else "paid" if paid else ",".join(invoices.mapped("state")),
        )


class TestRulesByStatus(RulesCase):
    # steps in Magento, action of the status that they lead to: what becomes of the order
    CELLS = [
        ((), "pending", "wait", ("skipped", None, "none")),
        ((), "pending", "skip", ("skipped", None, "none")),
        ((), "pending", False, ("skipped", None, "none")),
        ((), "pending", "quotation", ("imported", "draft", "none")),
        ((), "pending", "confirm", ("imported", "sale", "none")),
        ((), "pending", "invoice", ("imported", "sale", "posted")),
        ((), "pending", "pay", ("imported", "sale", "paid")),
        ((), "pending", "cancel", ("imported", "cancel", "none")),
        (("invoice",), "processing", "quotation", ("imported", "draft", "none")),
        (("invoice",), "processing", "confirm", ("imported", "sale", "none")),
        (("invoice",), "processing", "invoice", ("imported", "sale", "posted")),
        (("invoice",), "processing", "pay", ("imported", "sale", "paid")),
        (("hold",), "holded", "quotation", ("imported", "draft", "none")),
        (("invoice", "ship"), "complete", "pay", ("imported", "sale", "paid")),
        (("cancel",), "canceled", "skip", ("skipped", None, "none")),
        (("cancel",), "canceled", "cancel", ("imported", "cancel", "none")),
        (("cancel",), "canceled", "quotation", ("imported", "draft", "none")),
    ]

    def setUp(self):
        super().setUp()
        self.import_orders()
        self.env["magento.payment.method"].search([]).journal_id = self.bank

    def test_a_new_order(self):
        rows = []
        for steps, status, action, expected in self.CELLS:
            with self.subTest(steps=steps, action=action):
                self.rule(**{status: action})
                number = self.place(*steps, payment="checkmo")
                self.import_orders()
                row = self.inbox(number)
                self.assertEqual(row.magento_status, status)
                self.assertEqual(self.outcome(row), expected, row.rule_reason or row.reason)
                if row.sale_order_id:
                    self.assert_exact(row.sale_order_id, row.payload)
                    self.assertEqual(row.sale_order_id.date_order, row.created_at, "Magento's date")
                for invoice in row.sale_order_id.invoice_ids:
                    self.assert_exact(invoice, row.payload)
                rows.append(row)
        self.assertFalse([row.rule_reason for row in rows if row.rule_state == "failed"])

    # action while pending, event in Magento, action of the status that follows: what becomes of the order
    CHANGES = [
        ("wait", "invoice", {"processing": "confirm"}, ("imported", "sale", "none")),
        ("skip", "invoice", {"processing": "pay"}, ("imported", "sale", "paid")),
        ("quotation", "invoice", {"processing": "quotation"}, ("imported", "draft", "none")),
        ("quotation", "invoice", {"processing": "confirm"}, ("imported", "sale", "none")),
        ("quotation", "invoice", {"processing": "pay"}, ("imported", "sale", "paid")),
        ("quotation", "invoice", {"processing": "skip"}, ("imported", "draft", "none")),
        ("confirm", "invoice", {"processing": "invoice"}, ("imported", "sale", "posted")),
        ("invoice", "invoice", {"processing": "pay"}, ("imported", "sale", "paid")),
        ("pay", "invoice", {"processing": "pay"}, ("imported", "sale", "paid")),
        ("quotation", "hold", {"holded": "quotation"}, ("imported", "draft", "none")),
        ("confirm", "hold", {"holded": "quotation"}, ("imported", "sale", "none")),
        ("quotation", "cancel", {"canceled": "skip"}, ("imported", "cancel", "none")),
        ("quotation", "cancel", {"canceled": "cancel"}, ("imported", "cancel", "none")),
        ("confirm", "cancel", {"canceled": "skip"}, ("imported", "cancel", "none")),
        ("invoice", "cancel", {"canceled": "skip"}, ("imported", "sale", "posted")),
        ("wait", "cancel", {"canceled": "skip"}, ("skipped", None, "none")),
    ]

    def test_an_order_that_changes(self):
        for before, event, after, expected in self.CHANGES:
            with self.subTest(before=before, event=event, after=after):
                self.rule(pending=before, **after)
                number = self.place(payment="checkmo")
                self.import_orders()
                self.shop.change_order(number, event)
                self.import_orders()
                row = self.inbox(number)
                self.assertEqual(self.outcome(row), expected, row.rule_reason or row.reason)
                self.assertNotEqual(row.rule_state, "failed", row.rule_reason)

    # what each action leaves behind, the furthest last
    STEPS = {
        "quotation": ("draft", "none"),
        "confirm": ("sale", "none"),
        "invoice": ("sale", "posted"),
        "pay": ("sale", "paid"),
    }

    def expected(self, before, after):
        """What becomes of an order by the rule of its first status, and that of its second."""
        if before in ("wait", "skip"):  # the rule of today decides alone
            before, after = after, "skip"
        if before not in self.STEPS:
            return ("imported", "cancel", "none") if before == "cancel" else ("skipped", None, "none")
        if after == "cancel" and before in ("quotation", "confirm"):  # what is posted is cancelled by a person
            return "imported", "cancel", "none"
        steps = list(self.STEPS)
        furthest = max(before, after, key=lambda one: steps.index(one) if one in steps else -1)
        return "imported", *self.STEPS[furthest]

    def test_every_pair_of_rules(self):
        """Whatever the rule was while the order was pending, and whatever it is once it is paid."""
        actions = ["wait", "skip", *self.STEPS, "cancel"]
        for before in actions:
            self.rule(pending=before)
            numbers = [self.place(payment="checkmo") for _after in actions]
            self.import_orders()
            for after, number in zip(actions, numbers, strict=True):
                with self.subTest(before=before, after=after):
                    self.rule(processing=after)
                    self.shop.change_order(number, "invoice")
                    self.import_orders()
                    row = self.inbox(number)
                    self.assertEqual(self.outcome(row), self.expected(before, after), row.rule_reason or row.reason)

    def test_a_store_view_may_differ(self):
        self.rule(pending="confirm")
        view = self.instance.store_view_ids.filtered(lambda view: view.magento_id == 1)
        status = self.instance.status_ids.filtered(lambda status: status.code == "pending")
        self.env["magento.order.status.exception"].create(
            {"store_view_id": view.id, "status_id": status.id, "action": "quotation"}
        )
        number = self.place()
        self.import_orders()
        self.assertEqual(self.inbox(number).sale_order_id.state, "draft")

    def test_what_was_posted_is_cancelled_by_a_person_who_is_told_once(self):
        self.rule(pending="invoice", canceled="skip")
        number = self.place()
        self.import_orders()
        self.shop.change_order(number, "cancel")
        self.import_orders()
        sale_order = self.inbox(number).sale_order_id
        self.assertEqual(sale_order.state, "sale")
        self.assertEqual(len(sale_order.activity_ids), 1)
        self.assertIn("credit note", sale_order.activity_ids.note)
        sale_order.activity_ids.action_done()
        self.inbox(number).action_apply_rules()
        self.run_cron()
        self.assertFalse(sale_order.activity_ids)

    def test_nothing_is_done_twice(self):
        self.rule(pending="pay")
        number = self.place()
        self.import_orders()
        row = self.inbox(number)
        before = row.sale_order_id.invoice_ids, row.sale_order_id.message_ids
        row.action_apply_rules()
        self.run_cron()
        self.assertEqual(row.rule_state, "done")
        self.assertEqual((row.sale_order_id.invoice_ids, row.sale_order_id.message_ids), before)
        self.assertEqual(len(row.sale_order_id.invoice_ids.matched_payment_ids), 1)


class TestPaymentMethods(RulesCase):
    def method(self, code="checkmo"):
        return self.env["magento.payment.method"].search([("instance_id", "=", self.instance.id), ("code", "=", code)])

    def test_methods_come_by_themselves(self):
        self.import_orders()
        self.assertEqual(self.method().name, "Check / Money Order")
        shipping = self.env["magento.shipping.method"].search([("instance_id", "=", self.instance.id)])
        self.assertIn("flatrate_flatrate", shipping.mapped("code"))

    def test_a_missing_journal_keeps_the_invoice_and_says_so(self):
        self.rule(pending="pay")
        self.import_orders()
        self.method().journal_id = False
        number = self.place(payment="checkmo")
        self.import_orders()
        row = self.inbox(number)
        self.assertEqual(self.outcome(row), ("imported", "sale", "posted"))
        self.assertEqual(row.rule_state, "failed")
        self.assertIn("Check / Money Order", row.rule_reason)
        self.instance.invalidate_recordset()
        self.assertTrue(self.instance.lacks_journals)
        self.method().journal_id = self.bank
        user = new_test_user(self.env, "rules-user", "magento_connector.group_user")
        action = row.with_user(user).action_apply_rules()
        self.assertEqual(action["res_model"], "magento.run")
        self.run_cron()
        self.assertEqual((row.rule_state, row.rule_reason), ("done", False))
        self.assertEqual(self.outcome(row), ("imported", "sale", "paid"))

    def test_only_once_paid(self):
        self.import_orders()
        self.rule(pending="confirm", processing="confirm")
        self.method().only_paid = True
        number = self.place(payment="checkmo")
        self.import_orders()
        row = self.inbox(number)
        self.assertEqual((row.state, row.reason_kind), ("skipped", "wait"))
        self.shop.change_order(number, "invoice")
        self.import_orders()
        self.assertEqual(self.outcome(row), ("imported", "sale", "none"))

    def test_an_unpaid_order_is_given_up(self):
        self.import_orders()
        self.method().give_up_days = 7
        self.rule(pending="quotation", processing="confirm")
        number = self.place(payment="checkmo")
        self.import_orders()
        row = self.inbox(number)
        self.assertEqual(row.give_up_at, row.created_at + timedelta(days=7))
        row.payload = row.payload | {"created_at": "2020-01-01 00:00:00"}
        row.give_up_at = fields.Datetime.now() - timedelta(minutes=1)
        self.import_orders()
        self.assertEqual((row.sale_order_id.state, row.reason_kind, row.give_up_at), ("cancel", "unpaid", False))
        self.assertIn("7 days", row.reason)
        self.shop.change_order(number, "invoice")
        self.import_orders()
        self.assertEqual((row.sale_order_id.state, row.reason_kind), ("sale", False), "it was paid after all")

    def test_the_payment_term_and_the_carrier_get_onto_the_sale_order(self):
        self.import_orders()
        term = self.env["account.payment.term"].create({"name": "Later"})
        self.method().payment_term_id = term
        carrier = self.env["delivery.carrier"].create(
            {"name": "Van", "product_id": self.env.ref("magento_connector.product_shipping").id}
        )
        self.env["magento.shipping.method"].search([("instance_id", "=", self.instance.id)]).carrier_id = carrier
        number = self.place(payment="checkmo")
        self.import_orders()
        sale_order = self.inbox(number).sale_order_id
        self.assertEqual((sale_order.payment_term_id, sale_order.carrier_id), (term, carrier))
        self.assert_exact(sale_order, self.inbox(number).payload)


class TestRulesInTrouble(RulesCase):
    """The shop does not tell what the rules need to know: what is imported stays so."""

    def test_what_is_imported_stays_so_and_the_rules_are_tried_again(self):
        number = self.place("invoice")
        self.rule(processing="invoice")
        self.shop.misbehave("http_500", "*invoice.list", times=None)
        self.assertEqual(self.import_orders().state, "done")
        row = self.inbox(number)
        self.assertEqual(self.outcome(row), ("imported", "draft", "none"))
        self.assertEqual(row.rule_state, "waiting")
        self.assertTrue(row.rule_reason)
        self.shop.reset()
        self.run_cron()
        self.assertEqual(row.rule_state, "waiting", "not at once")
        row.rules_again_at -= timedelta(hours=1)
        self.run_cron()
        self.assertEqual(self.outcome(row), ("imported", "sale", "posted"))
        self.assertEqual((row.rule_state, row.rule_reason), ("done", False))

    def test_an_order_that_is_deleted_while_it_waits_is_not_given_up(self):
        number = self.place()
        self.rule(pending="wait")
        self.import_orders()
        row = self.inbox(number)
        self.env["magento.payment.method"].search([("instance_id", "=", self.instance.id)]).give_up_days = 7
        row.give_up_at = fields.Datetime.now() - timedelta(minutes=1)
        self.shop.delete(order=number)
        row.action_fetch_again()
        self.assertEqual(self.import_orders().state, "done")
        self.assertEqual((row.state, row.give_up_at), ("failed", False))
        self.assertFalse(self.troubled())
