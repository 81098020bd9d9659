"""What is to become of a customer that Magento shows."""

from dataclasses import dataclass, field
from typing import Any

from odoo.tools import email_normalize

from ..sync.clock import naive
from .parties import Party, person_of, plain_vat


@dataclass
class CustomerPlan:
    """A customer with its address book, and what the import does with it.

    ``action``: "new", "match" (a contact that Odoo has), "update" (linked already), "ambiguous", "taken", "empty"
    (nobody can tell who it is), "gone" or "magento" (the answer is no address book).
    """

    customer: Any
    addresses: list
    website: Any = None
    lang: str | None = None
    group: Any = None
    told_at: Any = None
    chosen: Any = None
    make_new: bool = False
    link: Any = None
    choices: list = field(default_factory=list)
    action: str = "new"
    reason: str = ""
    is_same: bool = False

    @property
    def billing(self):
        """The default billing address, or the first."""
        return next((one.address for one in self._sorted() if one.is_default_billing), None) or next(
            (one.address for one in self._sorted()), None
        )

    def _sorted(self):
        return sorted(self.addresses, key=lambda one: (not one.is_default_billing, not one.is_default_shipping, one.id))

    @property
    def name(self):
        """Who it is: the customer, else who its billing address names, else the e-mail address."""
        return person_of(self.customer) or (self.billing and person_of(self.billing)) or self.customer.email

    @property
    def received(self):
        """What of the customer is written to the contact when it changes in Magento."""
        billing = self.billing
        return {
            "name": self.name or "",
            "email": self.customer.email or "",
            "phone": (billing and billing.telephone) or "",
            "vat": plain_vat(self.customer.taxvat or (billing and billing.vat_id)),
        }

    @property
    def places(self):
        """``(number, address, kind of contact)`` of the address book, the defaults first."""
        kinds = [
            "invoice" if one.is_default_billing else "delivery" if one.is_default_shipping else "other"
            for one in self._sorted()
        ]
        return [(one.id, one.address, kind) for one, kind in zip(self._sorted(), kinds, strict=True)]

    def party(self):
        """A fresh ``Party``, to be found or made."""
        received = self.received
        return Party(
            number=self.customer.id,
            email=email_normalize(self.customer.email or "") or "",
            website=self.website,
            name=received["name"],
            written_email=self.customer.email or None,
            phone=received["phone"] or None,
            vat=received["vat"],
            lang=self.lang,
            home=self.billing,
            places=[(address, kind) for _number, address, kind in self.places],
            group=self.group,
            told_at=self.told_at,
            born_at=naive(self.customer.created_at),
            partner=self.chosen,
            link=self.link if self.chosen else None,
            is_new=self.make_new,
        )

    def link_values(self):
        """What the link remembers of the customer."""
        email = email_normalize(self.customer.email or "")
        return {
            "changed_at": naive(self.customer.updated_at),
            "received_values": self.received,
            "website_id": self.website.id,
            "is_gone": False,
        } | ({"email": email} if email else {})
