from odoo import api, fields, models

KINDS = [
    ("ambiguous", "Several products have the SKU"),
    ("taken", "The product stands for another one"),
    ("unknown", "Magento has no such product"),
    ("deleted", "Deleted in Odoo"),
    ("payload", "Magento's answer makes no sense"),
    ("odoo", "Refused by Odoo"),
]


class MagentoProductProblem(models.Model):
    """A product of Magento that could not be imported: why, and what a person decided.

    The row goes away when the product is imported. It is tried again when the product changes in Magento, or by the
    button.
    """

    _name = "magento.product.problem"
    _inherit = "magento.odd.rows"
    _description = "Magento Product Not Imported"
    _order = "instance_id, sku, id"
    _rec_name = "sku"
    _check_company_auto = True
    _odd_kind = "payload"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Product ID in Magento", readonly=True)
    sku = fields.Char("SKU", readonly=True)
    name = fields.Char(readonly=True)
    reason_kind = fields.Selection(KINDS, string="Reason", required=True, readonly=True)
    reason = fields.Text("What to Do", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product",
        string="Use This Product",
        ondelete="cascade",
        check_company=True,
        help="The Odoo product that stands for it from the next import on.",
    )

    _magento_id_uniq = models.UniqueIndex("(instance_id, magento_id) WHERE magento_id > 0")

    def action_import_again(self):
        """Import these again, whatever kept them out; opens the run."""
        self.check_access("write")
        return self.env["magento.run"]._start_products(
            self.instance_id[:1], {"ids": sorted(set(self.mapped("magento_id")) - {0})}
        )

    @api.model
    def _note(self, instance, problems):
        """Write down why products were not imported, one row each.

        :param problems: dict of Magento's product number to ``(sku, name, kind of reason, sentence)``
        """
        known = {
            row.magento_id: row
            for row in self.search([("instance_id", "=", instance.id), ("magento_id", "in", list(problems))])
        }
        new = []
        for number, (sku, name, kind, reason) in problems.items():
            values = {"sku": sku, "name": name, "reason_kind": kind, "reason": reason}
            if number not in known:
                new.append(values | {"instance_id": instance.id, "magento_id": number})
            elif known[number].reason != reason:
                known[number].write(values)
        self.create(new)

    @api.model
    def _note_unknown_skus(self, instance, skus):
        """SKUs that somebody asked for and that Magento does not have."""
        known = self.search(
            [("instance_id", "=", instance.id), ("reason_kind", "=", "unknown"), ("sku", "in", skus)]
        ).mapped("sku")
        self.create(
            [
                {
                    "instance_id": instance.id,
                    "sku": sku,
                    "reason_kind": "unknown",
                    "reason": self.env._("Magento has no product with this SKU: check it there."),
                }
                for sku in skus
                if sku not in known
            ]
        )
        return {"seen_count": len(skus), "failed_count": len(skus)}
