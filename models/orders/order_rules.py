"""What a shop's rules say of an order: the tables of statuses, payment and shipping methods, read once for a batch."""

from dataclasses import dataclass
from datetime import timedelta

from odoo import fields

from .order_status import IMPORTING


@dataclass(frozen=True)
class HeldBack:
    """Why an order is not imported: ``kind`` is a reason kind of the inbox, ``sentence`` what a person reads."""

    kind: str
    sentence: str


class OrderRules:
    """The rules of one instance."""

    def __init__(self, instance):
        self.env = instance.env
        ours = [("instance_id", "=", instance.id)]
        statuses = self.env["magento.order.status"].search(ours)
        self._actions = {status.code: status.action for status in statuses}
        self._exceptions = {
            (entry.store_view_id.id, entry.status_id.code): entry.action
            for entry in self.env["magento.order.status.exception"].search(ours)
        }
        self._payment_methods = {entry.code: entry for entry in self.env["magento.payment.method"].search(ours)}
        self._shipping_methods = {entry.code: entry for entry in self.env["magento.shipping.method"].search(ours)}

    def action(self, view, status):
        """One of ``magento_order_status.ACTIONS``; None or False where nobody has chosen."""
        return self._exceptions.get((view.id, status)) or self._actions.get(status)

    def payment_method(self, order):
        """The row of the order's payment method, or None."""
        return self._payment_methods.get(order.payment.method) if order.payment else None

    def held_back(self, view, order):
        """The rule that keeps ``order`` (a ``magento_api`` order) out; None to let it in."""
        _ = self.env._
        if reason := view._reason_to_skip(order):
            return HeldBack("rule", reason)
        action = self.action(view, order.status)
        if not action:
            return HeldBack(
                "wait", _("Nobody has chosen yet what happens to orders with the status %(code)s.", code=order.status)
            )
        if action == "skip":
            return HeldBack("rule", _("Orders with the status %(status)s are not imported.", status=order.status))
        if self.is_given_up(order) and action in ("wait", *IMPORTING):
            return HeldBack("unpaid", self.given_up_sentence(order))
        if action == "wait":
            return HeldBack("wait", _("Orders with the status %(code)s wait until it changes.", code=order.status))
        method = self.payment_method(order)
        if method and method.only_paid and action in IMPORTING and not is_paid(order):
            return HeldBack("wait", _("Orders paid by %(method)s wait until they are paid.", method=method.name))
        return None

    def give_up_at(self, order):
        """When the order is given up if it stays unpaid (UTC, as Odoo keeps times), or False."""
        method = self.payment_method(order)
        if not method or not method.give_up_days or is_paid(order) or order.state not in ("new", "pending_payment"):
            return False
        return order.created_at.replace(tzinfo=None, microsecond=0) + timedelta(days=method.give_up_days)

    def is_given_up(self, order):
        """Whether the order stayed unpaid for too long."""
        moment = self.give_up_at(order)
        return bool(moment) and moment <= fields.Datetime.now()

    def given_up_sentence(self, order):
        """What the inbox says of an order that is given up."""
        return self.env._(
            "Given up: it was not paid within %(days)s days.", days=self.payment_method(order).give_up_days
        )

    def sale_order_values(self, order):
        """What the methods of payment and shipping add to a new sale order."""
        values = {}
        method = self.payment_method(order)
        if method and method.payment_term_id:
            values["payment_term_id"] = method.payment_term_id.id
        shipping = self._shipping_methods.get(order.shipping_method)
        if shipping and shipping.carrier_id:
            values["carrier_id"] = shipping.carrier_id.id
        return values


def is_paid(order):
    """Whether Magento has the money for all of the order. SOAP v2 does not say: there, whether all is invoiced."""
    if not order.grand_total:
        return True
    if order.total_paid is None and order.lacks:
        return all(item.qty_invoiced >= item.qty_ordered for item in order.items if not item.parent_item_id)
    return (order.total_paid or 0) >= order.grand_total
