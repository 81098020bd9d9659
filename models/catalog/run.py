from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.run import OPEN_STATES


class MagentoRun(models.Model):
    """The runs of the catalog."""

    _inherit = "magento.run"

    kind = fields.Selection(
        selection_add=[
            ("categories", "Import categories"),
            ("categories_export", "Export categories"),
            ("products", "Import products"),
            ("products_preview", "Preview of a product import"),
        ],
        ondelete={
            "categories": "cascade",
            "categories_export": "cascade",
            "products": "cascade",
            "products_preview": "cascade",
        },
    )
    scope = fields.Json(readonly=True, help="Which products were asked for; empty for what is new and changed.")
    change_ids = fields.One2many("magento.product.change", "run_id")

    @api.model
    def _start_products(self, instance, scope=None, kind="products"):
        """Queue an import of products, or its preview, and return the action that opens it.

        :param scope: see ``magento.product._scope_batches``; None for what is new and changed
        :raises UserError: while another choice of products is under way
        """
        # sudo: users may start runs, but not write them
        running = self.sudo().search(
            [("instance_id", "=", instance.id), ("kind", "=", kind), ("state", "in", OPEN_STATES)], limit=1
        )
        if running and (scope or running.scope):
            raise UserError(self.env._("Products are being read from this shop already: wait for that run to end."))
        run = self._start(instance, kind)
        if scope:
            run.sudo().scope = scope
        return run._open()

    @api.model
    def _due(self, instances):
        categories = instances.filtered("schedule_categories_export")
        products = instances.filtered(lambda shop: shop.schedule_products or self._was_cut_short(shop, "products"))
        return (
            super()._due(instances)
            + [(instance, "categories_export", False) for instance in categories]
            + [(instance, "products", True) for instance in products]
        )

    def _batches(self, loop, kind, poll):
        if kind == "categories":
            return self.env["magento.category"]._batches(loop, poll)
        if kind == "categories_export":
            return self.env["magento.category"]._export_batches(loop, poll)
        products = self.env["magento.product"].with_context(lang=loop.instance.catalog_lang_id.code)
        if kind == "products":
            return products._batches(loop, poll)
        if kind == "products_preview":
            return products._preview_batches(loop)
        return super()._batches(loop, kind, poll)

    def action_open_catalog_failures(self):
        """The products, or categories, of the shop that could not be imported or exported."""
        self.ensure_one()
        if self.kind in ("categories", "categories_export"):
            return self.instance_id.action_open_categories() | {"context": {"search_default_failed": 1}}
        return self.instance_id.action_open_product_problems()

    def action_open_changes(self):
        """What the preview found."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_product_change")
        action["domain"] = [("run_id", "=", self.id)]
        return action

    def action_import_previewed(self):
        """Do what the preview shows."""
        self.ensure_one()
        scope = {key: value for key, value in (self.scope or {}).items() if key not in ("after_id", "everything")}
        return self._start_products(self.instance_id, scope or None)
