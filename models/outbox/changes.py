"""Tracking numbers, cancellations, comments and captures on their way to Magento."""

from datetime import UTC, timedelta
from functools import partial

from ...magento_api import MagentoError, NotFound, NotUnderstood, Refused, parse_order
from ...magento_api.order_writes import comment_key
from ...magento_api.records import NewTrack
from ..orders.order_status import HELD
from .sending import Sending

# How far the seconds of Magento's answers and of its database may be apart.
CLOCK = timedelta(minutes=1)


class TrackSending(Sending):
    """Tracking numbers are added to the shipments of their deliveries, or taken away again."""

    def _send(self, rows):
        for row in rows.filtered("withdraw"):
            self._take_away(row)
        rows = rows.filtered(lambda row: not row.withdraw)
        rows.order_id.fetch(["payload"])
        methods = self.env["magento.shipping.method"].search([("instance_id", "=", self.loop.instance.id)])
        news = {}
        for row in rows:
            try:
                number = row._shipment_number()
                carrier = methods._carrier_of(row.picking_id, row.order_id)
            except Exception as error:
                self._stumble(row, error)
                continue
            if number:
                news[row.id] = NewTrack(number, *carrier, row.text)
            else:
                self._skip(row, self.env._("Its delivery has no shipment in Magento that it could be added to."))
        self._find(rows.filtered(lambda row: row.id in news and row.id in self.unsure), news)
        rows = rows.filtered(lambda row: row.id in news and row.id not in self._outcomes)
        for row, (new, answer) in zip(rows, self.client.add_tracks([news[row.id] for row in rows]), strict=True):
            if isinstance(answer, Refused | NotFound):
                self._fail(row, self._refusal(new, answer))
            elif isinstance(answer, MagentoError):
                self._judge(row, answer)
            else:
                self._sent(row, magento_id=answer, number=new.shipment_increment_id)

    def _find(self, rows, news):
        """Of those that were sent before, find the ones that Magento has."""
        shipments = self.client.read_documents("shipment", sorted({news[row.id].shipment_increment_id for row in rows}))
        for row in rows:
            new = news[row.id]
            shipment = shipments[new.shipment_increment_id]
            for track in () if isinstance(shipment, MagentoError) else shipment.tracks:
                if (track.carrier_code, track.number.strip()) == (new.carrier_code, new.number.strip()):
                    self._sent(row, magento_id=track.track_id, number=new.shipment_increment_id)

    def _take_away(self, row):
        sentence = self.env._("Taken away: it is no longer on the delivery.")

        def do():
            number = row.number or row._shipment_number()
            track = row.magento_id or (row.id in self.unsure and number and self._track_id(row, number))
            if track:
                self.client.remove_track(number, track)
            self._skip(row, sentence, withdraw=False, magento_id=False)

        self._try(row, do, lambda _error: self._skip(row, sentence, withdraw=False, magento_id=False))

    def _track_id(self, row, number):
        """The id of a tracking number that Magento has, although the answer said nothing; False if it has not."""
        found = [track for track in self.client.shipment(number).tracks if track.number.strip() == row.text]
        return found[0].track_id if found else False

    def _refusal(self, new, error):
        if isinstance(error, NotFound):
            return str(error)
        return self.env._(
            'Magento refuses the tracking number: %(error)s Its carrier is "%(carrier)s"; another one is chosen under '
            'Configuration > Shipping Methods ("custom" goes with every number).',
            error=error,
            carrier=new.carrier_code,
        )


class CancelSending(Sending):
    """Cancelled sale orders cancel Magento's, where it lets them."""

    def _send(self, rows):
        for row in rows:
            self._try(row, partial(self._cancel, row), partial(self._refused, row))

    def _cancel(self, row):
        if row.sale_order_id.state != "cancel":
            self._skip(row, self.env._("The sale order is no longer cancelled."))
            return
        self.client.cancel_order(row.order_id.increment_id)
        self._sent(row)

    def _refused(self, row, error):
        _ = self.env._
        found = self.client.summaries_of([row.order_id.increment_id])
        state = found[0].state if found else None
        if state == "canceled":
            self._skip(row, _("Magento has cancelled the order already."))
        elif state in HELD:
            self._fail(
                row,
                _(
                    "The order is on hold in Magento (status %(status)s): release it there. It is then cancelled by "
                    "itself.",
                    status=found[0].status,
                ),
            )
        elif state:
            self._fail(
                row,
                _(
                    "Magento no longer lets the order be cancelled: its status there is %(status)s. Refund it in "
                    "Magento with a credit memo, then dismiss this.",
                    status=found[0].status,
                ),
            )
        else:
            self._fail(row, str(error))


class CommentSending(Sending):
    """Messages to the customer become comments of the order, which keeps its status."""

    def _send(self, rows):
        self._find(rows.filtered(lambda row: row.id in self.unsure))
        rows = rows.filtered(lambda row: row.id not in self._outcomes)
        statuses = {
            row.increment_id: row.status for row in self.client.summaries_of(rows.order_id.mapped("increment_id"))
        }
        for row in rows:
            number = row.order_id.increment_id
            if number not in statuses:
                self._fail(row, self.env._("The order no longer exists in Magento."))
                continue
            self._try(row, partial(self._comment, row, number, statuses[number]), partial(self._judge, row))

    def _comment(self, row, number, status):
        self.client.add_comment(number, status, row.text, notify=row.order_id.store_view_id.mail_comments)
        self._sent(row)

    def _find(self, rows):
        """Of those that were sent before, find the ones that are in their order's history."""
        for number, answer in self.client.order_payloads(rows.order_id.mapped("increment_id")) if rows else ():
            try:
                order = None if isinstance(answer, MagentoError) else parse_order(answer)
            except NotUnderstood:
                order = None
            for row in rows.filtered(lambda row, number=number: row.order_id.increment_id == number):
                since = row.tried_at.replace(tzinfo=UTC) - CLOCK
                if order and any(
                    comment_key(entry.comment or "") == comment_key(row.text) and entry.created_at >= since
                    for entry in order.status_history
                ):
                    self._sent(row)


class CaptureSending(Sending):
    """Open invoices of online payment methods are captured, where the payment method says so."""

    def _send(self, rows):
        for row in rows:
            self._try(row, partial(self._capture, row), partial(self._refused, row))

    def _capture(self, row):
        self.client.capture_invoice(row.number)
        self._sent(row)

    def _refused(self, row, error):
        if self.client.invoice(row.number).state == 2:
            self._sent(row)
        else:
            self._fail(row, self.env._("Magento could not take the money: %(error)s", error=error))

    def _after(self, rows):
        """Magento has the money: what the rules say of paid invoices may be done."""
        for row in rows:
            documents = row.order_id.document_ids.filtered(lambda document, row=row: document.move_id == row.move_id)
            documents.write({"paid_in_odoo": False, "is_open": False})
        rows.order_id._follow_again()
