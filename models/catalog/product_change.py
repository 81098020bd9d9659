from odoo import api, fields, models

OUTCOMES = [
    ("create", "New"),
    ("match", "Matched by SKU"),
    ("update", "Changed"),
    ("problem", "Not possible"),
    ("gone", "Deleted in Magento"),
]


DIRECTIONS = [("from", "Into Odoo"), ("to", "Into Magento")]


class MagentoProductChange(models.Model):
    """A line of a preview: what an import or export would write, field by field. Nothing of it is done."""

    _name = "magento.product.change"
    _description = "Magento Product Preview"
    _order = "outcome, sku, id"

    run_id = fields.Many2one("magento.run", required=True, ondelete="cascade", index=True, readonly=True)
    instance_id = fields.Many2one(related="run_id.instance_id", store=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    direction = fields.Selection(DIRECTIONS, string="Where", default="from", required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    magento_id = fields.Integer("ID in Magento", readonly=True)
    sku = fields.Char("SKU", readonly=True)
    name = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", ondelete="cascade", readonly=True)
    field_name = fields.Char("Field", readonly=True)
    old_value = fields.Char("Now", readonly=True)
    new_value = fields.Char("Becomes", readonly=True)
    note = fields.Text("Remarks", readonly=True)

    @api.autovacuum
    def _gc_previews(self):
        """Previews are forgotten after a week."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=7)
        self.search([("create_date", "<", limit)], limit=10_000).unlink()


class MagentoProduct(models.Model):
    """The preview of an import: the same plans, shown instead of done."""

    _inherit = "magento.product"

    @api.model
    def _preview_batches(self, loop):
        """The plans for the products that somebody chose, as lines of a preview."""
        yield from self._structure_batches(loop)
        yield from self._scope_batches(loop, self._preview)

    def _preview(self, loop, answers):
        """Write the lines of a batch of answers. A batch of the sync loop."""
        plans = self._plans(loop, self._mapping(loop), answers)
        lines = [line for plan in plans if plan.action != "same" for line in self._preview_lines(plan)]
        self.env["magento.product.change"].create([line | {"run_id": loop.run.id} for line in lines])
        problems = sum(plan.action == "problem" for plan in plans)
        same = sum(plan.action == "same" or (plan.action == "update" and not plan.values) for plan in plans)
        return {
            "seen_count": len(plans),
            "imported_count": len(plans) - problems - same,
            "failed_count": problems,
            "skipped_count": same,
        }

    def _preview_lines(self, plan):
        """A line per field that would be written; one line for a product without any."""
        answer = plan.answer
        head = {
            "outcome": plan.action,
            "magento_id": plan.number,
            "sku": answer.sku if answer else plan.link.sku,
            "name": answer.name if answer else False,
            "product_id": plan.product.id if plan.product else False,
            "note": plan.reason or "\n".join(plan.notes) or False,
        }
        lines = []
        for name, value in plan.values.items():
            field = self.env["product.product"]._fields[name]
            lines.append(
                head
                | {
                    "field_name": field._description_string(self.env),
                    "old_value": self._shown(field, plan.product[name]) if plan.product else False,
                    "new_value": self._shown(field, self._as_record(field, value)),
                }
            )
        if lines or plan.action == "match" or head["note"]:
            return lines or [head]
        return []

    def _as_record(self, field, value):
        """A value for ``write`` as a record gives it."""
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value or ())
        if field.type == "many2many":
            return self.env[field.comodel_name].browse(value[0][2])
        return value

    def _shown(self, field, value):
        """A value as a person reads it."""
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)[:500] if value not in (False, None) else False
