from odoo import api, fields, models


class MagentoWebsite(models.Model):
    """A website of a Magento shop: the scope of its customers, and the warehouse that serves it.

    Magento's API gives neither name nor code of a website, only its number in the list of store views.
    """

    _name = "magento.website"
    _description = "Magento Website"
    _order = "instance_id, magento_id"
    _check_company_auto = True

    name = fields.Char(required=True)
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Website ID", required=True, readonly=True)
    store_view_ids = fields.One2many("magento.store.view", "website_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        check_company=True,
        help="The warehouse that delivers the orders of this website.",
    )
    product_categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        help="The category of products that are made from this website's orders.",
    )

    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Gives the prices of this website, for field mappings with the scope Website. In the currency that the "
        "website has in Magento.",
    )

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This website exists already.")

    @api.depends("company_id")
    def _compute_warehouse_id(self):
        for website in self:
            if website.warehouse_id.company_id != website.company_id:
                website.warehouse_id = self.env["stock.warehouse"].search(
                    [("company_id", "=", website.company_id.id)], limit=1
                )
