import re

from odoo import fields, models
from odoo.exceptions import UserError


class MagentoProductImportWizard(models.TransientModel):
    """Import products: what is new, all, what changed since a date, some by SKU, those of a website or category."""

    _name = "magento.product.import.wizard"
    _description = "Import Magento Products"

    instance_id = fields.Many2one(
        "magento.instance",
        required=True,
        domain="[('state', '=', 'connected')]",
        default=lambda self: self.env["magento.instance"].search([("state", "=", "connected")], limit=1),
    )
    what = fields.Selection(
        [
            ("new", "What is new or has changed"),
            ("since", "What has changed since"),
            ("all", "All products"),
            ("skus", "Products by SKU"),
            ("part", "Products of a website or category"),
        ],
        default="new",
        required=True,
    )
    date_from = fields.Datetime("Changed since")
    skus = fields.Text("SKUs", help="One a line; SKUs may have spaces and commas in them.")
    website_id = fields.Many2one("magento.website", domain="[('instance_id', '=', instance_id)]")
    category_id = fields.Many2one("magento.category", domain="[('instance_id', '=', instance_id)]")

    def action_preview(self):
        """Read the products and show what an import would change; opens the run that does so."""
        self.ensure_one()
        scope = self._scope() if self.what in ("skus", "part") else {"everything": True}
        return self.env["magento.run"]._start_products(self.instance_id, scope, "products_preview")

    def action_import(self):
        """Start the import and open it."""
        self.ensure_one()
        if self.what in ("skus", "part"):
            return self.env["magento.run"]._start_products(self.instance_id, self._scope())
        # sudo: users may start imports, but not write on the instance
        instance = self.instance_id.sudo()
        if self.what == "all":
            instance.write({"products_seen_until": False, "products_history_id": 0, "products_history_done": False})
        elif self.what == "since":
            if not self.date_from:
                raise UserError(self.env._("Enter the date from which on changes are imported."))
            instance.write({"products_seen_until": self.date_from, "products_history_done": True})
        return self.env["magento.run"]._start_products(self.instance_id)

    def _scope(self):
        if self.what == "part":
            if not (self.website_id or self.category_id):
                raise UserError(self.env._("Choose a website or a category."))
            return {"website": self.website_id.magento_id or 0, "category": self.category_id.magento_id or 0}
        skus = [line.strip() for line in re.split(r"[\r\n]+", self.skus or "") if line.strip()]
        if not skus:
            raise UserError(self.env._("Enter the SKUs of the products, one a line."))
        return {"skus": list(dict.fromkeys(skus))}
