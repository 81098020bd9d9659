from odoo import api, fields, models
from odoo.tools import SQL

from .changes import CancelSending, CaptureSending, CommentSending, TrackSending
from .documents import InvoiceSending, ShipmentSending

# Rows that are prepared and sent together: four requests over XML-RPC.
BATCH = 100
SENDINGS = {
    "shipment": ShipmentSending,
    "track": TrackSending,
    "invoice": InvoiceSending,
    "capture": CaptureSending,
    "cancel": CancelSending,
    "comment": CommentSending,
}
# What has to be settled before a row is sent: what happened to its order earlier. A tracking number waits for its
# shipment, a cancellation also for a person who has to look at a shipment, comments for comments only.
HELD_UP = SQL(
    """
    SELECT FROM magento_outbox earlier
     WHERE earlier.order_id = row.order_id
       AND earlier.id < row.id
       AND CASE row.kind
           WHEN 'comment' THEN earlier.kind = 'comment' AND earlier.state = 'waiting'
           WHEN 'track' THEN earlier.kind = 'shipment' AND earlier.picking_id = row.picking_id
                             AND earlier.state IN ('waiting', 'failed')
           ELSE earlier.kind IN ('shipment', 'invoice', 'capture', 'cancel') AND earlier.state = 'waiting'
                OR row.kind = 'cancel' AND earlier.kind = 'shipment' AND earlier.state = 'failed'
           END
    """
)


class MagentoOutbox(models.Model):
    """How the outbox is emptied: in the order in which things happened to an order, many orders at a time."""

    _inherit = "magento.outbox"

    @api.model
    def _batches(self, loop):
        """What waits, as batches for ``SyncLoop.drive``."""
        while rows := self._next(loop.instance):
            for kind, part in rows.grouped("kind").items():
                sending = SENDINGS[kind](loop, part)
                yield sending.prepare, 0
                yield sending.send, len(part)
                if sending.trouble:
                    raise sending.trouble

    @api.model
    def _next(self, instance):
        """The rows that can be sent now, oldest first."""
        self.flush_model()
        query = SQL(
            """
            SELECT row.id FROM magento_outbox row
             WHERE row.instance_id = %s AND row.state = 'waiting'
               AND (row.next_attempt IS NULL OR row.next_attempt <= %s)
               AND NOT EXISTS (%s)
             ORDER BY row.id LIMIT %s
            """,
            instance.id,
            fields.Datetime.now(),
            HELD_UP,
            BATCH,
        )
        return self.browse(number for (number,) in self.env.execute_query(query))
