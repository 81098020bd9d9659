from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

EXPORT_STATES = [
    ("waiting", "Waiting"),
    ("sent", "Up to Date"),
    ("error", "Failed"),
    ("off", "Not Sent"),
]


class MagentoProduct(models.Model):
    """What a product is to be in Magento: a row without a number there is a product that is still to be made."""

    _inherit = "magento.product"

    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id", store=True, index=True)
    send_product = fields.Boolean(
        "Send Changes", default=True, help="Without this, the product is imported, but nothing is sent to Magento."
    )
    website_ids = fields.Many2many(
        "magento.website",
        string="Websites",
        domain="[('instance_id', '=', instance_id)]",
        help="Where a new product is sold; all websites when empty. Of a product that Magento has, its own stay.",
    )
    new_attribute_set_id = fields.Many2one(
        "magento.attribute.set",
        string="Attribute Set When New",
        ondelete="set null",
        domain="[('instance_id', '=', instance_id)]",
        help="Magento cannot change it later. Empty: the one that the instance has for new products.",
    )
    export_requested = fields.Boolean("To Be Sent Now", readonly=True, help="Somebody asked for it.")
    export_error = fields.Text("Not Sent, Because", readonly=True)
    exported_at = fields.Datetime("Exported on", readonly=True)
    # the change dates of product and template that were compared last with what Magento has
    compared_product_date = fields.Datetime(readonly=True)
    compared_template_date = fields.Datetime(readonly=True)
    export_state = fields.Selection(EXPORT_STATES, string="To Magento", compute="_compute_export_state")

    _export_error_idx = models.Index("(instance_id) WHERE export_error IS NOT NULL")
    _export_requested_idx = models.Index("(instance_id) WHERE export_requested")

    @api.depends("send_product", "export_error", "export_requested", "magento_id", "product_id.write_date")
    def _compute_export_state(self):
        for link in self:
            if not link.send_product:
                link.export_state = "off"
            elif link.export_error:
                link.export_state = "error"
            elif link.export_requested or not link.magento_id or link._is_stale():
                link.export_state = "waiting"
            else:
                link.export_state = "sent"

    def _is_stale(self):
        """Whether the product was written since it was compared with what Magento has."""
        return (self.compared_product_date, self.compared_template_date) != self._version()

    def _version(self):
        """The change dates of product and template."""
        product = self.product_id
        return product.write_date, product.product_tmpl_id.write_date

    @api.depends("sku", "product_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.sku or link.product_id.display_name

    # -- which products -----------------------------------------------------------------------------------------------

    @api.model
    def _export_due(self, instance, everything=True, again=False):
        """The ids of the links to look at: those whose product was written since it was compared last.

        Unequal dates count, not later ones: what was written earlier may be committed later.

        :param everything: otherwise only what somebody asked for
        :param again: also what could not be sent, with nothing changed since
        """
        self.env["product.template"].flush_model(["write_date"])
        self.env["product.product"].flush_model(["write_date"])
        self.flush_model()
        changed = SQL(
            "link.compared_product_date IS DISTINCT FROM product.write_date"
            " OR link.compared_template_date IS DISTINCT FROM template.write_date"
        )
        if self._export_is_volatile(instance):
            changed = SQL("TRUE")
        wanted = SQL("link.export_requested")
        if everything:
            wanted = SQL("%s OR link.send_product AND (%s)", wanted, changed)
        if again:
            wanted = SQL("%s OR link.send_product AND link.export_error IS NOT NULL", wanted)
        return [
            number
            for (number,) in self.env.execute_query(
                SQL(
                    """
                    SELECT link.id
                      FROM magento_product link
                      JOIN product_product product ON product.id = link.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE link.instance_id = %s AND link.is_gone IS NOT TRUE AND (%s)
                  ORDER BY link.id
                    """,
                    instance.id,
                    wanted,
                )
            )
        ]

    @api.model
    def _export_is_volatile(self, instance):
        """Whether a mapped field is computed, so that no date tells when it changes: then all products are compared."""
        rows = instance.field_map_ids.filtered(lambda row: row.direction in ("to", "both") and row._is_direct())
        fields_of = self.env["product.product"]._fields
        return any(_is_computed(fields_of[row.field_path]) for row in rows if row.field_path in fields_of)

    def _mark_compared(self):
        """Remember the state of the products that was compared, as this transaction sees it."""
        self.flush_recordset()
        self.product_id.flush_recordset(["write_date"])
        self.product_tmpl_id.flush_recordset(["write_date"])
        if self:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE magento_product link
                       SET compared_product_date = product.write_date, compared_template_date = template.write_date,
                           export_requested = FALSE
                      FROM product_product product
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE product.id = link.product_id AND link.id IN %s
                 RETURNING link.id
                    """,
                    tuple(self.ids),
                )
            )
        self.invalidate_recordset(["compared_product_date", "compared_template_date", "export_requested"], flush=False)

    # -- what people do -----------------------------------------------------------------------------------------------

    @api.model
    def _offer(self, instance, products, **settings):
        """The links of products to a shop; those that have none get one, and are made in Magento by the next export.

        :raises UserError: a product is of another company
        """
        # sudo: products are offered to a shop by whoever may export them, but the links are written by the connector
        links = self.sudo()
        known = links.search([("instance_id", "=", instance.id), ("product_id", "in", products.ids)])
        settings = {name: value for name, value in settings.items() if value}
        known.filtered(lambda link: not link.magento_id).write(settings)
        new = links.create(
            [
                {
                    "instance_id": instance.id,
                    "product_id": product.id,
                    "sku": product.default_code,
                    "received_at": False,
                    **settings,
                }
                for product in products - known.product_id
            ]
        )
        return (known | new).with_env(self.env)

    def _request_export(self):
        """Ask for these to be sent, and start the run.

        :raises AccessError: the user is no administrator of the connector
        """
        instance = self.instance_id
        if len(instance) > 1:
            raise UserError(self.env._("Choose products of one shop."))
        if instance.state != "connected":
            raise UserError(self.env._("Connect the shop %(name)s first.", name=instance.name))
        # sudo: administrators may ask for a product to be sent, but the links are written by the connector
        self.sudo().write({"export_requested": True, "send_product": True})
        return self.env["magento.run"]._start(instance, "products_export", poll=False)._open()

    def action_export(self):
        """Send these products now; opens the run."""
        if not self:
            raise UserError(self.env._("Choose the products to send."))
        return self._request_export()

    def action_create_again(self):
        """Make products anew that were deleted in Magento; opens the run."""
        self.check_access("write")
        gone = self.filtered("is_gone")
        if not gone:
            raise UserError(self.env._("These products are not deleted in Magento."))
        gone.write(
            {
                "is_gone": False,
                "magento_id": 0,
                "received_values": False,
                "changed_at": False,
                "product_type": False,
                "attribute_set_id": False,
                "new_attribute_set_id": False,
                "export_error": False,
                "note": False,
                "stock_sent_at": False,
                "agreed_image_file": False,
                "agreed_image_checksum": False,
                "refused_image_checksum": False,
            }
        )
        gone.image_ids.unlink()
        return gone._request_export()


def _is_computed(field):
    """Whether a field of ``product.product`` gets other values without the record being written."""
    while field.inherited:
        field = field.related_field
    return bool(field.compute) and not (field.store and not field.readonly)
