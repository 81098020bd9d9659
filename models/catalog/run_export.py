from odoo import api, fields, models


class MagentoRun(models.Model):
    """The runs of the product export."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[
            ("products_export", "Export products"),
            ("products_export_preview", "Preview of a product export"),
        ],
        ondelete={"products_export": "cascade", "products_export_preview": "cascade"},
    )

    @api.model
    def _start_export_preview(self, instance, products=None):
        """Queue a preview of an export, and return the action that opens it.

        :param products: ``product.product``; None for what is new and changed
        """
        return self._start_products(
            instance, {"products": products.ids} if products else None, "products_export_preview"
        )

    @api.model
    def _due(self, instances):
        requested = self.env["magento.product"]._read_group(
            [("instance_id", "in", instances.ids), ("export_requested", "=", True)], ["instance_id"]
        )
        due = [
            (instance, "products_export", self._was_cut_short(instance, "products_export"))
            for instance in instances
            if instance._exports_products()
            or (instance,) in requested
            or self._was_cut_short(instance, "products_export")
        ]
        return super()._due(instances) + due

    def _batches(self, loop, kind, poll):
        links = self.env["magento.product"].with_context(lang=loop.instance.catalog_lang_id.code)
        if kind == "products_export":
            return links._export_batches(loop, poll)
        if kind == "products_export_preview":
            return links._export_preview_batches(loop)
        return super()._batches(loop, kind, poll)

    def action_export_previewed(self):
        """Do what the preview shows."""
        self.ensure_one()
        products = self.env["product.product"].browse((self.scope or {}).get("products", [])).exists()
        if not products:
            return self.instance_id.action_export_products()
        return self.env["magento.product"]._offer(self.instance_id, products)._request_export()

    def action_open_products_not_sent(self):
        """The products of the shop that could not be sent, each with its reason."""
        return self.instance_id.action_open_products_not_sent()
