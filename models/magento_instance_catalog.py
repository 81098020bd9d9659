from odoo import fields, models


class MagentoInstance(models.Model):
    """The catalog's part of an instance: what is linked, and the buttons that start its runs."""

    _inherit = "magento.instance"

    category_count = fields.Integer("Categories", compute="_compute_catalog_counts")

    def _compute_catalog_counts(self):
        counts = dict(
            self.env["magento.category"]._read_group([("instance_id", "in", self.ids)], ["instance_id"], ["__count"])
        )
        for instance in self:
            instance.category_count = counts.get(instance._origin, 0)

    def action_import_categories(self):
        """Start a run that imports the category trees, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "categories")._open()

    def action_open_categories(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_category")
        action["domain"] = [("instance_id", "in", self.ids)]
        return action
