from odoo import api, fields, models


class MagentoTaxClass(models.Model):
    """Which Odoo taxes a product has that is in a tax class of Magento, and the other way round.

    Magento's API names the tax classes, but not their rates. A class that nobody has mapped leaves a new product with
    the taxes that Odoo gives every new product.
    """

    _name = "magento.tax.class"
    _description = "Magento Tax Class"
    _order = "instance_id, name"
    _check_company_auto = True

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Tax Class ID", required=True, readonly=True)
    name = fields.Char("Tax Class in Magento", required=True, readonly=True)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
        help="The customer taxes of the products in this class.",
    )
    no_tax = fields.Boolean("Without Tax", help="The products of this class have no tax in Odoo.")
    suggested = fields.Boolean(readonly=True, help="Chosen by the connector.")
    needs_mapping = fields.Boolean(compute="_compute_needs_mapping", search="_search_needs_mapping")

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This tax class has a row already.")

    @api.depends("tax_ids", "no_tax")
    def _compute_needs_mapping(self):
        for row in self:
            row.needs_mapping = not row.tax_ids and not row.no_tax

    def _search_needs_mapping(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("tax_ids", "=", False), ("no_tax", "=", False)]

    def write(self, vals):
        if {"tax_ids", "no_tax"} & set(vals) and "suggested" not in vals:
            vals = vals | {"suggested": False}
        return super().write(vals)

    @api.model
    def _update_from_magento(self, instance, options):
        """Add the classes that are new, with a suggestion; what is mapped stays.

        :param options: the ``magento_api`` options of the attribute ``tax_class_id``
        """
        known = {row.magento_id: row for row in self.search([("instance_id", "=", instance.id)])}
        for option in options:
            if not (option.value or "").isdigit():
                continue
            number = int(option.value)
            if number not in known:
                values = {"instance_id": instance.id, "magento_id": number, "name": option.label or option.value}
                self.create(values | self._suggestion(instance, number, option.label))
            elif option.label and known[number].name != option.label:
                known[number].name = option.label

    @api.model
    def _suggestion(self, instance, number, label):
        """Taxes for a class: none for Magento's "None", 0 % for "zero", the one lower rate for "reduced", else the
        company's own tax; nothing where that is not one single tax.
        """
        if not number:
            return {"no_tax": True, "suggested": True}
        company, words = instance.company_id, label.lower()
        home = self.env["magento.tax"]._taxes_in(instance, company.account_fiscal_country_id)
        standard = company.account_sale_tax_id
        if "shipping" in words:
            return {}
        if "zero" in words or "exempt" in words:
            fitting = home.filtered(lambda tax: tax.amount == 0)
        elif "reduced" in words:
            fitting = home.filtered(lambda tax: 0 < tax.amount < standard.amount)
        else:
            fitting = standard
        return {"tax_ids": fitting.ids, "suggested": True} if len(fitting) == 1 else {}
