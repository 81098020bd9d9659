from odoo import fields, models


class MagentoRun(models.Model):
    """The runs of the catalog."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[("categories", "Import categories")],
        ondelete={"categories": "cascade"},
    )

    def _batches(self, loop, kind, poll):
        if kind == "categories":
            return self.env["magento.category"]._batches(loop, poll)
        return super()._batches(loop, kind, poll)
