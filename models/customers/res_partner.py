from odoo import models


class ResPartner(models.Model):
    """What Magento adds to contacts, which come out of orders, and of the import of customers."""

    _inherit = "res.partner"

    def _magento_quietly(self):
        """For what comes from Magento: no mails, no chatter, no check of VAT numbers that Magento accepted, and nothing
        that Magento would have to be told.
        """
        return self.with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            no_vat_validation=True,
            magento_import=True,
        )
