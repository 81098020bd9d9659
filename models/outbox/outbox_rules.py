from odoo import api, models, tools

RULES = ("send_shipments", "send_invoices", "send_cancellations", "send_comments")


class MagentoStoreView(models.Model):
    """Whether anything is told to Magento at all: asked in everybody's transactions, so it is kept in memory."""

    _inherit = "magento.store.view"

    @api.model_create_multi
    def create(self, vals_list):
        views = super().create(vals_list)
        self.env.registry.clear_cache()
        return views

    def write(self, vals):
        result = super().write(vals)
        if {"active", *RULES} & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("rule")
    def _sends(self, rule):
        """Whether some store view has ``rule`` (one of ``RULES``) switched on."""
        # sudo: who delivers or invoices need not see the shops, nor be of their company
        return bool(self.sudo().search_count([(rule, "not in", [False, "never"])], limit=1))


class MagentoOrder(models.Model):
    """What the rules say of one order."""

    _inherit = "magento.order"

    def _sends_invoices(self):
        """Whether invoices posted in Odoo are made in Magento."""
        rule = self.store_view_id.send_invoices
        return rule == "always" or (rule == "method" and self._payment_method().send_invoices)

    def _captures(self):
        """Whether Magento is asked to take the money of an open invoice."""
        return self._payment_method().capture_invoices

    def _payment_method(self):
        methods = self.env["magento.payment.method"]
        return methods.search([("instance_id", "=", self.instance_id.id), ("code", "=", self.payment_method)], limit=1)
