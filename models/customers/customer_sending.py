"""Customers on their way to Magento: what differs is found, Magento is told, and only then something is written.

So nobody waits for a lock while the shop takes its time, and no conflict makes anything be said twice. What is edited
meanwhile shows by the version of the link, and keeps the customer due.
"""

from dataclasses import dataclass, field
from typing import Any

from ...magento_api import MagentoError, NotFound, NotUnderstood, Refused
from ...magento_api.customer_writes import says
from .customer_values import address_book, address_values, customer_values

# What concerns one customer; every other error concerns the shop.
CUSTOMER_ERRORS = (NotFound, Refused, NotUnderstood)


@dataclass
class Parcel:
    """What Magento is told of one customer, and what came of it.

    ``values`` are those that count as sent: of a customer that came from Magento, what Odoo had when the export began.
    """

    link: Any
    version: int
    values: dict
    news: dict
    known: list = field(default_factory=list)  # (row, data): addresses that came from Magento
    made: list = field(default_factory=list)  # (contact, data)
    changed: list = field(default_factory=list)  # (row, contact, data, what of it is news)
    gone: list = field(default_factory=list)  # rows
    forgotten: list = field(default_factory=list)  # Magento's numbers
    linked: set = field(default_factory=set)  # Magento's numbers of addresses that rows stand for
    told: list = field(default_factory=list)  # (contact, number, data): what Magento has now
    deleted: list = field(default_factory=list)  # Magento's numbers
    error: str | None = None
    is_sent: bool = False
    is_gone: bool = False
    is_done: bool = False

    @property
    def has_addresses(self):
        return bool(self.made or self.changed or self.gone or self.forgotten)

    def fail(self, error):
        """Keep what a person reads; a customer that Magento has deleted is let go."""
        self.is_gone = self.is_gone or isinstance(error, NotFound)
        self.error = str(error)


