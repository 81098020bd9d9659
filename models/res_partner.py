from odoo import api, models

from .magento_order_parties import parties_of_orders


class ResPartner(models.Model):
    """What Magento adds to contacts: customers and addresses come out of orders, and of the import of customers."""

    _inherit = "res.partner"

    @api.model
    def _magento_parties(self, candidates):
        """Find or create customer, invoice address and delivery address of every order of a batch.

        :param candidates: list of ``Candidate``
        :returns: dict of inbox row to the values ``partner_id``, ``partner_invoice_id`` and ``partner_shipping_id``
        """
        return parties_of_orders(self.env, candidates)

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
