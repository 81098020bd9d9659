import re

from odoo import fields, models


class StockPicking(models.Model):
    """Deliveries of Magento's orders, and their tracking numbers, are told to Magento."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "magento.outbox.mixin"]

    magento_outbox_ids = fields.One2many(
        "magento.outbox", "picking_id", readonly=True, groups="magento_connector.group_user"
    )

    def _action_done(self):
        result = super()._action_done()
        self._tell_shipments()
        return result

    def write(self, vals):
        result = super().write(vals)
        if "carrier_tracking_ref" in vals and self.env["magento.store.view"]._sends("send_shipments"):
            self._tell_tracks()
        return result

    def _tell_shipments(self):
        """Note these deliveries, as far as they are done, with their tracking numbers."""
        if not self.env["magento.store.view"]._sends("send_shipments"):
            return
        events = [
            (sale_order, {"picking_id": picking.id})
            for picking in self
            if picking.state == "done"
            for sale_order in picking._magento_moves().sale_line_id.order_id.filtered("magento_number")
        ]
        if events:
            self.env["magento.outbox"]._add("shipment", lambda order: order.store_view_id.send_shipments, events)
            self._tell_tracks()

    def _tell_tracks(self):
        """Note the tracking numbers of deliveries that Magento is told of; what is no longer there is taken away."""
        # sudo: who works in the warehouse need not be a user of the connector
        outbox = self.env["magento.outbox"].sudo()
        rows = outbox.search([("picking_id", "in", self.ids), ("kind", "in", ("shipment", "track"))])
        events = [
            (row.sale_order_id, {"picking_id": row.picking_id.id, "text": number})
            for row in rows.sorted("id")
            if row.kind == "shipment"
            for number in row.picking_id._magento_track_numbers()
        ]
        if rows:
            tracks = rows.filtered(lambda row: row.kind == "track")
            tracks.filtered(lambda row: row.text in row.picking_id._magento_track_numbers())._keep_track()
            tracks.filtered(lambda row: row.text not in row.picking_id._magento_track_numbers())._withdraw_track()
        if events:
            outbox._add("track", lambda _order: True, events)

    def _magento_track_numbers(self):
        """Odoo keeps the numbers of several parcels in one field, with commas between them."""
        numbers = re.split(r"[,;\n]", self.carrier_tracking_ref or "")
        return list(dict.fromkeys(number.strip() for number in numbers if number.strip()))


class MagentoOutbox(models.Model):
    """Tracking numbers of a delivery."""

    _inherit = "magento.outbox"

    def _shipment_number(self):
        """The number of the shipment that a tracking number belongs to."""
        rows = self.order_id.outbox_ids
        return rows.filtered(lambda row: row.kind == "shipment" and row.picking_id == self.picking_id).number

    def _keep_track(self):
        """The number is on the delivery, perhaps again."""
        back = self.filtered(lambda row: row.withdraw and row.state != "skipped")
        back.filtered("magento_id").write({"withdraw": False, "state": "sent", "reason": False})
        (back - back.filtered("magento_id")).write({"withdraw": False})

    def _withdraw_track(self):
        """The number is no longer on the delivery."""
        if not self:
            return
        never = self.filtered(
            lambda row: row.state in ("waiting", "failed") and not row.magento_id and not row.tried_at
        )
        never._skip(self.env._("Taken away before it was sent."))
        gone = (self - never).filtered(lambda row: row.state != "skipped")
        gone.write({"withdraw": True})
        gone._wait()
        gone._wake()
