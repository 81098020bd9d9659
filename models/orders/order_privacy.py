from datetime import timedelta

from odoo import api, fields, models

from ...magento_api.reduce import without_person

# Payloads of one transaction of the daily clean-up.
BATCH = 500


class MagentoOrder(models.Model):
    """How long the inbox knows whose an order is. What it is worth stays, so that the order remains explained, and so
    that a delivery or an invoice that comes late can still be sent to Magento.
    """

    _inherit = "magento.order"

    payload_reduced = fields.Selection(
        [("aged", "Aged out"), ("erased", "Erased")],
        "Personal Data",
        readonly=True,
        help="Names, addresses and words of the customer are no longer in what Magento answered.",
    )

    _ageing_idx = models.Index("(instance_id, updated_at) WHERE payload_reduced IS NULL")

    @api.model
    def _reduced(self, payload):
        return without_person(payload) if isinstance(payload, dict) else False

    def _reduce_payloads(self, why):
        """Take the person out of what Magento answered.

        :param why: ``aged`` or ``erased``
        """
        for order in self:
            order.write({"payload": self._reduced(order.payload), "payload_reduced": why, "customer_email": False})

    def _kept_payload(self, payload):
        """What is kept of an answer of Magento to this order, as values: nothing of a person who was erased."""
        if self.payload_reduced == "erased":
            return {"payload": self._reduced(payload), "customer_email": False}
        return {"payload": payload, "payload_reduced": False}

    def _erase(self):
        """Forget whose these orders are, for good; what was not imported waits for nobody any more."""
        for order in self:
            if order.state != "imported":
                order._skip(
                    self.env._("The personal data was erased. Ask Magento anew to import the order all the same."),
                    "erased",
                )
        self._reduce_payloads("erased")
        self.sale_order_id.write({"magento_comments": False, "magento_gift_message": False})
        # the text of what waits to be sent is still needed
        self.outbox_ids.filtered(lambda row: row.kind == "comment" and row.state != "waiting").text = ""

    @api.autovacuum
    def _age_payloads(self):
        """Payloads of orders that are done with age out, after the days that the instance says.

        :returns: how many were reduced, and how many are left to do
        """
        done = 0
        for instance in self.env["magento.instance"].search([("payload_days", ">", 0)]):
            rows = self.search(
                [
                    ("instance_id", "=", instance.id),
                    ("state", "in", ("imported", "skipped")),
                    ("payload_reduced", "=", False),
                    ("updated_at", "<", fields.Datetime.now() - timedelta(days=instance.payload_days)),
                    "|",
                    ("rule_state", "=", False),
                    ("rule_state", "=", "done"),
                ],
                limit=BATCH - done,
                order="updated_at",
            )
            rows._reduce_payloads("aged")
            done += len(rows)
            if done >= BATCH:
                break
        return done, int(done >= BATCH)
