"""The runs of stock: sending it, and comparing it with Magento's."""

from decimal import Decimal
from functools import partial
from itertools import chain

from odoo import api, fields, models

from ...magento_api import MagentoError, NotFound, NotUnderstood, Refused, StockUpdate

# Products of one transaction: eleven requests over SOAP v2, some seconds on the slowest protocol.
BATCH = 1000
# What concerns one product; every other error concerns the shop.
PRODUCT_ERRORS = (NotFound, Refused, NotUnderstood)


class MagentoProduct(models.Model):
    """How stock gets to Magento: compared, not tracked."""

    _inherit = "magento.product"

    @api.model
    def _stock_batches(self, loop, poll):
        """Send what differs from the last quantity offered, as batches for ``SyncLoop.drive``.

        :param poll: whether a person wants everything sent, also what Magento refused; otherwise what somebody asked
            for by product, and what differs if stock is sent automatically
        """
        instance = loop.instance
        everything = poll or (instance.schedule_stock and instance.stock_confirmed_at)
        changed = self._changed_sendings(loop, poll) if everything else ()
        for sending in chain(self._requested_sendings(loop), changed):
            sending.send()
            yield sending.note, len(sending.changes)
            if sending.trouble:
                raise sending.trouble

    def _requested_sendings(self, loop):
        for links in self._stock_chunks(loop.instance, ("stock_requested", "=", True)):
            changes = [(link.id, *now) for link, now in links._stock_now(loop.instance).items()]
            for start in range(0, len(changes), BATCH):
                yield StockSending(loop, changes[start : start + BATCH])

    def _changed_sendings(self, loop, again):
        pending = []
        for links in self._stock_chunks(loop.instance):
            pending += links._stock_changes(loop.instance, again)
            while len(pending) >= BATCH:
                yield StockSending(loop, pending[:BATCH])
                pending = pending[BATCH:]
        if pending:
            yield StockSending(loop, pending)

    @api.model
    def _stock_compare_batches(self, loop, _poll):
        """Read Magento's stock and note what differs from Odoo's."""
        for links in self._stock_chunks(loop.instance):
            skus = [link.sku for link in links if link.sku]
            found = {item.sku.strip().casefold(): item for item in loop.client.stock_items(skus)}
            yield partial(links._note_comparison, loop.instance, found), len(links)

    def _note_comparison(self, instance, found):
        """Write what Magento has beside what Odoo has; where they agree, nothing needs to be sent.

        :param found: dict of SKU, stripped and casefolded, to ``magento_api.StockItem``
        :returns: what to add to the run's counts
        """
        at, failed, differing = fields.Datetime.now(), 0, 0
        for link, (quantity, in_stock) in self._stock_now(instance).items():
            item = found.get((link.sku or "").strip().casefold())
            values = {"qty_odoo": quantity, "in_stock_odoo": in_stock, "stock_compared_at": at}
            if not item or item.product_id != link.magento_id:
                failed += 1
                values |= {"stock_differs": True, "stock_error": link._missing_sentence(item), "qty_magento": 0}
                link.write(values)
                continue
            in_magento = self._to_float(item.qty)
            same = in_magento == quantity and item.is_in_stock == in_stock
            differing += not same
            values |= {"qty_magento": in_magento, "in_stock_magento": item.is_in_stock, "stock_differs": not same}
            if same:
                values |= {
                    "qty_sent": quantity,
                    "in_stock_sent": in_stock,
                    "stock_sent_at": at,
                    "stock_error": False,
                    "stock_requested": False,
                }
            link.write(values)
        return {"seen_count": len(self), "failed_count": failed, "differing_count": differing}

    def _missing_sentence(self, item=None):
        """What a person reads when Magento does not know the product, or another one under its SKU."""
        if item:
            return self.env._(
                "In Magento the SKU %(sku)s is another product now (number %(found)s, not %(linked)s): import the "
                "product again.",
                sku=self.sku,
                found=item.product_id,
                linked=self.magento_id,
            )
        return self.env._(
            "Magento has no product with the SKU %(sku)s: it was deleted there, or its SKU changed. Import the product "
            "again, or delete its link.",
            sku=self.sku or "?",
        )


class StockSending:
    """One batch of quantities on its way to Magento: ``send`` writes nothing, ``note`` asks nobody.

    When the shop gets into trouble, what it took before counts, and the error is left in ``trouble``.

    :param changes: list of ``(link id, quantity, in stock)``
    """

    def __init__(self, loop, changes):
        self.loop = loop
        self.changes = changes
        self.trouble = None
        self._answers = {}

    def send(self):
        """Tell Magento the quantities."""
        links = self.loop.env["magento.product"].browse([number for number, _quantity, _in_stock in self.changes])
        backorders = 1 if self.loop.instance.stock_at_zero == "backorder" else None
        updates = [
            StockUpdate(link.magento_id, link.sku or "", Decimal(str(quantity)), in_stock, backorders)
            for link, (_number, quantity, in_stock) in zip(links, self.changes, strict=True)
        ]
        numbers = {link.magento_id: link.id for link in links}
        try:
            for update, error in self.loop.client.send_stock(updates):
                if error and not isinstance(error, PRODUCT_ERRORS):
                    raise error
                self._answers[numbers[update.product_id]] = error
        except MagentoError as error:
            self.trouble = error

    def note(self):
        """Write what came of it. What somebody has asked for again meanwhile stays to be sent, if it is another
        quantity now. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        links = self.loop.env["magento.product"].browse(self._answers).exists()
        asked = links.filtered("stock_requested")._stock_now(self.loop.instance)
        now = {link.id: quantity for link, quantity in asked.items()}
        at, refused = fields.Datetime.now(), 0
        for number, quantity, in_stock in self.changes:
            link = links.browse(number)
            if link not in links:
                continue
            error = self._answers[number]
            values = {
                "qty_sent": quantity,
                "in_stock_sent": in_stock,
                "stock_sent_at": at,
                "stock_requested": number in now and now[number] != (quantity, in_stock),
                "qty_odoo": quantity,
                "in_stock_odoo": in_stock,
                "stock_differs": bool(error),
                "stock_error": _sentence(link, error) if error else False,
            }
            if error:
                refused += 1
            else:
                values |= {"qty_magento": quantity, "in_stock_magento": in_stock}
            link.write(values)
        return {"sent_count": len(links) - refused, "failed_count": refused}


def _sentence(link, error):
    return link._missing_sentence() if isinstance(error, NotFound) else str(error)
