from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize
from odoo.tools.misc import split_every

from ..magento_api import AlreadyExists, NotFound, NotUnderstood, Refused
from ..magento_api.customer_writes import says
from .customer_export import address_book, address_values, customer_values

# Customers of one transaction.
BATCH = 25
# What concerns one customer; every other error concerns the shop.
CUSTOMER_ERRORS = (NotFound, Refused, NotUnderstood)


class MagentoCustomer(models.Model):
    """The export of customers: those that are linked follow what changes in Odoo, those that are marked are made.

    What was sent last is remembered. Of a customer that came from Magento, what Odoo had when the export began counts
    as sent: nothing is overwritten there that nobody has changed here.
    """

    _inherit = "magento.customer"

    is_made = fields.Boolean("Made from Odoo", readonly=True, help="The customer was made in Magento by the export.")
    export_due = fields.Boolean(readonly=True, help="The contact was changed since it was last sent.")
    sent_values = fields.Json(readonly=True)
    export_error = fields.Text("Not Sent", readonly=True, help="What kept the customer from being sent to Magento.")
    forget_address_ids = fields.Json(readonly=True, help="Addresses to delete in Magento, by their numbers there.")

    _due_idx = models.Index("(instance_id) WHERE export_due")

    def action_export_again(self):
        """Send these again, whatever kept them from it; opens the run."""
        self.check_access("write")
        self.export_due = True
        return self.env["magento.run"]._start(self.instance_id[:1], "customers_export")._open()

    # -- a run --------------------------------------------------------------------------------------------------------

    @api.model
    def _export_batches(self, loop):
        """Who is marked, and who was changed since he was last sent, as batches for ``SyncLoop.drive``."""
        instance = loop.instance
        marked = self._marked(instance)
        for ids in split_every(BATCH, marked.ids):
            yield partial(self._link_marked, instance, marked.browse(ids)), 0
        due = self.search(
            [("instance_id", "=", instance.id), ("export_due", "=", True), ("is_gone", "=", False)], order="id"
        )
        for link in due.filtered(lambda link: link._is_new()):
            yield partial(link._make_batch, loop), 1  # committed as soon as Magento gave a number
        regions = Regions(loop)
        for ids in split_every(BATCH, [link.id for link in due if link.magento_id]):
            yield partial(self.browse(ids)._send, loop, regions), len(ids)

    @api.model
    def _marked(self, instance):
        """Contacts that are marked for the shop and not linked to it."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT mark.partner_id FROM magento_export_partner_rel mark
             WHERE mark.instance_id = %s
               AND NOT EXISTS (SELECT FROM magento_customer link
                                WHERE link.instance_id = mark.instance_id AND link.partner_id = mark.partner_id)
             ORDER BY mark.partner_id
            """,
            instance.id,
        )
        return self.env["res.partner"].browse([number for (number,) in self.env.execute_query(query)])

    def _link_marked(self, instance, partners):
        """Rows for contacts that Magento does not have yet, so that they are due."""
        website = instance._export_website()
        emails = {email_normalize(partner.email or "") for partner in partners} - {False}
        known = self.search([("instance_id", "=", instance.id), ("email", "in", list(emails))])
        taken = {link.email for link in known if link.website_id == website}
        rows = []
        for partner in partners:
            email = email_normalize(partner.email or "")
            rows.append(
                {
                    "instance_id": instance.id,
                    "website_id": website.id,
                    "partner_id": partner.id,
                    "email": email if email not in taken else False,
                    "export_due": True,
                }
            )
            taken.add(email)
        self.create(rows)
        return {}

    # -- what is to be sent -------------------------------------------------------------------------------------------

    def _is_new(self):
        """Whether Magento does not have the customer: a guest is made only if the contact is marked."""
        return not self.magento_id and self.instance_id in self.partner_id.magento_export_ids

    def _news(self):
        """What of the customer Magento does not have as Odoo has it, as data for Magento."""
        values, sent = customer_values(self.partner_id), self.sent_values or {}
        return {key: value for key, value in values.items() if value != sent.get(key, value)}

    def _address_rows(self):
        return self.env["magento.address"].search(
            [("instance_id", "=", self.instance_id.id), ("customer_partner_id", "=", self.partner_id.id)]
        )

    def _address_news(self):
        """Which addresses are to be made, changed and deleted: three lists, of ``(contact, data)``,
        ``(row, contact, data)`` and rows.

        What orders brought, and no address book, stays out of it; but for a customer that is made from Odoo.
        """
        rows = self._address_rows()
        by_contact = {row.partner_id: row for row in rows}
        made, changed = [], []
        for entry, billing, shipping in address_book(self.partner_id):
            data = address_values(entry, self.partner_id, billing, shipping)
            row = by_contact.get(entry) or (entry == self.partner_id and by_contact.get(entry.commercial_partner_id))
            if not row:
                if self.is_made or entry != self.partner_id:
                    made.append((entry, data))
            elif not row.magento_id:
                if self.is_made and row.create_date <= self.received_at:
                    made.append((entry, data))
            elif not row.sent_values:
                row.sent_values = data  # it came from Magento
            elif row.sent_values != data:
                news = {key: value for key, value in data.items() if value != row.sent_values.get(key)}
                changed.append((row, entry, news))
        gone = [row for row in rows if row.magento_id and row.sent_values and not row.partner_id.active]
        return made, changed, gone

    # -- sending ------------------------------------------------------------------------------------------------------

    def _make_batch(self, loop):
        """Make one customer. A batch of the sync loop."""
        errors = {}
        self._make(loop.client, errors)
        if self not in errors:
            return {"seen_count": 1, "sent_count": 1}
        self.write({"export_due": False, "export_error": errors[self]})
        return {"seen_count": 1, "failed_count": 1}

    def _send(self, loop, regions):
        """Send what differs of customers that Magento has. A batch of the sync loop.

        :returns: what to add to the run's counts
        """
        errors, client = {}, lambda: loop.client  # which logs in only if there is something to send
        sent = self._send_changes(client, errors)
        for link in self.filtered(lambda link: link not in errors):
            if link._send_addresses(client, regions, errors):
                sent.add(link.id)
        for link in self:
            link.write({"export_due": False, "export_error": errors.get(link, False)})
        return {"seen_count": len(self), "sent_count": len(sent), "failed_count": len(errors)}

    def _make(self, client, errors):
        """Make the customer in Magento, or take the one that has the e-mail address."""
        data, website = customer_values(self.partner_id), self.website_id
        taken = self.env._("Another contact is the customer with this e-mail address.")
        if not data["email"]:
            errors[self] = self.env._("The contact has no e-mail address: without one Magento keeps no customer.")
            return
        self.email = self.email or self._free_email(data["email"])
        if not self.email:
            errors[self] = taken
            return
        where = {"website_id": website.magento_id, "group_id": 1}
        if view := website.store_view_ids[:1]:
            where["store_id"] = view.magento_id
        made = True
        try:
            number = client.create_customer(data | where)
        except AlreadyExists as error:
            number, made = error.id, False
            if self.search_count([("instance_id", "=", self.instance_id.id), ("magento_id", "=", number)], limit=1):
                errors[self] = taken
                return
        except CUSTOMER_ERRORS as error:
            errors[self] = str(error)
            return
        self.write({"magento_id": number, "sent_values": data, "received_at": fields.Datetime.now(), "is_made": made})

    def _free_email(self, email):
        """The address, normalised, unless another contact has it in the shop; False then."""
        normalized = email_normalize(email)
        same = [
            ("instance_id", "=", self.instance_id.id),
            ("website_id", "=", self.website_id.id),
            ("email", "=", normalized),
            ("id", "!=", self.id),
        ]
        return normalized and not self.search_count(same, limit=1) and normalized

    def _send_changes(self, client, errors):
        """Send what changed of customers that Magento has; returns the ids of those that were sent."""
        changed = {}
        for link in self:
            if not link.sent_values:
                link.sent_values = customer_values(link.partner_id)  # it came from Magento
            elif news := link._news():
                changed[link.magento_id] = (link, news)
        sent = set()
        if not changed:
            return sent
        for number, error in client().update_customers([(number, news) for number, (_link, news) in changed.items()]):
            link, news = changed[number]
            if error:
                link._failed(error, errors)
            else:
                link.sent_values = link.sent_values | news
                sent.add(link.id)
        return sent

    def _failed(self, error, errors):
        """Keep what a person reads; a customer that Magento has deleted is let go."""
        if isinstance(error, NotFound):
            self.is_gone = True
        errors[self] = str(error)

    def _send_addresses(self, client, regions, errors):
        """Make, change and delete addresses; returns whether any was sent."""
        made, changed, gone = self._address_news()
        forgotten = self.forget_address_ids or []
        if not (made or changed or gone or forgotten):
            return False
        addresses = self.env["magento.address"]
        try:
            for number in forgotten:
                client().delete_address(number)
            self.forget_address_ids = False
            for row in gone:
                client().delete_address(row.magento_id)
                row.write({"magento_id": 0, "sent_values": False})
            book = client().customer_addresses(self.magento_id) if made else []
            for entry, data in made:
                linked = set(self._address_rows().mapped("magento_id"))
                known = [one.id for one in book] + list(linked)
                # one that says the same was made by a batch that did not come to its end, or by somebody in Magento
                number = next((one.id for one in book if one.id not in linked and says(one.address, data)), None)
                number = number or client().create_address(self.magento_id, regions.complete(entry, data), known)
                addresses._note_sent(self, entry, number, data)
            by_number = {row.magento_id: (row, entry, news) for row, entry, news in changed}
            changes = [(number, regions.complete(entry, news)) for number, (_row, entry, news) in by_number.items()]
            for number, error in client().update_addresses(changes) if changes else ():
                row, entry, news = by_number[number]
                if error:
                    errors[self] = str(error)
                else:
                    addresses._note_sent(self, entry, number, row.sent_values | news)
        except CUSTOMER_ERRORS as error:
            self._failed(error, errors)
        return True


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
