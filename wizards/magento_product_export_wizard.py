from odoo import api, fields, models
from odoo.exceptions import UserError


class MagentoProductExportWizard(models.TransientModel):
    """Export products that somebody chose in Odoo: which shop, and what new ones are like there."""

    _name = "magento.product.export.wizard"
    _description = "Export Products to Magento"

    instance_id = fields.Many2one(
        "magento.instance",
        required=True,
        domain="[('state', '=', 'connected')]",
        default=lambda self: self.env["magento.instance"].search([("state", "=", "connected")], limit=1),
    )
    product_ids = fields.Many2many("product.product", string="Products", required=True)
    product_count = fields.Integer("Chosen", compute="_compute_counts")
    new_count = fields.Integer("New for the Shop", compute="_compute_counts")
    website_ids = fields.Many2many(
        "magento.website",
        string="Websites",
        domain="[('instance_id', '=', instance_id)]",
        help="Where new products are sold; all websites when empty.",
    )
    attribute_set_id = fields.Many2one(
        "magento.attribute.set",
        domain="[('instance_id', '=', instance_id)]",
        help="Of new products. Empty: the one that the instance has for them.",
    )

    @api.model
    def default_get(self, fields):
        """The products that are chosen in the list or shown on the form."""
        values = super().default_get(fields)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if "product_ids" in fields and "product_ids" not in values and ids:
            if model == "product.template":
                products = self.env[model].browse(ids).with_context(active_test=False).product_variant_ids
                values["product_ids"] = products.ids
            elif model == "product.product":
                values["product_ids"] = ids
        return values

    @api.depends("instance_id", "product_ids")
    def _compute_counts(self):
        for wizard in self:
            linked = self.env["magento.product"].search(
                [
                    ("instance_id", "=", wizard.instance_id.id),
                    ("product_id", "in", wizard.product_ids.ids),
                    ("magento_id", ">", 0),
                ]
            )
            wizard.product_count = len(wizard.product_ids)
            wizard.new_count = wizard.product_count - len(linked)

    def action_preview(self):
        """Show what an export would change; opens the run that does so."""
        self.ensure_one()
        self._check()
        return self.env["magento.run"]._start_export_preview(self.instance_id, self.product_ids)

    def action_export(self):
        """Offer the products to the shop, start the export and open it."""
        self.ensure_one()
        self._check()
        links = self.env["magento.product"]._offer(
            self.instance_id,
            self.product_ids,
            website_ids=self.website_ids.ids,
            new_attribute_set_id=self.attribute_set_id.id,
        )
        return links._request_export()

    def _check(self):
        company = self.instance_id.company_id
        others = self.product_ids.filtered(lambda product: product.company_id and product.company_id != company)
        if not self.product_ids:
            raise UserError(self.env._("Choose the products to export."))
        if others:
            raise UserError(
                self.env._(
                    "%(product)s belongs to another company than %(shop)s.",
                    product=others[0].display_name,
                    shop=self.instance_id.name,
                )
            )
