from odoo import fields, models


class MagentoCustomerImportWizard(models.TransientModel):
    """Import customers: who is new or has changed, or all with their address books."""

    _name = "magento.customer.import.wizard"
    _description = "Import Magento Customers"

    instance_id = fields.Many2one(
        "magento.instance",
        required=True,
        domain="[('state', '=', 'connected')]",
        default=lambda self: self.env["magento.instance"].search([("state", "=", "connected")], limit=1),
    )
    what = fields.Selection(
        [("new", "Who is new or has changed"), ("all", "All customers, with their address books")],
        default="new",
        required=True,
    )

    def action_preview(self):
        """Look through all customers for those that could be several contacts; opens the run that does so."""
        self.ensure_one()
        return self.env["magento.run"]._start_customers(self.instance_id, kind="customers_preview")

    def action_import(self):
        """Start the import and open it."""
        self.ensure_one()
        scope = {"everything": True} if self.what == "all" else None
        return self.env["magento.run"]._start_customers(self.instance_id, scope)
