from datetime import timedelta

from odoo import fields, models

# How far the clocks of Odoo and of Magento may be apart.
CLOCKS = timedelta(minutes=10)


class MagentoCustomer(models.Model):
    """Which Odoo contact is which customer of a Magento shop.

    A guest has no number in Magento: it is known by its e-mail address within the website, and becomes the registered
    customer when an order with the same address carries a number.
    """

    _name = "magento.customer"
    _description = "Magento Customer"
    _order = "instance_id, email, id"
    _rec_name = "email"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    website_id = fields.Many2one("magento.website", ondelete="cascade")
    magento_id = fields.Integer("Customer ID in Magento", help="0 for a guest.")
    email = fields.Char(help="Normalised: what Odoo compares e-mail addresses by.")
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    received_at = fields.Datetime(default=fields.Datetime.now, readonly=True)

    _magento_id_uniq = models.UniqueIndex("(instance_id, magento_id) WHERE magento_id > 0")
    _guest_uniq = models.UniqueIndex("(instance_id, website_id, email) WHERE magento_id = 0")
    _partner_uniq = models.Constraint("unique(instance_id, partner_id)", "This contact is linked to the shop already.")

    def _is_of_another(self, party):
        """Whether Magento has given the number to another customer, as it may after the newest was deleted or a backup
        restored: one with another e-mail address, who was made after this one was heard of last, or deleted.
        """
        born = party.born_at and self.received_at and party.born_at > self.received_at + CLOCKS
        return bool((self.is_gone or born) and self.email and party.email and self.email != party.email)
