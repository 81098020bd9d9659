from decimal import Decimal

from odoo import api, fields, models

from ..sync.problem import Problem
from .amounts import round_to, unit_of

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class SaleOrder(models.Model):
    """What Magento adds to a sale order: where it comes from, and amounts that are Magento's."""

    _inherit = "sale.order"

    magento_order_ids = fields.One2many(
        "magento.order", "sale_order_id", "Magento Inbox", groups="magento_connector.group_user"
    )
    magento_instance_id = fields.Many2one("magento.instance", readonly=True, copy=False, index="btree_not_null")
    magento_store_view_id = fields.Many2one("magento.store.view", "Magento Store View", readonly=True, copy=False)
    magento_number = fields.Char("Magento Order Number", readonly=True, copy=False, index="trigram")
    magento_state = fields.Char(readonly=True, copy=False)
    magento_status = fields.Char(readonly=True, copy=False)
    magento_created_at = fields.Datetime("Ordered in Magento on", readonly=True, copy=False)
    magento_payment_method = fields.Char("Magento Payment Method", readonly=True, copy=False)
    magento_shipping_method = fields.Char("Magento Shipping Method", readonly=True, copy=False)
    magento_coupon_code = fields.Char("Coupon Code", readonly=True, copy=False)
    magento_comments = fields.Text("Order Comments", readonly=True, copy=False)
    magento_gift_message = fields.Text("Gift Message", readonly=True, copy=False)
    magento_lacks = fields.Text("Not Given by SOAP v2", readonly=True, copy=False)

    @api.model
    def _create_from_magento(self, vals_list):
        """Create the sale orders of a batch, quietly: the inbox keeps the history of the import."""
        return self.with_context(**QUIET).create(vals_list)

    def _check_magento_amounts(self, settlement):
        """The sale order must carry Magento's amounts to the cent.

        :raises Problem: otherwise; nothing of the order is kept
        """
        currency = self.currency_id
        for part, odoo, magento in (
            (self.env._("net amount"), self.amount_untaxed, settlement.net),
            (self.env._("tax"), self.amount_tax, settlement.tax),
            (self.env._("total"), self.amount_total, settlement.net + settlement.tax),
        ):
            if currency.compare_amounts(odoo, float(magento)):
                raise Problem(
                    "money",
                    self.env._(
                        "The %(part)s would be %(odoo)s %(currency)s in Odoo but is %(magento)s in Magento. Please "
                        "check the taxes that the order's rates are mapped to.",
                        part=part,
                        odoo=round_to(Decimal(str(odoo)), unit_of(currency)),
                        magento=magento,
                        currency=currency.name,
                    ),
                )

    def action_open_magento_order(self):
        """Open the row of the inbox that this sale order was made from."""
        self.ensure_one()
        return self.magento_order_ids._get_records_action()

    def action_confirm(self):
        """Magento's orders are confirmed apart from others, for they keep their date."""
        ours = self.filtered("magento_number")
        if ours and ours != self:
            (self - ours).action_confirm()
            return ours.action_confirm()
        return super().action_confirm()

    def _prepare_confirmation_values(self):
        """An order that was placed in Magento keeps the date on which it was placed."""
        values = super()._prepare_confirmation_values()
        if self[:1].magento_number:
            del values["date_order"]
        return values

    @api.ondelete(at_uninstall=False)
    def _release_magento_order(self):
        # sudo: whoever may delete the sale order need not be a user of the connector
        self.env["magento.order"].sudo().search([("sale_order_id", "in", self.ids)])._skip(
            self.env._("Its sale order was deleted in Odoo. Import it again to have it back."), "deleted"
        )
