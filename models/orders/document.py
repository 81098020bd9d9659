from odoo import fields, models


class MagentoDocument(models.Model):
    """Which invoice, credit note or delivery of Odoo stands for which document of a Magento shop."""

    _name = "magento.document"
    _description = "Magento Document"
    _order = "id"
    _rec_name = "increment_id"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    order_id = fields.Many2one("magento.order", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [("invoice", "Invoice"), ("credit_memo", "Credit Memo"), ("shipment", "Shipment")], required=True
    )
    increment_id = fields.Char("Number in Magento", required=True)
    magento_id = fields.Integer("ID in Magento")
    is_open = fields.Boolean(help="Not paid in Magento yet.")
    paid_in_odoo = fields.Boolean(
        help="Odoo has made it and Magento has not taken the money, whatever Magento says: Odoo knows when it is paid."
    )
    picking_id = fields.Many2one("stock.picking", "Delivery", ondelete="set null", index="btree_not_null")
    move_id = fields.Many2one("account.move", "Invoice", ondelete="set null", index="btree_not_null")

    # Magento may give a number again, after a backup was restored: which order it belongs to decides.
    _number_uniq = models.Constraint(
        "unique(order_id, kind, increment_id)", "This document of Magento is known already."
    )
