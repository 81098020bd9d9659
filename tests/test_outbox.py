"""What happens in Odoo to an order of Magento is told to Magento, once, in order, when the rules say so."""

from odoo import Command, fields
from odoo.tests import new_test_user

from .test_rules import RulesCase

LINES = [
    {"sku": "RULE-1", "qty": 3, "price": "10.00", "tax_percent": 0},
    {"sku": "RULE-2", "qty": 2, "price": "5.55", "tax_percent": 0},
]
EVERYTHING = {
    "send_shipments": True,
    "send_invoices": "always",
    "send_cancellations": True,
    "send_comments": True,
    "mail_shipments": False,
    "mail_invoices": False,
    "mail_comments": False,
}


class OutboxCase(RulesCase):
    """A shop whose orders are confirmed at once, of two storable products, with every rule switched on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].search([("default_code", "=", "RULE-1")])
        cls.other = cls.env["product.product"].create({"name": "Second", "default_code": "RULE-2"})
        (cls.product | cls.other).write({"is_storable": True, "invoice_policy": "order"})
        cls.warehouse = cls.instance.website_ids.warehouse_id
        for product in cls.product | cls.other:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 1000)
        cls.views = cls.instance.store_view_ids
        cls.views.write(EVERYTHING)

    def setUp(self):
        super().setUp()
        # the history is none of these tests' concern
        newest = max(record.get("order_id") for record in self.shop.shop.orders.rows)
        seen = {"orders_seen_until": fields.Datetime.now(), "history_order_id": newest}
        self.instance.write({"history_done": True, **seen})
        self.rule(pending="confirm", processing="confirm", complete="confirm", canceled="skip", holded="wait")

    def import_order(self, *steps, **more):
        """Place an order and import it; returns its row in the inbox."""
        number = self.place(*steps, **({"lines": LINES, "payment": "checkmo"} | more))
        row = self.only(number)
        self.assertEqual((row.state, row.rule_reason), ("imported", False), row.reason)
        return row

    def deliver(self, sale_order, quantities=None, tracking=False):
        """Validate the open delivery, of the quantities by SKU or all; returns it."""
        picking = sale_order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        for move in picking.move_ids:
            if quantities is not None:
                move.quantity = quantities.get(move.product_id.default_code, 0)
        picking.move_ids.filtered("quantity").picked = True
        if tracking:
            picking.carrier_tracking_ref = tracking
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def tell_customer(self, row, text):
        """Write a message to the customer, as a person of the company."""
        sale_order = row.sale_order_id.with_user(self.env.ref("base.user_admin"))
        return sale_order.message_post(body=text, message_type="comment", subtype_xmlid="mail.mt_comment")

    def send(self):
        """Let the schedule do its work; returns the last run of the outbox."""
        self.run_cron()
        return self.env["magento.run"].search([("kind", "=", "outbox")], limit=1)

    def outbox(self, **values):
        domain = [("instance_id", "=", self.instance.id)]
        return self.env["magento.outbox"].search(
            domain + [(key, "=", value) for key, value in values.items()], order="id"
        )

    def in_magento(self, kind, row):
        """The documents of an order in the store."""
        table = {"shipment": "shipments", "invoice": "invoices"}[kind]
        rows = getattr(self.shop.shop, table).rows
        return [record.full() for record in rows if record.get("order_id") == row.magento_id]

    def order(self, row):
        """The order as the store has it."""
        return self.shop.shop.order(row.increment_id).full()

    def quantities(self, document):
        return {item["sku"]: float(item["qty"]) for item in document["items"]}

    def states(self, **values):
        return [(row.kind, row.state) for row in self.outbox(**values)]


class TestOutbox(OutboxCase):
    def test_a_delivery_becomes_a_shipment_with_its_tracking_number(self):
        row = self.import_order()
        picking = self.deliver(row.sale_order_id, tracking="1Z999")
        self.assertEqual(self.in_magento("shipment", row), [], "nothing is sent within the user's transaction")
        self.assertEqual(picking.magento_outbox_state, "waiting")
        run = self.send()
        self.assertEqual((run.state, run.sent_count, run.failed_count), ("done", 2, 0))
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual(self.quantities(shipment), {"RULE-1": 3, "RULE-2": 2})
        self.assertEqual([(t["carrier_code"], t["number"]) for t in shipment["tracks"]], [("custom", "1Z999")])
        self.assertFalse(shipment["email_sent"])
        self.assertEqual(picking.magento_outbox_state, "sent")
        self.assertEqual(picking.magento_outbox_number, shipment["increment_id"])
        document = row.document_ids
        self.assertEqual((document.kind, document.picking_id), ("shipment", picking))

    def test_parts_and_the_rest(self):
        row = self.import_order()
        first = self.deliver(row.sale_order_id, {"RULE-1": 2})
        self.deliver(row.sale_order_id, {"RULE-1": 1, "RULE-2": 2}, tracking="A1, A2")
        run = self.send()
        self.assertEqual((run.sent_count, run.failed_count), (4, 0))
        shipments = self.in_magento("shipment", row)
        self.assertEqual([self.quantities(one) for one in shipments], [{"RULE-1": 2}, {"RULE-1": 1, "RULE-2": 2}])
        self.assertEqual([[t["number"] for t in one["tracks"]] for one in shipments], [[], ["A1", "A2"]])
        self.assertEqual(first.magento_outbox_number, shipments[0]["increment_id"])

    def test_nothing_is_sent_twice(self):
        row = self.import_order()
        self.deliver(row.sale_order_id, tracking="1Z")
        row.sale_order_id._create_invoices().action_post()
        self.send()
        self.shop.reset()
        before = self.order(row)
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)
        self.assertEqual(self.order(row), before)

    def test_an_added_tracking_number_follows(self):
        row = self.import_order()
        picking = self.deliver(row.sale_order_id)
        self.send()
        picking.carrier_tracking_ref = "LATER-1"
        self.send()
        picking.carrier_tracking_ref = "LATER-1,LATER-2"
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["LATER-1", "LATER-2"])
        picking.carrier_tracking_ref = "LATER-2"
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["LATER-2"])
        picking.carrier_tracking_ref = "LATER-2,LATER-1"
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual([track["number"] for track in shipment["tracks"]], ["LATER-2", "LATER-1"])
        self.assertEqual(set(self.outbox(kind="track").mapped("state")), {"sent"})

    def test_the_carrier_of_the_shipping_method(self):
        row = self.import_order()
        product = self.env.ref("magento_connector.product_shipping")
        van, ups = self.env["delivery.carrier"].create(
            [{"name": name, "product_id": product.id} for name in ("Van", "UPS Ground")]
        )
        methods = self.env["magento.shipping.method"].search([("instance_id", "=", self.instance.id)])
        method = methods.filtered(lambda method: method.code == row.payload["shipping_method"])
        method.write({"carrier_id": ups.id, "carrier_code": "ups"})
        picking = row.sale_order_id.picking_ids
        picking.carrier_id = ups
        self.deliver(row.sale_order_id, {"RULE-1": 1}, tracking="1Z")
        rest = row.sale_order_id.picking_ids.filtered(lambda picking: picking.state != "done")
        rest.carrier_id = van
        self.deliver(row.sale_order_id, tracking="V1")
        self.send()
        tracks = [track for one in self.in_magento("shipment", row) for track in one["tracks"]]
        self.assertEqual(
            [(track["carrier_code"], track["title"]) for track in tracks], [("ups", "UPS Ground"), ("custom", "Van")]
        )

    def test_a_carrier_that_magento_does_not_know(self):
        row = self.import_order()
        self.env["magento.shipping.method"].search([]).carrier_code = "pigeon"
        picking = self.deliver(row.sale_order_id, tracking="1Z")
        self.send()
        self.assertEqual(picking.magento_outbox_state, "failed")
        self.assertIn("pigeon", picking.magento_outbox_message)
        self.assertIn("Shipping Methods", picking.magento_outbox_message)
        self.env["magento.shipping.method"].search([]).carrier_code = "dhl"
        picking.action_magento_retry()
        self.send()
        self.assertEqual((picking.magento_outbox_state, picking.magento_outbox_message), ("sent", False))

    def test_a_posted_invoice_becomes_an_invoice(self):
        row = self.import_order()
        invoice = row.sale_order_id._create_invoices()
        invoice.action_post()
        self.send()
        (document,) = self.in_magento("invoice", row)
        self.assertEqual(self.quantities(document), {"RULE-1": 3, "RULE-2": 2})
        self.assertEqual(float(document["grand_total"]), invoice.amount_total)
        self.assertEqual(invoice.magento_outbox_number, document["increment_id"])
        self.assertEqual(row.document_ids.move_id, invoice)

    def test_invoices_in_parts(self):
        row = self.import_order()
        (self.product | self.other).invoice_policy = "delivery"
        moves = self.env["account.move"]
        for quantities in ({"RULE-1": 1}, {"RULE-1": 2, "RULE-2": 1}, None):
            self.deliver(row.sale_order_id, quantities)
            move = row.sale_order_id._create_invoices()
            move.action_post()
            moves |= move
        self.send()
        documents = self.in_magento("invoice", row)
        self.assertEqual(
            [self.quantities(one) for one in documents], [{"RULE-1": 1}, {"RULE-1": 2, "RULE-2": 1}, {"RULE-2": 1}]
        )
        self.assertEqual(self.order(row)["status"], "complete")
        total = sum(float(one["grand_total"]) for one in documents)
        self.assertAlmostEqual(total, sum(moves.mapped("amount_total")))
        self.assertAlmostEqual(total, row.grand_total)

    def test_whether_invoices_are_sent(self):
        method = self.env["magento.payment.method"].search([("code", "=", "checkmo")])
        for rule, by_method, expected in (("never", True, 0), ("method", False, 0), ("method", True, 1)):
            with self.subTest(rule=rule, by_method=by_method):
                self.views.send_invoices = rule
                row = self.import_order()
                method = self.env["magento.payment.method"].search([("code", "=", "checkmo")])
                method.send_invoices = by_method
                row.sale_order_id._create_invoices().action_post()
                self.send()
                self.assertEqual(len(self.in_magento("invoice", row)), expected)

    def test_a_cancelled_sale_order_cancels_the_order(self):
        row = self.import_order()
        row.sale_order_id._action_cancel()
        self.send()
        self.assertEqual(self.order(row)["state"], "canceled")
        self.assertEqual(row.sale_order_id.magento_outbox_state, "sent")
        self.import_orders()
        self.assertEqual(row.sale_order_id.state, "cancel")
        self.assertFalse(row.sale_order_id.activity_ids)

    def test_a_cancellation_that_magento_refuses(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "invoice", "ship")
        row.sale_order_id._action_cancel()
        self.send()
        (entry,) = self.outbox(kind="cancel")
        self.assertEqual((entry.state, entry.attempts, entry.next_attempt), ("failed", 1, False))
        self.assertIn("credit memo", entry.reason)
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0, "no endless retry")
        self.assertIn("1 things could not be sent", "".join(self.instance.activity_ids.mapped("summary")))
        entry.action_dismiss()
        self.assertFalse(self.instance.activity_ids.filtered(lambda activity: "could not be sent" in activity.summary))

    def test_a_cancellation_taken_back(self):
        row = self.import_order()
        row.sale_order_id._action_cancel()
        row.sale_order_id.action_draft()
        self.send()
        self.assertEqual(self.states(), [("cancel", "skipped")])
        self.assertEqual(self.order(row)["state"], "new")
        row.sale_order_id._action_cancel()
        self.send()
        self.assertEqual(self.states(), [("cancel", "sent")])
        self.assertEqual(self.order(row)["state"], "canceled")

    def test_what_magento_cancelled_is_not_cancelled_again(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "cancel")
        self.import_orders()
        row.action_apply_rules()
        self.run_cron()
        self.assertEqual(row.sale_order_id.state, "cancel")
        self.assertEqual(self.states(), [])

    def test_an_order_on_hold_goes_on_by_itself(self):
        row = self.import_order()
        self.shop.change_order(row.increment_id, "hold")
        row.action_apply_rules()
        self.run_cron()
        picking = self.deliver(row.sale_order_id)
        self.send()
        self.assertEqual(picking.magento_outbox_state, "failed")
        self.assertIn("on hold", picking.magento_outbox_message)
        self.shop.change_order(row.increment_id, "unhold")
        row.action_apply_rules()
        self.run_cron()
        self.run_cron()
        self.assertEqual(picking.magento_outbox_state, "sent")

    def test_order_is_kept(self):
        """Shipment, invoice, shipment, cancellation: as they happened, whatever fails in between."""
        row = self.import_order()
        sale_order = row.sale_order_id
        (self.product | self.other).invoice_policy = "delivery"
        self.deliver(sale_order, {"RULE-1": 1}, tracking="1Z")
        sale_order._create_invoices().action_post()
        self.deliver(sale_order, {"RULE-1": 1})
        sale_order._action_cancel()
        self.assertEqual(
            [kind for kind, _state in self.states()], ["shipment", "track", "invoice", "shipment", "cancel"]
        )
        self.shop.misbehave("fault", "sales_order_shipment.create", times=2, code=1, message="Deadlock found")
        self.send()
        self.assertEqual(self.outbox(kind="shipment")[0].state, "failed")
        self.assertEqual(self.outbox(kind="track").state, "waiting", "it waits for its shipment")
        self.assertEqual(self.outbox(kind="cancel").state, "waiting", "a person has to look at the shipment first")
        self.outbox(kind="shipment")[0].action_retry()
        self.send()
        self.assertEqual({state for _kind, state in self.states()}, {"sent"})
        self.assertEqual(self.order(row)["state"], "canceled")

    def test_mail_to_the_customer(self):
        self.views.write({"mail_shipments": True, "mail_invoices": True, "mail_comments": True})
        row = self.import_order()
        self.deliver(row.sale_order_id)
        row.sale_order_id._create_invoices().action_post()
        self.tell_customer(row, "On its way")
        self.send()
        self.assertEqual(self.in_magento("shipment", row)[0]["email_sent"], 1)
        self.assertEqual(self.in_magento("invoice", row)[0]["email_sent"], 1)
        (entry,) = [entry for entry in self.order(row)["status_history"] if entry["comment"]]
        self.assertEqual((entry["comment"], entry["is_customer_notified"]), ("On its way", 1))

    def test_messages_to_the_customer_become_comments(self):
        row = self.import_order()
        sale_order = row.sale_order_id.with_user(self.env.ref("base.user_admin"))
        self.tell_customer(row, "For the customer")
        sale_order.message_post(body="For us", message_type="comment", subtype_xmlid="mail.mt_note")
        sale_order.message_post(body="By the system", subtype_xmlid="mail.mt_comment")
        portal = new_test_user(self.env, "outbox-portal", "base.group_portal")
        sale_order.message_post(
            body="By the customer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=portal.partner_id.id,
        )
        self.shop.change_order(row.increment_id, "invoice")
        self.send()
        order = self.order(row)
        self.assertEqual(
            [entry["comment"] for entry in order["status_history"] if entry["comment"]], ["For the customer"]
        )
        self.assertEqual(order["status"], "processing", "the status that it has, not the one it had")
        messages = sale_order.message_ids
        for _poll in range(2):
            row.action_apply_rules()
            self.run_cron()
        self.assertEqual(sale_order.message_ids, messages, "it does not come back")
        self.assertEqual(len(self.outbox(kind="comment")), 1)

    def test_rules_that_are_off(self):
        self.views.write(
            {"send_shipments": False, "send_invoices": "never", "send_cancellations": False, "send_comments": False}
        )
        row = self.import_order()
        self.deliver(row.sale_order_id, {"RULE-1": 1}, tracking="1Z")
        row.sale_order_id._create_invoices().action_post()
        self.tell_customer(row, "Hello")
        row.sale_order_id._action_cancel()
        self.assertFalse(self.outbox())

    def test_only_the_delivery_to_the_customer_counts(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        row = self.import_order()
        sale_order = row.sale_order_id
        for _step in range(3):
            self.assertFalse(self.outbox())
            self.deliver(sale_order)
        self.assertEqual(self.states(), [("shipment", "waiting")])
        self.assertEqual(self.outbox().picking_id.location_dest_id.usage, "customer")

    def test_returns_are_no_shipments(self):
        row = self.import_order()
        picking = self.deliver(row.sale_order_id)
        self.send()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.picked = True
        returned.button_validate()
        self.assertEqual(returned.state, "done")
        self.assertEqual(self.states(), [("shipment", "sent")])

    def test_units_of_measure(self):
        row = self.import_order(lines=[{"sku": "RULE-1", "qty": 24, "price": "1.00", "tax_percent": 0}])
        move = row.sale_order_id.picking_ids.move_ids
        move.product_uom = self.env.ref("uom.product_uom_dozen")
        move.quantity = 1
        move.picked = True
        row.sale_order_id.picking_ids.with_context(skip_backorder=True).button_validate()
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual(self.quantities(shipment), {"RULE-1": 12})

    def test_a_delivery_for_two_orders(self):
        rows = self.import_order() | self.import_order()
        pickings = rows.sale_order_id.picking_ids
        pickings[1].move_ids.picking_id = pickings[0]
        pickings[0].move_ids.picked = True
        pickings[0].button_validate()
        self.send()
        for row in rows:
            (shipment,) = self.in_magento("shipment", row)
            self.assertEqual(self.quantities(shipment), {"RULE-1": 3, "RULE-2": 2})

    def test_other_orders_are_not_touched(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        self.deliver(order, tracking="1Z")
        order._create_invoices().action_post()
        order._action_cancel()
        self.assertFalse(self.outbox())
        picking = order.picking_ids
        # what validating has read anyway
        self.assertFalse(picking._magento_moves().sale_line_id.order_id.magento_number)
        with self.assertQueryCount(0):
            picking._tell_shipments()

    def test_people_who_are_no_users_of_the_connector(self):
        row = self.import_order()
        worker = new_test_user(self.env, "outbox-worker", "stock.group_stock_user")
        picking = row.sale_order_id.picking_ids.with_user(worker)
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "1Z"
        picking.button_validate()
        self.send()
        self.assertEqual((picking.magento_outbox_state, picking.state), ("sent", "done"))
        self.assertTrue(picking.magento_outbox_number)
        self.shop.misbehave("fault", "sales_order_shipment.addTrack", code=102, message="No")
        picking.carrier_tracking_ref = "1Z,2Z"
        self.send()
        self.assertEqual(picking.magento_outbox_state, "failed")
        picking.action_magento_retry()
        self.send()
        self.assertEqual(picking.magento_outbox_state, "sent")

    def test_companies(self):
        row = self.import_order()
        self.deliver(row.sale_order_id)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env, "outbox-stranger", "magento_connector.group_manager", company_id=other.id, company_ids=[other.id]
        )
        self.assertFalse(self.env["magento.outbox"].with_user(stranger).search([]))
        user = new_test_user(self.env, "outbox-user", "magento_connector.group_user")
        self.assertTrue(self.env["magento.outbox"].with_user(user).search([]))


class TestOutboxSoapV1(TestOutbox):
    protocol = "soap_v1"
    allow_inherited_tests_method = True


class TestOutboxSoapV2(TestOutbox):
    protocol = "soap_v2"
    allow_inherited_tests_method = True