class CustomerSending:
    """Some customers that Magento has, on their way there: ``send`` writes nothing, ``note`` asks nobody.

    When the shop gets into trouble, what was sent before counts, and the error is left in ``trouble``.
    """

    def __init__(self, loop, regions, ids):
        self.loop = loop
        self.links = loop.env["magento.customer"].browse(ids)
        self.regions = regions
        self.parcels = []
        self.trouble = None

    def send(self):
        """Tell Magento what differs; it is asked for a login only if something does."""
        links = self.links.exists()
        rows = links._address_rows()
        self.parcels = [self._parcel(link, rows[link.partner_id]) for link in links]
        try:
            self._send_changes()
            for parcel in self.parcels:
                if parcel.has_addresses and not parcel.error:
                    self._send_addresses(parcel)
                parcel.is_done = True
        except MagentoError as error:
            self.trouble = error

    def _parcel(self, link, rows):
        now, sent = customer_values(link.partner_id), link.sent_values
        news = {key: value for key, value in now.items() if value != sent.get(key, value)} if sent else {}
        parcel = Parcel(link, link.export_version, sent or now, news)
        parcel.forgotten = list(link.forget_address_ids or [])
        parcel.linked = {row.magento_id for row in rows if row.magento_id}
        parcel.gone = [row for row in rows if row.magento_id and row.sent_values and not row.partner_id.active]
        by_contact = {row.partner_id: row for row in rows}
        for entry, billing, shipping in address_book(link.partner_id):
            data = address_values(entry, link.partner_id, billing, shipping)
            is_own = entry == link.partner_id
            row = by_contact.get(entry) or (is_own and by_contact.get(entry.commercial_partner_id))
            if not row or not row.magento_id:
                if self._is_to_make(link, row, is_own):
                    parcel.made.append((entry, data))
            elif not row.sent_values:
                parcel.known.append((row, data))
            elif row.sent_values != data:
                news = {key: value for key, value in data.items() if value != row.sent_values.get(key)}
                parcel.changed.append((row, entry, data, news))
        return parcel

    def _is_to_make(self, link, row, is_own):
        """Whether an address that Magento does not have is sent. What orders brought, and no address book, is not; but
        for a customer that is made from Odoo.
        """
        if row:
            return link.is_made and row.create_date <= link.received_at
        return link.is_made or not is_own

    def _send_changes(self):
        changed = {parcel.link.magento_id: parcel for parcel in self.parcels if parcel.news}
        if not changed:
            return
        for number, error in self.loop.client.update_customers(
            [(number, parcel.news) for number, parcel in changed.items()]
        ):
            if error:
                changed[number].fail(error)
            else:
                changed[number].values = changed[number].values | changed[number].news
                changed[number].is_sent = True

    def _send_addresses(self, parcel):
        client, number = self.loop.client, parcel.link.magento_id
        parcel.is_sent = True
        try:
            for old in (*parcel.forgotten, *(row.magento_id for row in parcel.gone)):
                client.delete_address(old)
                parcel.deleted.append(old)
            book = client.customer_addresses(number) if parcel.made else []
            for entry, data in parcel.made:
                # one that says the same was made by a batch that did not come to its end, or by somebody in Magento
                same = next((one.id for one in book if one.id not in parcel.linked and says(one.address, data)), None)
                known = [one.id for one in book] + list(parcel.linked)
                made = same or client.create_address(number, self.regions.complete(entry, data), known)
                parcel.linked.add(made)
                parcel.told.append((entry, made, data))
            self._send_changed(parcel)
        except CUSTOMER_ERRORS as error:
            parcel.fail(error)

    def _send_changed(self, parcel):
        by_number = {row.magento_id: (entry, data, news) for row, entry, data, news in parcel.changed}
        changes = [(number, self.regions.complete(entry, news)) for number, (entry, _data, news) in by_number.items()]
        for number, error in self.loop.client.update_addresses(changes) if changes else ():
            entry, data, _news = by_number[number]
            if error:
                parcel.error = str(error)
            else:
                parcel.told.append((entry, number, data))

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def note(self):
        """Write what Magento has now. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        self.links.exists().invalidate_recordset(["export_version", "forget_address_ids"])
        for parcel in self.parcels:
            if parcel.link.exists():
                self._note(parcel)
        done = [parcel for parcel in self.parcels if parcel.is_done]
        return {
            "seen_count": len(done),
            "sent_count": sum(parcel.is_sent and not parcel.error for parcel in done),
            "failed_count": sum(bool(parcel.error) for parcel in done),
        }

    def _note(self, parcel):
        link, addresses = parcel.link, self.loop.env["magento.address"]
        values = {"sent_values": parcel.values, "is_gone": link.is_gone or parcel.is_gone}
        if left := set(parcel.deleted) & set(link.forget_address_ids or []):
            values["forget_address_ids"] = [one for one in link.forget_address_ids if one not in left] or False
        if parcel.is_done:
            values["export_error"] = parcel.error or False
            values["export_due"] = link.export_version != parcel.version
        link.write({key: value for key, value in values.items() if link[key] != value})
        for row, data in parcel.known:
            row.exists().sent_values = data
        for row in parcel.gone:
            if row.exists() and row.magento_id in parcel.deleted:
                row.write({"magento_id": 0, "sent_values": False})
        for entry, number, data in parcel.told:
            if entry.exists():
                addresses._note_sent(link, entry, number, data)


class Regions:
    """Magento's numbers of regions; a country is asked for once in a run."""

    def __init__(self, loop):
        self._loop = loop
        self._known = {}

    def complete(self, entry, data):
        """The data of an address with the number of its region, where Magento knows that."""
        if not entry.state_id or not {"region", "country_id"} & set(data):
            return data
        country = entry.country_id.code
        if country not in self._known:
            try:
                found = self._loop.client.regions(country)
            except CUSTOMER_ERRORS:
                found = []
            self._known[country] = {region.code: region.id for region in found}
        number = self._known[country].get(entry.state_id.code)
        return data | {"region_id": number} if number else data
