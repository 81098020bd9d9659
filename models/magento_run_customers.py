from odoo import fields, models


class MagentoRun(models.Model):
    """The runs of customers."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[("customers", "Import customers")],
        ondelete={"customers": "cascade"},
    )

    def _batches(self, loop, kind, poll):
        if kind == "customers":
            return self.env["magento.customer"]._batches(loop, poll)
        return super()._batches(loop, kind, poll)
