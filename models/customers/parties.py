"""Customers and their addresses as contacts, found or made: the one rule for orders and for the import of customers."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .address import fingerprint, fingerprint_of_partner


@dataclass
class Party:
    """A customer, as an order or Magento's list of customers shows it: what a new contact is made from, and the
    addresses that are wanted. ``partner`` is set once found or made.
    """

    number: int
    email: str
    website: Any
    name: str = ""
    written_email: str | None = None
    phone: str | None = None
    vat: str = ""
    lang: str | None = None
    home: Any = None
    places: list = field(default_factory=list)
    group: Any = None
    told_at: Any = None
    born_at: Any = None  # when Magento made the customer, as Odoo keeps times, if it is told
    is_new: bool = False
    choices: list = field(default_factory=list)
    partner: Any = None
    link: Any = None


class PartyFinder:
    """Matches before it creates: by Magento's number, then e-mail within the website, then the company's VAT."""

    def __init__(self, env, instance, parties):
        self.env = env
        self.instance = instance
        self.parties = parties
        self.partners = env["res.partner"]._magento_quietly()
        codes = {place.country_id for party in parties for place, _kind in party.places}
        self.countries = env["res.country"]._magento_by_code(codes - {None})
        self.known_addresses = {}
        self.stale = env["magento.customer"]
        self._values = {}

    def match(self):
        """Find the contacts that Odoo has; ``choices`` of a party are those with its e-mail address, of which the first
        is taken.
        """
        self._match_links([party for party in self.parties if not party.partner])
        self._match_emails([party for party in self.parties if not party.partner and not party.is_new])

    def make(self):
        """Create the contacts, links and addresses that are missing; every party has its ``partner`` afterwards."""
        self.stale.unlink()
        self._create_partners([party for party in self.parties if not party.partner])
        self._write_links()
        self.env["magento.customer"]._follow_groups(self.parties)
        self._load_addresses()
        self._create_addresses()

    # -- customers ----------------------------------------------------------------------------------------------------

    def _match_links(self, parties):
        links = self.env["magento.customer"].search(
            [
                ("instance_id", "=", self.instance.id),
                "|",
                ("magento_id", "in", [party.number for party in parties if party.number]),
                ("email", "in", [party.email for party in parties if party.email]),
            ]
        )
        by_number = {link.magento_id: link for link in links if link.magento_id}
        by_email = {(link.website_id, link.email): link for link in links.sorted("id", reverse=True)}
        for party in parties:
            link = by_number.get(party.number)
            if link and link._is_of_another(party):
                self.stale |= link
                link = None
            if not link:
                link = by_email.get((party.website, party.email))
                if link and link.magento_id and party.number:
                    link = None  # another customer of Magento, who had the address before
            if link:
                party.link, party.partner = link, link.partner_id

    def _match_emails(self, parties):
        """Contacts that Odoo has without knowing the shop: by e-mail, else the contact's company by VAT number."""
        emails = [party.email for party in parties if party.email]
        found = self.env["res.partner"].search(
            [
                ("email_normalized", "in", emails),
                ("company_id", "in", [False, self.instance.company_id.id]),
                ("type", "=", "contact"),
            ],
            order="id",
        )
        linked = self.env["magento.customer"].search(
            [("instance_id", "=", self.instance.id), ("partner_id", "in", found.ids)]
        )
        by_email = defaultdict(list)
        for partner in found - linked.partner_id:
            by_email[partner.email_normalized].append(partner)
        for party in parties:
            party.choices = by_email.pop(party.email, [])
            party.partner = party.choices[0] if party.choices else None

    def _create_partners(self, parties):
        """Create the customers that are new, under their company where the billing address names one."""
        companies = self._companies(parties)
        created = self.partners.create([self._customer_values(party, companies.get(id(party))) for party in parties])
        for party, partner in zip(parties, created, strict=True):
            party.partner = partner

    def _companies(self, parties):
        """The companies of new customers: by VAT number, or made; by ``id(party)``."""
        wanted = {id(party): party for party in parties if party.home and party.home.company}
        vats = {party.vat for party in wanted.values()} - {""}
        by_vat = {
            plain_vat(partner.vat): partner
            for partner in self.env["res.partner"].search(
                [
                    ("vat", "in", list(vats)),
                    ("is_company", "=", True),
                    ("parent_id", "=", False),
                    ("company_id", "in", [False, self.instance.company_id.id]),
                ],
                order="id desc",
            )
        }
        new = {}
        for key, party in wanted.items():
            if party.vat not in by_vat:
                new.setdefault(party.vat or key, (party, []))[1].append(key)
        created = self.partners.create([self._company_values(party) for party, _keys in new.values()])
        result = {key: by_vat[party.vat] for key, party in wanted.items() if party.vat in by_vat}
        for company, (_party, keys) in zip(created, new.values(), strict=True):
            result |= dict.fromkeys(keys, company)
        return result

    def _company_values(self, party):
        return self._address_values(party.home) | {
            "name": party.home.company,
            "is_company": True,
            "vat": party.vat or False,
            "lang": party.lang or self.env.lang,
        }

    def _customer_values(self, party, company):
        values = {
            "name": party.name,
            "email": party.written_email,
            "phone": party.phone,
            "lang": party.lang or self.env.lang,
            "type": "contact",
        }
        if company:
            return values | {"parent_id": company.id}
        home = self._address_values(party.home) if party.home else {}
        return values | home | {"vat": party.vat or False}

    def _write_links(self):
        new = [party for party in self.parties if not party.link and (party.number or party.email)]
        for party in self.parties:
            if party.link and party.number and not party.link.magento_id:
                party.link.magento_id = party.number
        links = self.env["magento.customer"].create(
            [
                {
                    "instance_id": self.instance.id,
                    "website_id": party.website.id,
                    "magento_id": party.number,
                    "email": party.email or False,
                    "partner_id": party.partner.id,
                    "group_id": party.group and party.group.id,
                    "group_at": party.told_at,
                }
                for party in new
            ]
        )
        for party, link in zip(new, links, strict=True):
            party.link = link

    # -- addresses ----------------------------------------------------------------------------------------------------

    def _load_addresses(self):
        """The addresses that the customers of the batch have: those known from orders, and those in Odoo's address
        book.
        """
        partners = self.env["res.partner"].union(*(party.partner for party in self.parties))
        for row in self.env["magento.address"].search(
            [("instance_id", "=", self.instance.id), ("customer_partner_id", "in", partners.ids)]
        ):
            self.known_addresses[row.customer_partner_id.id, row.fingerprint] = row.partner_id.id
        family = defaultdict(list)
        commercial = partners.commercial_partner_id
        for child in self.env["res.partner"].search([("parent_id", "in", (partners | commercial).ids)], order="id"):
            family[child.parent_id.id].append(child)
        for partner in partners:
            own = [
                partner,
                partner.commercial_partner_id,
                *family[partner.id],
                *family[partner.commercial_partner_id.id],
            ]
            for entry in own:
                if entry.street and (entry == partner or entry.type in ("invoice", "delivery") or entry.is_company):
                    self.known_addresses.setdefault((partner.id, fingerprint_of_partner(entry)), entry.id)

    def _create_addresses(self):
        """Create the addresses that are new, as children of the customer's company, and remember every address used."""
        wanted, usage = {}, {}
        for party in self.parties:
            for place, kind in party.places:
                key = (party.partner.id, self.fingerprint(place))
                usage.setdefault(key, self.known_addresses.get(key))
                if key not in self.known_addresses:
                    wanted.setdefault(key, (party, place, kind))
        created = self.partners.create(
            [
                self._address_values(place)
                | {
                    "type": kind,
                    "parent_id": party.partner.commercial_partner_id.id,
                    "name": self._address_name(party, place),
                    "phone": place.telephone,
                    "email": place.email or party.written_email,
                }
                for party, place, kind in wanted.values()
            ]
        )
        self.known_addresses |= dict(zip(wanted, created.ids, strict=True))
        self._remember(usage, wanted)

    def _remember(self, keys, made):
        stored = {
            (row.customer_partner_id.id, row.fingerprint)
            for row in self.env["magento.address"].search(
                [
                    ("instance_id", "=", self.instance.id),
                    ("customer_partner_id", "in", [partner_id for partner_id, _print in keys]),
                ]
            )
        }
        self.env["magento.address"].create(
            [
                {
                    "instance_id": self.instance.id,
                    "customer_partner_id": partner_id,
                    "partner_id": self.known_addresses[partner_id, text],
                    "fingerprint": text,
                    "is_made": (partner_id, text) in made,
                }
                for partner_id, text in keys
                if (partner_id, text) not in stored
            ]
        )

    def address_id(self, party, place):
        """The contact of an address of a party."""
        return self.known_addresses[party.partner.id, self.fingerprint(place)]

    def _address_name(self, party, place):
        """Another company's name belongs to the address, as it is not in the contact's."""
        person = person_of(place) or party.partner.name
        if place.company and place.company != party.partner.commercial_partner_id.name:
            return f"{place.company}, {person}"
        return person

    def _address_values(self, place):
        """Values of a contact for an address of an order; a region that Odoo does not know is kept in the street."""
        if place not in self._values:
            self._values[place] = self._make_address_values(place)
        return self._values[place]

    def _make_address_values(self, place):
        country = self.countries.get(place.country_id) or self.env["res.country"]
        state = country._magento_state(place.region)
        lines = [line for line in place.street if line]
        if place.region and not state:
            lines = [*lines[:1], ", ".join([*lines[1:], place.region])] if lines else [place.region]
        return {
            "street": lines[0] if lines else False,
            "street2": ", ".join(lines[1:]) or False,
            "city": place.city,
            "zip": place.postcode,
            "state_id": state.id,
            "country_id": country.id,
        }

    def fingerprint(self, place):
        """As ``fingerprint_of_partner`` of the contact that would be made of ``place``."""
        values = self._address_values(place)
        return fingerprint(
            person_of(place),
            "",
            f"{values['street'] or ''} {values['street2'] or ''}",
            values["city"],
            values["zip"],
            self.env["res.country.state"].browse(values["state_id"]).name,
            place.country_id,
        )


def person_of(place):
    """The name of the person, of an address or of a customer."""
    return " ".join(part for part in (place.firstname, place.middlename, place.lastname) if part)


def plain_vat(vat):
    """A VAT number as it is compared."""
    return (vat or "").replace(" ", "").upper()
