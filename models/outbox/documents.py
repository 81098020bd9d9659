"""Shipments and invoices on their way to Magento."""

from ...magento_api import MagentoError, NotFound, NotUnderstood, PermissionMissing, Refused, parse_order
from ...magento_api.order_documents import document_id
from ...magento_api.records import NewDocument, OrderKey
from ..orders.order_status import HELD
from .quantities import open_quantities
from .sending import Sending

MAIL_RULES = {"shipment": "mail_shipments", "invoice": "mail_invoices"}


class DocumentSending(Sending):
    """Rows of one kind: for each there is one document in Magento afterwards, whatever became of the answers.

    A document that Magento has already, and that is not linked to anything in Odoo, is ours if it is for the same
    quantities: a lost answer, or somebody who was faster.
    """

    kind = ""

    def __init__(self, loop, rows):
        super().__init__(loop, rows)
        self._numbers = None
        self._summaries = {}

    def prepare(self):
        """Note which documents Magento has of each order before ours is made."""
        rows = self.rows
        if self._numbers is None:
            try:
                self._numbers = self._read_numbers(rows.order_id.mapped("magento_id"))
            except PermissionMissing as error:
                self._numbers = {}
                self._outcomes = {row.id: ("_fail", [str(error)], {}) for row in rows}
        for row in rows.filtered(lambda row: not row.tried_at and not self._is_unknown(row)):
            row.known = sorted(self._numbers_of(row))
        return super().prepare()

    def _read_numbers(self, order_ids):
        """The numbers of the documents in Magento, by order id, or what keeps them from being known."""
        raise NotImplementedError

    def _create(self, news):
        """Make documents: pairs of what was wanted and its number or error."""
        raise NotImplementedError

    def _numbers_of(self, row):
        return self._numbers.get(row.order_id.magento_id, set())

    def _is_unknown(self, row):
        return isinstance(self._numbers_of(row), MagentoError)

    def _send(self, rows):
        wanted, todo = {}, []
        for row in rows.filtered(self._is_unknown):
            self._judge(row, self._numbers_of(row))
        rows = rows.filtered(lambda row: row.id not in self._outcomes)
        rows.order_id.fetch(["payload"])
        for row in rows:
            try:
                wanted[row.id] = row._quantities()
            except Exception as error:
                self._stumble(row, error)
                continue
            if wanted[row.id]:
                todo.append(row)
            else:
                self._skip(row, self._nothing_in_it(row))
        self._adopt(todo, wanted)
        todo = [row for row in todo if row.id not in self._outcomes]
        # what failed before goes alone: it must not take others with it
        first = [row for row in todo if not row.attempts]
        refused = self._make(first, wanted)
        for row in todo:
            if row.attempts:
                refused += self._make([row], wanted)
        self._explain(refused, wanted)

    def _adopt(self, rows, wanted):
        """Take documents for ours that are for what a row wants, and that nothing in Odoo is linked to."""
        candidates = {row.id: self._unlinked(row) for row in rows}
        numbers = sorted({number for found in candidates.values() for number in found})
        documents = self.client.read_documents(self.kind, numbers)
        taken = set()
        for row in rows:
            items = parse_order(row.order_id.payload).items
            for number in sorted(candidates[row.id] - taken):
                document = documents[number]
                if not isinstance(document, MagentoError) and _is_for(document, wanted[row.id], items):
                    taken.add(number)
                    self._sent(row, number=number)
                    break

    def _unlinked(self, row):
        linked = row.order_id.document_ids.filtered(lambda document: document.kind == self.kind)
        return self._numbers_of(row) - set(linked.mapped("increment_id"))

    def _make(self, rows, wanted):
        """Make the documents of these rows; returns ``(row, error)`` for each that Magento refuses."""
        refused = []
        answers = self._create([self._new(row, wanted[row.id]) for row in rows])
        for row, (_new, answer) in zip(rows, answers, strict=True):
            if isinstance(answer, Refused | NotFound):
                refused.append((row, answer))
            elif isinstance(answer, MagentoError):
                self._judge(row, answer)
            else:
                self._sent(row, number=answer)
        return refused

    def _new(self, row, quantities):
        order = row.order_id
        return NewDocument(
            OrderKey(order.magento_id, order.increment_id),
            quantities,
            notify=order.store_view_id[MAIL_RULES[self.kind]],
            known=self._numbers_of(row),
        )

    # -- what Magento refuses -----------------------------------------------------------------------------------------

    def _explain(self, refused, wanted):
        """Find out why Magento refused, and do what is left to do."""
        if not refused:
            return
        payloads = dict(self.client.order_payloads([row.order_id.increment_id for row, _error in refused]))
        for row, error in refused:
            try:
                answer = payloads[row.order_id.increment_id]
                order = None if isinstance(answer, MagentoError) else parse_order(answer)
            except NotUnderstood:
                order = None
            if order is None:
                self._fail(row, str(error))
            elif sentence := self._obstacle(order):
                self._fail(row, sentence)
            else:
                self._make_rest(row, order, wanted[row.id], error)

    def _obstacle(self, order):
        _ = self.env._
        if order.state in HELD:
            return _(
                "The order is on hold in Magento (status %(status)s). It is sent by itself once the order goes on.",
                status=order.status,
            )
        if order.state in ("canceled", "closed"):
            return _(
                "The order is closed in Magento (status %(status)s), so nothing can be added to it. If that is right, "
                "dismiss this; if not, settle it with the customer.",
                status=order.status,
            )
        return None

    def _make_rest(self, row, order, wanted, error):
        """Make the document for what Magento still lets be in it."""
        left = open_quantities(order.items, self.kind)
        rest = {key: min(quantity, left.get(key, 0)) for key, quantity in wanted.items()}
        rest = {key: quantity for key, quantity in rest.items() if quantity > 0}
        if not rest:
            self._skip(row, self._nothing_left(), number=max(self._numbers_of(row), default=False))
        elif rest == wanted:
            self._fail(row, str(error))
        elif not self._make([row], {row.id: rest}):
            self._sent(row, number=self._outcomes[row.id][2].get("number"), reason=self._only_rest())
        else:
            self._fail(row, str(error))

    def _nothing_in_it(self, row):
        raise NotImplementedError

    def _nothing_left(self):
        raise NotImplementedError

    def _only_rest(self):
        return self.env._(
            "Only a part of it: the rest was already done, refunded or cancelled in Magento.",
        )

    # -- links --------------------------------------------------------------------------------------------------------

    def _after(self, rows):
        """Link the documents, so that none is taken for a new one."""
        documents = self.env["magento.document"]
        known = documents.search(
            [
                ("instance_id", "=", self.loop.instance.id),
                ("kind", "=", self.kind),
                ("increment_id", "in", rows.mapped("number")),
            ]
        )
        linked = {(document.order_id, document.increment_id) for document in known}
        documents.create(
            [self._link_values(row) for row in rows if row.number and (row.order_id, row.number) not in linked]
        )
        # what was kept back while nobody knew what became of the row
        rows.filtered(lambda row: row.id in self.unsure).order_id._follow_again()

    def _link_values(self, row):
        return {
            "instance_id": row.instance_id.id,
            "order_id": row.order_id.id,
            "kind": self.kind,
            "increment_id": row.number,
            "picking_id": row.picking_id.id,
            "move_id": row.move_id.id,
        }


