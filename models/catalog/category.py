from odoo import api, fields, models

from .category_trees import Places, name_for_magento

STATES = [
    ("linked", "In Both"),
    ("waiting", "Waiting"),
    ("gone", "Deleted in Magento"),
    ("unlinked", "Deleted in Odoo"),
    ("error", "Failed"),
]


class MagentoCategory(models.Model):
    """Which Odoo category stands for which category of a Magento shop, and where that stands in Magento's tree.

    A category may be born on either side. What differs is told by comparing both sides with what they had when they
    last agreed (``agreed``). A category that is deleted on one side is reported here and stays on the other.
    """

    _name = "magento.category"
    _description = "Magento Category"
    _order = "instance_id, complete_name, id"
    _rec_name = "complete_name"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer(
        "Category ID in Magento", required=True, readonly=True, help="0 while it could not be made there."
    )
    name = fields.Char("Name in Magento", required=True, readonly=True)
    complete_name = fields.Char(
        "Place in Magento", compute="_compute_complete_name", recursive=True, store=True, readonly=True
    )
    parent_id = fields.Many2one("magento.category", ondelete="set null", index=True, readonly=True)
    root_magento_id = fields.Integer("Root in Magento", readonly=True)
    level = fields.Integer(readonly=True)
    position = fields.Integer(help="Where it stands among the categories beside it; Odoo's own list is by name.")
    is_active = fields.Boolean("Active in Magento", help="Whether customers see it. Sent with the next export.")
    category_id = fields.Many2one("product.category", string="Category", ondelete="set null", index=True)
    state = fields.Selection(STATES, default="linked", required=True, readonly=True)
    error = fields.Text("Reason", readonly=True)
    received_at = fields.Datetime(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    agreed = fields.Json(
        readonly=True, help="Name, parent, position and activity on both sides (odoo, magento) when they last agreed."
    )

    _magento_number_uniq = models.UniqueIndex(
        "(instance_id, magento_id) WHERE magento_id > 0", "This Magento category is linked already."
    )
    _category_uniq = models.Constraint(
        "unique(instance_id, category_id)", "This category is linked to the shop already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for row in self:
            above = row.parent_id.complete_name
            row.complete_name = f"{above} / {row.name}" if above else row.name

    def write(self, vals):
        """Whoever chooses the Odoo category by hand has linked the two, as they are."""
        by_hand = vals.get("category_id") and "state" not in vals
        if by_hand:
            vals = vals | {"state": "linked", "error": False}
        result = super().write(vals)
        if by_hand:
            for row in self:
                row.agreed = {"odoo": row._in_odoo(Places(row.instance_id)), "magento": row._last("magento")}
        return result

    def action_import_again(self):
        """Import these again, also those that were deleted in Odoo; opens the run."""
        self.check_access("write")
        self.filtered(lambda row: row.magento_id and row.state in ("unlinked", "error")).state = "waiting"
        return self.env["magento.run"]._start(self.instance_id[:1], "categories")._open()

    # -- the two sides ------------------------------------------------------------------------------------------------

    def _last(self, side):
        """What ``side`` ("odoo" or "magento") had when the two last agreed."""
        return (self.agreed or {}).get(side) or {
            "name": self.name if side == "magento" or not self.category_id else " ".join(self.name.split()),
            "parent": self.parent_id.magento_id or None,
            "position": self.position,
            "is_active": self.is_active,
        }

    def _in_odoo(self, places):
        """What Odoo says of the category, as Magento would."""
        last = self._last("magento")
        return {
            "name": name_for_magento(self.category_id),
            "parent": places.parent(self.category_id, last["parent"]).magento_id or None if last["parent"] else None,
            "position": self.position,
            "is_active": self.is_active,
        }

    @api.model
    def _report_gone(self, ids):
        """Categories that Magento no longer has: said here, and left in Odoo. A batch of the sync loop."""
        self.browse(ids).exists().write(
            {
                "state": "gone",
                "error": self.env._("It was deleted in Magento. Odoo keeps its category, and the products in it."),
            }
        )
        return {"skipped_count": len(ids)}

    @api.model
    def _note_roots(self, shop):
        """Rows for the roots of a shop, and the choice of one for each store view that has none.

        A root may have any Odoo category as its counterpart, or none: then what has no category above it in Odoo
        stands under it.

        :param shop: ``ShopTrees``
        """
        here = [("instance_id", "=", shop.instance.id)]
        by_number = {
            row.magento_id: row for row in self.search([*here, ("magento_id", "in", [root.id for root in shop.roots])])
        }
        for root in shop.roots:
            if root.id not in by_number:
                by_number[root.id] = self.create(
                    {
                        "instance_id": shop.instance.id,
                        "magento_id": root.id,
                        "name": root.name or str(root.id),
                        "root_magento_id": root.id,
                        "level": root.level,
                        "position": root.position,
                        "is_active": root.is_active,
                        "state": "waiting",
                    }
                )
        for view_id, number in shop.chosen.items():
            self.env["magento.store.view"].browse(view_id).root_category_id = by_number.get(number)
        shop.chosen = {}
        return {}
