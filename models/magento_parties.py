"""Who ordered, who pays, where it goes: the contacts of a batch of orders, found or made."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo.tools import email_normalize

from .magento_address import fingerprint


@dataclass
class Party:
    """One customer of the batch, with its orders; ``partner`` is set once found or made."""

    number: int
    email: str
    website: Any
    candidates: list = field(default_factory=list)
    partner: Any = None
    link: Any = None

    @property
    def latest(self):
        """The order that a new contact is made from."""
        return self.candidates[-1].order


class PartyFinder:
    """Matches before it creates: by Magento's number, then e-mail within the website, then the company's VAT."""

    def __init__(self, env, candidates):
        self.env = env
        self.instance = candidates[0].row.instance_id
        self.candidates = candidates
        self.partners = env["res.partner"]._magento_quietly()
        codes = {place.country_id for candidate in candidates for place in addresses_of(candidate.order)}
        self.countries = env["res.country"]._magento_by_code(codes - {None})
        self.known_addresses = {}
        self._values = {}

    def parties(self):
        """Values for the sale orders, by inbox row; see ``res.partner._magento_parties``."""
        parties = self._group()
        self._match_links(parties)
        self._match_emails([party for party in parties if not party.partner])
        self._create_partners([party for party in parties if not party.partner])
        self._write_links(parties)
        self._load_addresses(parties)
        self._create_addresses(parties)
        return {
            candidate.row: {
                "partner_id": party.partner.id,
                "partner_invoice_id": self._address_id(party, candidate.order.billing_address),
                "partner_shipping_id": self._address_id(
                    party, candidate.order.shipping_address or candidate.order.billing_address
                ),
            }
            for party in parties
            for candidate in party.candidates
        }

    # -- customers ----------------------------------------------------------------------------------------------------

    def _group(self):
        """The customers of the batch: by number; guests by e-mail within the website; without either, one per order."""
        parties, by_number, by_email = [], {}, {}
        for candidate in self.candidates:
            order, website = candidate.order, candidate.row.store_view_id.website_id
            email = email_normalize(order.customer_email or order.billing_address.email or "") or ""
            number = order.customer_id or 0
            party = by_number.get(number) or by_email.get((website, email))
            if not party or (number and party.number and party.number != number):
                party = Party(number, email, website)
                parties.append(party)
            party.number = party.number or number
            if party.number:
                by_number[party.number] = party
            if email:
                by_email.setdefault((website, email), party)
            party.candidates.append(candidate)
        return parties

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
            order="id desc",
        )
        linked = self.env["magento.customer"].search(
            [("instance_id", "=", self.instance.id), ("partner_id", "in", found.ids)]
        )
        by_email = {partner.email_normalized: partner for partner in found - linked.partner_id}
        for party in parties:
            party.partner = by_email.pop(party.email, None)

    def _create_partners(self, parties):
        """Create the customers that are new, under their company where the billing address names one."""
        companies = self._companies(parties)
        created = self.partners.create([self._customer_values(party, companies.get(id(party))) for party in parties])
        for party, partner in zip(parties, created, strict=True):
            party.partner = partner

    def _companies(self, parties):
        """The companies of new customers: by VAT number, or made; by ``id(party)``."""
        wanted = {id(party): party for party in parties if party.latest.billing_address.company}
        vats = {_vat(party.latest) for party in wanted.values()} - {""}
        by_vat = {
            _plain_vat(partner.vat): partner
            for partner in self.env["res.partner"].search(
                [
                    ("vat", "in", list(vats)),
                    ("parent_id", "=", False),
                    ("company_id", "in", [False, self.instance.company_id.id]),
                ],
                order="id desc",
            )
        }
        new = {}
        for key, party in wanted.items():
            if _vat(party.latest) not in by_vat:
                new.setdefault(_vat(party.latest) or key, (party, []))[1].append(key)
        created = self.partners.create([self._company_values(party) for party, _keys in new.values()])
        result = {key: by_vat[_vat(party.latest)] for key, party in wanted.items() if _vat(party.latest) in by_vat}
        for company, (_party, keys) in zip(created, new.values(), strict=True):
            result |= dict.fromkeys(keys, company)
        return result

    def _company_values(self, party):
        order = party.latest
        return self._address_values(order.billing_address) | {
            "name": order.billing_address.company,
            "is_company": True,
            "vat": _vat(order) or False,
            "lang": party.candidates[-1].row.store_view_id.lang_id.code or self.env.lang,
        }

    def _customer_values(self, party, company):
        order = party.latest
        values = {
            "name": _person(order.billing_address)
            or _customer_name(order)
            or order.customer_email
            or order.increment_id,
            "email": order.customer_email or order.billing_address.email,
            "phone": order.billing_address.telephone,
            "lang": party.candidates[-1].row.store_view_id.lang_id.code or self.env.lang,
            "type": "contact",
        }
        if company:
            return values | {"parent_id": company.id}
        return values | self._address_values(order.billing_address) | {"vat": _vat(order) or False}

    def _write_links(self, parties):
        new = []
        for party in parties:
            if not party.link:
                new.append(
                    {
                        "instance_id": self.instance.id,
                        "website_id": party.website.id,
                        "magento_id": party.number,
                        "email": party.email or False,
                        "partner_id": party.partner.id,
                    }
                )
            elif party.number and not party.link.magento_id:
                party.link.magento_id = party.number
        self.env["magento.customer"].create([values for values in new if values["magento_id"] or values["email"]])

    # -- addresses ----------------------------------------------------------------------------------------------------

    def _load_addresses(self, parties):
        """The addresses that the customers of the batch have: those known from orders, and those in Odoo's address
        book.
        """
        partners = self.env["res.partner"].union(*(party.partner for party in parties))
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
                    self.known_addresses.setdefault((partner.id, _fingerprint_of_partner(entry)), entry.id)

    def _create_addresses(self, parties):
        """Create the addresses that are new, as children of the customer's company, and remember every address used."""
        wanted, usage = {}, {}
        for party in parties:
            for candidate in party.candidates:
                order = candidate.order
                for place, kind in ((order.billing_address, "invoice"), (order.shipping_address, "delivery")):
                    if place:
                        key = (party.partner.id, self._fingerprint(place))
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
                    "email": place.email or party.latest.customer_email,
                }
                for party, place, kind in wanted.values()
            ]
        )
        self.known_addresses |= dict(zip(wanted, created.ids, strict=True))
        self._remember(usage)

    def _remember(self, keys):
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
                }
                for partner_id, text in keys
                if (partner_id, text) not in stored
            ]
        )

    def _address_id(self, party, place):
        return self.known_addresses[party.partner.id, self._fingerprint(place)]

    def _address_name(self, party, place):
        """Another company's name belongs to the address, as it is not in the contact's."""
        person = _person(place) or party.partner.name
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

    def _fingerprint(self, place):
        """As ``_fingerprint_of_partner`` of the contact that would be made of ``place``."""
        values = self._address_values(place)
        return fingerprint(
            _person(place),
            "",
            f"{values['street'] or ''} {values['street2'] or ''}",
            values["city"],
            values["zip"],
            self.env["res.country.state"].browse(values["state_id"]).name,
            place.country_id,
        )


def addresses_of(order):
    """The addresses of an order, without those that it does not have."""
    return [place for place in (order.billing_address, order.shipping_address) if place]


def _fingerprint_of_partner(partner):
    return fingerprint(
        partner.name,
        "",
        f"{partner.street or ''} {partner.street2 or ''}",
        partner.city,
        partner.zip,
        partner.state_id.name,
        partner.country_id.code,
    )


def _person(place):
    return " ".join(part for part in (place.firstname, place.middlename, place.lastname) if part)


def _customer_name(order):
    return " ".join(
        part for part in (order.customer_firstname, order.customer_middlename, order.customer_lastname) if part
    )


def _vat(order):
    return _plain_vat(order.customer_taxvat or order.billing_address.vat_id)


def _plain_vat(vat):
    return (vat or "").replace(" ", "").upper()