class ShipmentSending(DocumentSending):
    """Deliveries become shipments."""

    kind = "shipment"

    def _read_numbers(self, order_ids):
        return self.client.shipment_numbers(order_ids)

    def _create(self, news):
        return self.client.create_shipments(news)

    def _nothing_in_it(self, row):
        return self.env._(
            "There is nothing in it that Magento ships: only what was not ordered there, is virtual, or is a part of a "
            "bundle that counts as shipped once all of it has left."
        )

    def _nothing_left(self):
        return self.env._("Magento has nothing left to ship of it: it was shipped, refunded or cancelled there.")


class InvoiceSending(DocumentSending):
    """Posted invoices become invoices."""

    kind = "invoice"

    def _read_numbers(self, order_ids):
        found = self.client.documents_of("invoice", order_ids)
        return {
            number: answer
            if isinstance(answer, MagentoError)
            else {summary.increment_id for summary in answer if summary.state != 3}
            for number, answer in found.items()
        }

    def _create(self, news):
        return self.client.create_invoices(news)

    def _send(self, rows):
        super()._send(rows)
        made = {outcome[2].get("number") for outcome in self._outcomes.values() if outcome[0] == "_sent"}
        if made:
            listed = self.client.documents_of("invoice", rows.order_id.mapped("magento_id"))
            self._summaries = {
                summary.increment_id: summary
                for answer in listed.values()
                if not isinstance(answer, MagentoError)
                for summary in answer
            }

    def _after(self, rows):
        super()._after(rows)
        is_open = {number for number, summary in self._summaries.items() if summary.state == 1}
        events = [
            (row.sale_order_id, {"move_id": row.move_id.id, "number": row.number})
            for row in rows
            if row.number in is_open
        ]
        if events:
            self.env["magento.outbox"]._add("capture", lambda order: order._captures(), events)

    def _link_values(self, row):
        values = super()._link_values(row) | {"paid_in_odoo": True}
        summary = self._summaries.get(row.number)
        if summary:
            values |= {"magento_id": document_id(summary), "is_open": summary.state == 1}
        return values

    def _nothing_in_it(self, row):
        return self.env._("There is nothing in it that was ordered in Magento and not invoiced before.")

    def _nothing_left(self):
        return self.env._("Magento has nothing left to invoice of it: it was invoiced or cancelled there.")


def _is_for(document, wanted, items):
    """Whether a document of Magento is for just these quantities; the other lines of their bundles do not count."""
    quantities = {item.order_item_id: item.qty for item in document.items if item.qty}
    parents = {item.item_id: item.parent_item_id for item in items}
    family = {parents.get(key) for key in wanted} | {item.item_id for item in items if item.parent_item_id in wanted}
    others = set(quantities) - set(wanted) - family
    return not others and all(quantities.get(key) == quantity for key, quantity in wanted.items())
