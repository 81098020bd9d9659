from odoo import models


class MagentoOrder(models.Model):
    """The way from an order that failed to the place where its cause is put right."""

    _inherit = "magento.order"

    def action_open_cause(self):
        """Open what has to be changed so that the order can be imported.

        :returns: an action; None for reasons whose cause is not in Odoo
        """
        self.ensure_one()
        missing = (self.missing_key or "").partition(":")[2]
        if self.reason_kind == "product":
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Missing Product"),
                "res_model": "product.product",
                "view_mode": "form",
                "context": {"default_default_code": missing, "default_name": self._name_of_item(missing)},
            }
        if self.reason_kind == "tax":
            return self.instance_id.action_open_taxes() | {"context": {"search_default_to_map": 1}}
        if self.reason_kind in ("currency", "rate", "rounding"):
            currencies = self.env["res.currency"].with_context(active_test=False)
            return currencies.search([("name", "=", missing)], limit=1)._get_records_action()
        if self.reason_kind == "rule" and self.store_view_id:
            return self.store_view_id._get_records_action()
        return self.instance_id._get_records_action()

    def _name_of_item(self, sku):
        """What the order calls the item with this SKU."""
        items = self.payload.get("items") if isinstance(self.payload, dict) else None
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and item.get("sku") == sku and isinstance(item.get("name"), str):
                return item["name"][:200]
        return sku
