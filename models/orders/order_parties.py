"""Who ordered, who pays, where it goes: the contacts of a batch of orders."""

from odoo.tools import email_normalize

from ..customers.parties import Party, PartyFinder, person_of, plain_vat
from ..sync.clock import naive


def parties_of_orders(env, candidates):
    """Find or create customer, invoice address and delivery address of every order of a batch.

    :param candidates: list of ``Candidate``
    :returns: dict of inbox row to the values ``partner_id``, ``partner_invoice_id`` and ``partner_shipping_id``
    """
    instance = candidates[0].row.instance_id
    grouped = _group(candidates)
    groups = env["magento.customer.group"]._by_number(instance)
    for party, orders in grouped:
        _tell(party, orders, groups)
    finder = PartyFinder(env, instance, [party for party, _orders in grouped])
    finder.match()
    finder.make()
    return {
        candidate.row: {
            "partner_id": party.partner.id,
            "partner_invoice_id": finder.address_id(party, candidate.order.billing_address),
            "partner_shipping_id": finder.address_id(
                party, candidate.order.shipping_address or candidate.order.billing_address
            ),
        }
        for party, orders in grouped
        for candidate in orders
    }


def _group(candidates):
    """The customers of the batch, each with its orders: by number; guests by e-mail within the website; without
    either, one per order.
    """
    grouped, by_number, by_email = [], {}, {}
    for candidate in candidates:
        order, website = candidate.order, candidate.row.store_view_id.website_id
        email = email_normalize(order.customer_email or order.billing_address.email or "") or ""
        number = order.customer_id or 0
        entry = by_number.get(number) or by_email.get((website, email))
        if not entry or (number and entry[0].number and entry[0].number != number):
            entry = (Party(number, email, website), [])
            grouped.append(entry)
        party, orders = entry
        party.number = party.number or number
        if party.number:
            by_number[party.number] = entry
        if email:
            by_email.setdefault((website, email), entry)
        orders.append(candidate)
    return grouped


def _tell(party, candidates, groups):
    """Tell a party what its orders say of it; a new contact is made from the latest."""
    order = candidates[-1].order
    billing = order.billing_address
    party.written_email = order.customer_email or billing.email
    party.name = person_of(billing) or _customer_name(order) or order.customer_email or order.increment_id
    party.phone = billing.telephone
    party.vat = plain_vat(order.customer_taxvat or billing.vat_id)
    party.lang = candidates[-1].row.store_view_id.lang_id.code
    party.home = billing
    for candidate in candidates:
        party.places.append((candidate.order.billing_address, "invoice"))
        if candidate.order.shipping_address:
            party.places.append((candidate.order.shipping_address, "delivery"))
    newest = max(candidates, key=lambda candidate: candidate.order.created_at).order
    party.group, party.told_at = groups.get(newest.customer_group_id), naive(newest.created_at)


def _customer_name(order):
    return " ".join(
        part for part in (order.customer_firstname, order.customer_middlename, order.customer_lastname) if part
    )
