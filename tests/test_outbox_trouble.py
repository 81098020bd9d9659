"""Lost answers, a shop that is down, refusals: everything is in Magento once, or a person reads why not."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..magento_api.records import NewDocument, OrderKey
from .test_outbox import OutboxCase

LOST = ("lost_answer", "http_500_after", "truncated")


class TestOutboxTrouble(OutboxCase):
    def later(self):
        """Let the pauses be over."""
        self.let_time_pass()
        self.outbox().filtered("next_attempt").next_attempt = fields.Datetime.now() - timedelta(minutes=1)

    def everything(self, row):
        """Deliver, invoice and tell: one thing of each kind but the cancellation."""
        self.deliver(row.sale_order_id, tracking="1Z")
        row.sale_order_id._create_invoices().action_post()
        self.tell_customer(row, "On its way 🚚")

    def assert_once(self, row):
        (shipment,) = self.in_magento("shipment", row)
        (invoice,) = self.in_magento("invoice", row)
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["1Z"])
        comments = [entry["comment"] for entry in self.order(row)["status_history"] if entry["comment"]]
        self.assertEqual(len(comments), 1)
        self.assertEqual(set(self.outbox(order_id=row.id).mapped("state")), {"sent"})
        numbers = self.outbox(order_id=row.id).filtered(lambda entry: entry.kind in ("shipment", "invoice"))
        self.assertEqual(numbers.mapped("number"), [shipment["increment_id"], invoice["increment_id"]])
        self.assertEqual(set(row.document_ids.mapped("increment_id")), set(numbers.mapped("number")))
        self.assertFalse(self.outbox(order_id=row.id).filtered(lambda entry: entry.tried_at or entry.known))

    # by which read the client looks whether a lost write was done; so many of these come before the write
    LOOKING = {
        "sales_order_shipment.create": ("sales_order_shipment.list", 1),
        "sales_order_shipment.addTrack": ("sales_order_shipment.info", 0),
        "sales_order_invoice.create": ("sales_order_invoice.list", 1),
        "sales_order.addComment": ("sales_order.info", 0),
    }

    def test_lost_answers(self):
        for kind in LOST:
            with self.subTest(kind):
                rows = self.import_order() | self.import_order()
                for method in self.LOOKING:
                    self.shop.misbehave(kind, method)
                for row in rows:
                    self.everything(row)
                for _call in range(3):
                    self.send()
                    self.later()
                for row in rows:
                    self.assert_once(row)

    def test_a_lost_answer_and_a_shop_that_is_gone(self):
        """It was done, the answer is lost, and nobody can look whether it was done."""
        for method, (reading, after) in self.LOOKING.items():
            with self.subTest(method):
                row = self.import_order()
                self.everything(row)
                self.shop.misbehave("lost_answer", method)
                self.shop.misbehave("http_503", reading, after=after, times=None)
                self.send()
                self.assertTrue(self.outbox(order_id=row.id).filtered("tried_at"))
                self.shop.reset()
                for _call in range(4):
                    self.later()
                    self.send()
                self.assert_once(row)

    def test_what_is_being_sent_is_not_dismissed(self):
        row = self.import_order()
        self.deliver(row.sale_order_id)
        entry = self.outbox()
        entry.tried_at = fields.Datetime.now()  # the loop has committed this, and talks to Magento
        user = new_test_user(self.env, "outbox-user", "magento_connector.group_user")
        with self.assertRaisesRegex(UserError, "Just now, Magento is being told: Shipment for order"):
            entry.with_user(user).action_dismiss()
        entry._pause("The answer was lost.")
        entry.with_user(user).action_dismiss()
        self.assertEqual(entry.state, "skipped")
        self.later()
        self.send()
        self.assertFalse(self.in_magento("shipment", row))

    def test_a_salesman_dismisses_nothing(self):
        row = self.import_order()
        self.deliver(row.sale_order_id)
        salesman = new_test_user(self.env, "outbox-salesman", "sales_team.group_sale_salesman_all_leads")
        for name in ("action_dismiss", "action_retry"):
            with self.assertRaises(AccessError):
                getattr(self.outbox().with_user(salesman), name)()
        # but what he may change he has sent again, and the pause of the shop stays
        self.instance.paused_until = "2099-01-01"
        row.sale_order_id.with_user(salesman).action_magento_retry()
        self.assertTrue(self.instance.paused_until)
        self.assertEqual(self.states(), [("shipment", "waiting")])

    def test_a_process_that_dies_while_sending(self):
        """What is marked as tried is looked for before it is sent again."""
        row = self.import_order()
        self.everything(row)
        entries = self.outbox()
        with self.instance._client() as client:
            client.create_shipment(NewDocument(OrderKey(row.magento_id, row.increment_id), None))
            client.create_invoice(NewDocument(OrderKey(row.magento_id, row.increment_id), None))
            client.add_comment(row.increment_id, "complete", "On its way 🚚")
        entries.filtered(lambda entry: entry.kind != "track").write(
            {"tried_at": fields.Datetime.now() - timedelta(seconds=1), "known": []}
        )
        self.send()
        self.assert_once(row)

    def test_a_tracking_number_taken_back_before_its_answer_came(self):
        row = self.import_order()
        picking = self.deliver(row.sale_order_id, tracking="WRONG")
        self.shop.misbehave("lost_answer", "sales_order_shipment.addTrack")
        self.shop.misbehave("http_503", "sales_order_shipment.info", times=None)
        self.send()
        self.assertEqual(len(self.in_magento("shipment", row)[0]["tracks"]), 1)
        picking.carrier_tracking_ref = "RIGHT"
        self.shop.reset()
        self.later()
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["RIGHT"])
        self.assertEqual([entry.state for entry in self.outbox(kind="track")], ["skipped", "sent"])

    def test_a_shop_that_is_down(self):
        row = self.import_order()
        self.shop.misbehave("http_503", "*", times=None)
        self.everything(row)
        self.send()
        self.assertTrue(self.instance.paused_until)
        self.assertTrue(self.instance.error_message)
        self.assertEqual(set(self.outbox().mapped("attempts")), {0}, "it is not their fault")
        self.shop.reset()
        self.later()
        self.send()
        self.assert_once(row)

    def test_pauses_grow_until_a_person_looks(self):
        row = self.import_order()
        picking = self.deliver(row.sale_order_id)
        self.shop.misbehave("http_500", "sales_order_shipment.create", times=None)
        entry = self.outbox()
        pauses = []
        for _attempt in range(10):
            self.send()
            if entry.state == "failed":
                break
            pauses.append(entry.next_attempt - fields.Datetime.now())
            self.later()
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual([round(pause.total_seconds() / 60) for pause in pauses], [1, 5, 30, 120, 360, 720])
        self.assertEqual(entry.state, "failed")
        self.assertTrue(picking.magento_outbox_message)
        self.assertIn("could not be sent", "".join(self.instance.activity_ids.mapped("summary")))
        self.shop.reset()
        picking.action_magento_retry()
        self.send()
        self.assertEqual(picking.magento_outbox_state, "sent")
        self.assertEqual(len(self.in_magento("shipment", row)), 1)
        self.assertFalse(self.instance.activity_ids.filtered(lambda activity: "not be sent" in activity.summary))

    def test_one_order_among_many_that_kills_the_server(self):
        rows = self.import_order() | self.import_order() | self.import_order()
        for row in rows:
            self.deliver(row.sale_order_id)
        self.shop.delete(order=rows[1].increment_id)
        self.send()
        self.assertEqual([entry.state for entry in self.outbox()], ["sent", "failed", "sent"])
        self.assertIn("not exist", self.outbox()[1].reason)

    def test_what_was_done_in_magento_already(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "invoice", "ship")
        self.everything(row)
        self.send()
        self.assert_once(row)

    def test_a_part_was_done_in_magento_already(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "invoice", "ship-half")
        self.deliver(row.sale_order_id)
        row.sale_order_id._create_invoices().action_post()
        self.send()
        self.assertEqual(self.states(), [("shipment", "sent"), ("invoice", "sent")])
        self.assertEqual(self.order(row)["status"], "complete")
        self.assertEqual(len(self.in_magento("shipment", row)), 2)
        self.assertEqual(len(self.in_magento("invoice", row)), 1)
        self.assertIn("Only a part", self.outbox(kind="shipment").reason)

    def test_an_order_that_magento_cancelled(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "cancel")
        picking = self.deliver(row.sale_order_id)
        self.send()
        self.assertEqual(picking.magento_outbox_state, "failed")
        self.assertIn("closed in Magento", picking.magento_outbox_message)

    def test_a_permission_that_is_missing(self):
        """The other kinds, and the import, go on."""
        row = self.import_order()
        self.everything(row)
        self.shop.misbehave("fault", "sales_order_shipment.*", code=2, message="Access denied.", times=None)
        self.send()
        self.assertEqual(self.outbox(kind="shipment").state, "failed")
        self.assertIn("Roles", self.outbox(kind="shipment").reason)
        self.assertEqual(self.outbox(kind="invoice").state, "sent")
        self.assertFalse(self.instance.paused_until)

    def test_what_magento_refuses_concerns_that_row_alone(self):
        """Of each kind one of three is refused."""
        method = self.env["magento.payment.method"].search([("code", "=", "paypal_direct")])
        if not method:
            self.import_order(payment="paypal_direct")
            method = self.env["magento.payment.method"].search([("code", "=", "paypal_direct")])
        method.capture_invoices = True
        rows = [self.import_order(payment="paypal_direct") for _number in range(3)]
        for row in rows:
            self.everything(row)
        self.shop.change_order(rows[1].increment_id, "cancel")
        self.shop.misbehave("fault", "sales_order.addComment", code=103, message="Not this comment.")
        self.shop.misbehave("fault", "sales_order_invoice.capture", code=103, message="Not this money.")
        for _call in range(2):  # what is refused in company is tried alone
            self.send()
            self.later()
        for kind in ("shipment", "invoice", "comment", "capture"):
            entries = self.outbox(kind=kind)
            states = sorted(entries.mapped("state"))
            self.assertEqual(states, ["failed", "sent"] if kind == "capture" else ["failed", "sent", "sent"], kind)
            self.assertTrue(entries.filtered(lambda entry: entry.state == "failed").reason, kind)
        self.assertFalse(self.troubled())

    def test_few_requests(self):
        """Two for 25 shipments with tracking, and a handful."""
        line = {"sku": "RULE-1", "qty": 1, "price": "1.00", "tax_percent": 0}
        rows = self.only(*[self.place(lines=[line]) for _number in range(60)])
        for row in rows:
            self.deliver(row.sale_order_id, tracking=f"T{row.id}")
        self.shop.reset()
        run = self.send()
        self.assertEqual((run.sent_count, run.failed_count), (120, 0))
        self.assertLessEqual(self.shop.requests.total, 60 * 2 / 25 + 6)
        self.assertEqual({len(self.in_magento("shipment", row)[0]["tracks"]) for row in rows}, {1})


class TestOutboxEchoes(OutboxCase):
    """What was sent is not taken for news; what came from Magento is not sent back."""

    def setUp(self):
        super().setUp()
        method = self.env["magento.payment.method"].search([("code", "=", "checkmo")])
        if not method:
            self.import_order()
            method = self.env["magento.payment.method"].search([("code", "=", "checkmo")])
        method.journal_id = self.bank

    def poll(self, row):
        for _poll in range(2):
            self.import_orders()
            row.action_apply_rules()
            self.run_cron()

    def test_what_was_sent_is_no_news(self):
        row = self.import_order()
        self.rule(processing="pay", complete="pay")
        self.deliver(row.sale_order_id)
        invoice = row.sale_order_id._create_invoices()
        invoice.action_post()
        self.send()
        self.shop.reset()
        before = self.order(row)
        self.poll(row)
        self.assertEqual(row.magento_status, "complete")
        self.assertEqual(row.sale_order_id.invoice_ids, invoice)
        self.assertEqual(invoice.payment_state, "not_paid", "Magento takes it for paid, Odoo knows better")
        self.assertEqual(self.order(row), before)
        sales = [name for name in self.shop.requests.calls if name.startswith("sales_")]
        self.assertFalse([name for name in sales if not name.endswith((".list", ".info"))])

    def test_what_came_from_magento_is_not_sent_back(self):
        self.rule(processing="pay", complete="pay")
        row = self.import_order("invoice")
        self.assertEqual(row.sale_order_id.invoice_ids.payment_state, "paid")
        self.shop.change_order(row.increment_id, "ship")
        self.poll(row)
        self.assertFalse(self.outbox())

    def test_an_invoice_made_by_a_rule_is_sent(self):
        self.rule(pending="invoice", processing="invoice")
        row = self.import_order()
        self.send()
        self.assertEqual(self.states(), [("invoice", "sent")])
        self.assertEqual(len(self.in_magento("invoice", row)), 1)
        self.poll(row)
        self.assertEqual(len(row.sale_order_id.invoice_ids), 1)
        self.assertEqual(len(self.in_magento("invoice", row)), 1)

    def test_a_part_whose_answer_was_lost_is_not_imported(self):
        """Between the lost answer and the next attempt, Magento shows an invoice that Odoo does not know."""
        self.rule(processing="invoice")
        row = self.import_order()
        (self.product | self.other).invoice_policy = "delivery"
        self.deliver(row.sale_order_id, {"RULE-1": 1})
        self.send()
        row.sale_order_id._create_invoices().action_post()
        self.shop.misbehave("lost_answer", "sales_order_invoice.create")
        self.shop.misbehave("http_503", "sales_order_invoice.list", after=1, times=None)
        self.send()
        self.assertEqual(len(self.in_magento("invoice", row)), 1)
        self.assertEqual(self.outbox(kind="invoice").state, "waiting")
        self.shop.reset()
        self.let_time_pass()
        entry = self.outbox(kind="invoice")
        entry.next_attempt = fields.Datetime.now() + timedelta(hours=1)
        row.action_apply_rules()
        self.run_cron()
        self.assertEqual(len(row.sale_order_id.invoice_ids), 1)
        entry.next_attempt = False
        self.send()
        self.run_cron()
        self.assertEqual((entry.state, entry.number), ("sent", self.in_magento("invoice", row)[0]["increment_id"]))
        self.assertEqual(len(row.sale_order_id.invoice_ids), 1)

    def test_capture_only_when_asked_for(self):
        self.import_order(payment="paypal_direct")
        method = self.env["magento.payment.method"].search([("code", "=", "paypal_direct")])
        method.journal_id = self.bank
        self.rule(processing="pay", complete="pay")
        for captures in (False, True):
            with self.subTest(captures=captures):
                method.capture_invoices = captures
                row = self.import_order(payment="paypal_direct")
                invoice = row.sale_order_id._create_invoices()
                invoice.action_post()
                self.shop.misbehave("lost_answer", "sales_order_invoice.capture")
                self.send()
                self.poll(row)
                self.assertEqual(self.in_magento("invoice", row)[0]["state"], 2 if captures else 1)
                self.assertEqual(invoice.payment_state, "paid" if captures else "not_paid")
                self.assertEqual(row.sale_order_id.invoice_ids, invoice)
                self.assertEqual(self.shop.requests.calls.get("sales_order_invoice.capture", 0), int(captures))
