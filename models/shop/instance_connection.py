from odoo import api, fields, models

# What each thing that may be switched on calls in Magento, beside what every import reads.
METHODS = {
    "categories": ("catalog_category.create", "catalog_category.update", "catalog_category.move"),
    "products": ("catalog_product.create", "catalog_product.update"),
    "customers": ("customer.create", "customer.update", "customer_address.create", "customer_address.update"),
    "stock": ("cataloginventory_stock_item.update",),
    "documents": ("sales_order_invoice.info", "sales_order_creditmemo.info"),
    "shipments": ("sales_order_shipment.create", "sales_order_shipment.info", "sales_order_shipment.addTrack"),
    "invoices": ("sales_order_invoice.create", "sales_order_invoice.info"),
    "comments": ("sales_order.addComment",),
}


class MagentoInstance(models.Model):
    """What Connect finds out by trying: how the shop takes many calls, and what its API user may do."""

    _inherit = "magento.instance"

    batch_form = fields.Selection(
        [("array", "As an array"), ("struct", "As a struct"), ("none", "One by one")],
        string="Many Calls in One Request",
        readonly=True,
        copy=False,
    )
    batch_note = fields.Char("Batches", compute="_compute_batch_note")
    missing_permissions = fields.Text(readonly=True, copy=False)
    missing_switched_on = fields.Text(
        readonly=True, copy=False, help="What the API user may not do, of what was switched on when it was tried."
    )

    @api.depends("batch_form", "protocol")
    def _compute_batch_note(self):
        for instance in self:
            if not instance.batch_form:
                instance.batch_note = False
            elif instance.batch_form != "none":
                instance.batch_note = self.env._("The shop takes many calls in one request.")
            elif instance.protocol_is_poor:
                instance.batch_note = self.env._("SOAP v2 takes one call in a request: imports are slower.")
            else:
                instance.batch_note = self.env._(
                    "The shop does not take several calls in one request: imports are slower."
                )

    def _try_out(self, client):
        """Try what the work needs: two calls in one request, and what is switched on, on records that cannot exist.

        :returns: values of the instance that say what was found
        """
        client.try_batch()
        permissions = client.permissions(writes=self._methods_in_use())

        def boxes(is_write):
            missing = [one for one in permissions if not one.allowed and one.is_write == is_write]
            return "\n".join(sorted({one.role_resource for one in missing}))

        return {
            "batch_form": client.batch_form,
            "missing_permissions": boxes(is_write=False),
            "missing_switched_on": boxes(is_write=True),
        }

    def _methods_in_use(self):
        """The methods of Magento's API that what is switched on needs, beside those of every import."""
        views = self.store_view_ids
        in_use = {
            "categories": self.schedule_categories_export,
            "products": self.schedule_product_export or self.export_on_save,
            "customers": self.export_customers,
            "stock": self.schedule_stock,
            "documents": self.status_ids._lead_to_invoices(),
            "shipments": any(views.mapped("send_shipments")),
            "invoices": any(view.send_invoices != "never" for view in views),
            "comments": any(view.send_comments or view.send_cancellations for view in views),
        }
        return [method for name, methods in METHODS.items() if in_use[name] for method in methods]
