import hashlib
import re
import unicodedata

from odoo import api, fields, models


class MagentoAddress(models.Model):
    """Which Odoo contact is which address of a customer, by what the address says rather than by a number.

    An order carries copies of addresses; two that say the same are the same, so an order with a known address creates
    nothing.
    """

    _name = "magento.address"
    _description = "Magento Address"
    _rec_name = "partner_id"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    customer_partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    fingerprint = fields.Char(required=True)
    magento_id = fields.Integer(
        "Address ID in Magento", readonly=True, help="Its number in the customer's address book, if it is there."
    )
    sent_values = fields.Json(readonly=True, help="What Magento was last told of it.")
    is_made = fields.Boolean(
        "Made by the Connector", readonly=True, help="The contact was made for this address of the shop."
    )

    _fingerprint_uniq = models.Constraint(
        "unique(instance_id, customer_partner_id, fingerprint)", "This address is known already."
    )

    @api.model
    def _follow_books(self, finder, plans, parties):
        """Tie the addresses to their numbers in the customers' address books, and retire those that were in there.

        An address that was changed in Magento is another one: orders that went to the old one keep it.

        :returns: set of the ids of the customers' contacts for which something was written
        """
        current = {}
        for plan, party in zip(plans, parties, strict=True):
            for number, place, kind in plan.places:
                current.setdefault((party.partner.id, finder.fingerprint(place)), (number, kind))
        rows = self.search(
            [
                ("instance_id", "=", finder.instance.id),
                ("customer_partner_id", "in", [party.partner.id for party in parties]),
            ]
        )
        changed = set()
        for row in rows:
            number, kind = current.get((row.customer_partner_id.id, row.fingerprint), (0, None))
            if row._take_number(number, kind) if number else row._retire():
                changed.add(row.customer_partner_id.id)
        return changed

    def _links_of(self):
        """The customers whose addresses these are."""
        return self.env["magento.customer"].search(
            [("instance_id", "in", self.instance_id.ids), ("partner_id", "in", self.customer_partner_id.ids)]
        )

    @api.model
    def _note_sent(self, link, contact, number, data):
        """Remember an address that Magento has from Odoo, under the fingerprint that an import or an order will find.

        :param link: the customer
        :param contact: the contact that is the address
        :param data: what Magento was told
        """
        is_named = contact.name and not contact.is_company
        text = fingerprint_of_partner(contact, contact.name if is_named else link.partner_id.name)
        here = [("instance_id", "=", link.instance_id.id), ("customer_partner_id", "=", link.partner_id.id)]
        row = self.search([*here, ("magento_id", "=", number)], limit=1)
        same = self.search([*here, ("fingerprint", "=", text)], limit=1)
        values = {"magento_id": number, "sent_values": data, "partner_id": contact.id}
        if row and same and same != row:
            row.magento_id = 0
            same.write(values)
        elif row or same:
            (row or same).write(values | {"fingerprint": text})
        else:
            self.create(
                values
                | {
                    "instance_id": link.instance_id.id,
                    "customer_partner_id": link.partner_id.id,
                    "fingerprint": text,
                }
            )

    def _take_number(self, number, kind):
        """This address stands in the address book, as a default or not. Returns whether something was written."""
        contact, values = self.partner_id, {}
        if self.is_made and contact.type != kind:
            values["type"] = kind
        if self.is_made and not contact.active:
            values["active"] = True
        if values:
            contact._magento_quietly().write(values)
        if self.magento_id != number:
            self.magento_id = number
            return True
        return bool(values)

    def _retire(self):
        """This address stood in the address book, and does not any more: its contact is not offered any more, if the
        connector made it. Returns whether something was written.
        """
        if not self.magento_id:
            return False
        self.magento_id = 0
        contact = self.partner_id
        others = [("partner_id", "=", contact.id), ("id", "!=", self.id), ("magento_id", ">", 0)]
        if self.is_made and not self.search_count(others, limit=1):
            used = self.env["sale.order"].search_count(
                ["|", ("partner_invoice_id", "=", contact.id), ("partner_shipping_id", "=", contact.id)], limit=1
            )
            contact._magento_quietly().write({"type": "other"} if used else {"active": False})
        return True


def fingerprint(name, company, street, city, postcode, region, country):
    """What an address says, without regard to case, accents, punctuation and spacing, as a hash of 40 characters."""
    parts = [name, company, street, city, postcode, region, country]
    return hashlib.sha1("|".join(_plain(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    return re.sub(r"[\W_]+", "", "".join(char for char in decomposed if not unicodedata.combining(char)))


def fingerprint_of_partner(partner, name=None):
    """What the address of a contact says, with the contact's name or another."""
    return fingerprint(
        name or partner.name,
        "",
        f"{partner.street or ''} {partner.street2 or ''}",
        partner.city,
        partner.zip,
        partner.state_id.name,
        partner.country_id.code,
    )
