import hashlib
import re
import unicodedata

from odoo import fields, models


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

    _fingerprint_uniq = models.Constraint(
        "unique(instance_id, customer_partner_id, fingerprint)", "This address is known already."
    )


def fingerprint(name, company, street, city, postcode, region, country):
    """What an address says, without regard to case, accents, punctuation and spacing, as a hash of 40 characters."""
    parts = [name, company, street, city, postcode, region, country]
    return hashlib.sha1("|".join(_plain(part) for part in parts).encode(), usedforsecurity=False).hexdigest()


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    return re.sub(r"[\W_]+", "", "".join(char for char in decomposed if not unicodedata.combining(char)))
