import hashlib

from odoo import api, fields, models, tools
from odoo.tools import SQL

VISIBILITIES = [
    ("1", "Not visible individually"),
    ("2", "Catalog"),
    ("3", "Search"),
    ("4", "Catalog, Search"),
]
# Products that could not be sent; one that was deleted in Magento waits for nobody.
FAILED = [("export_error", "!=", False), ("send_product", "=", True), ("is_gone", "=", False)]
# What decides whether saving a product wakes the synchronisation.
WAKE_FIELDS = {"active", "state", "export_on_save"}


class MagentoInstance(models.Model):
    """The export's part of an instance: whether products follow Odoo, and what new ones are like."""

    _inherit = "magento.instance"

    schedule_product_export = fields.Boolean(
        "Export Products Automatically",
        automatic=True,
        tracking=True,
        help="The scheduled action sends new and changed products by itself, about once a minute.",
    )
    export_on_save = fields.Boolean(
        "Export Products When Saved",
        automatic=True,
        tracking=True,
        help="Saving a mapped field of a product wakes the export at once.",
    )
    catalog_lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        default=lambda self: self.env["res.lang"]._lang_get(self.env.lang or "en_US").id,
        help="The language of the default values in Magento: in it products are imported and exported.",
    )
    export_attribute_set_id = fields.Many2one(
        "magento.attribute.set",
        string="Attribute Set",
        domain="[('instance_id', '=', id)]",
        help="Of new products; a product may have another one. Empty: the set called Default, or else the first.",
    )
    export_visibility = fields.Selection(VISIBILITIES, string="Visibility", default="4", required=True)
    export_basis = fields.Char(readonly=True, copy=False, help="What all products were compared on last.")
    product_waiting_count = fields.Integer("New for Magento", compute="_compute_export_counts")
    product_error_count = fields.Integer("Products Not Sent", compute="_compute_export_counts")

    def _compute_export_counts(self):
        links = self.env["magento.product"]

        def counts(*domain):
            return dict(links._read_group([("instance_id", "in", self.ids), *domain], ["instance_id"], ["__count"]))

        waiting = counts(("magento_id", "=", 0), ("send_product", "=", True), ("is_gone", "=", False))
        failed = counts(*FAILED)
        for instance in self:
            instance.product_waiting_count = waiting.get(instance._origin, 0)
            instance.product_error_count = failed.get(instance._origin, 0)

    def _exports_products(self):
        """Whether products are sent without being asked for."""
        return self.schedule_product_export or self.export_on_save

    def _default_attribute_set(self):
        sets = self.env["magento.attribute.set"].search([("instance_id", "=", self.id)], order="magento_id")
        return self.export_attribute_set_id or sets.filtered(lambda one: one.name == "Default")[:1] or sets[:1]

    # -- what all products depend on ----------------------------------------------------------------------------------

    def _export_basis_now(self):
        """A fingerprint of what the values of all products depend on besides the products themselves."""
        self.ensure_one()
        rows = self.field_map_ids.filtered(lambda row: row.direction in ("to", "both"))
        parts = [
            (self.catalog_lang_id.id, self.export_attribute_set_id.id, self.default_category_id.id),
            self._written("magento.field.map"),
            self._written("magento.tax.class"),
            self._written("magento.attribute"),
            self._written("magento.category", "magento_id", "category_id", "state"),
            [(view.id, view.lang_id.id) for view in self.store_view_ids] if "store" in rows.mapped("scope") else [],
            self._price_basis() if "website" in rows.mapped("scope") else [],
            [self._related_basis(row) for row in rows if not row._is_direct()],
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _written(self, model, *columns):
        """How many rows of this instance a model has, and what they are, in a word."""
        return self._in_a_word(self.env[model], columns or ("id", "write_date"), SQL("instance_id = %s", self.id))

    def _in_a_word(self, model, columns, where):
        """How many rows of a model there are, and what they are: ``columns`` are names, or SQL."""
        model.flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT count(*), md5(string_agg(concat_ws(' ', %s), ',' ORDER BY id)) FROM %s WHERE %s",
                SQL(", ").join(one if isinstance(one, SQL) else SQL.identifier(one) for one in columns),
                SQL.identifier(model._table),
                where,
            )
        )

    def _price_basis(self):
        """What the prices of the websites depend on: the rules, those that hold today, and the rates."""
        today, lists = fields.Date.context_today(self), self.website_ids.pricelist_id
        in_force = SQL(
            "COALESCE(date_start <= %(now)s, TRUE) AND COALESCE(date_end >= %(now)s, TRUE)", now=fields.Datetime.now()
        )
        currencies = lists.currency_id
        rates = [
            self.env["res.currency"]._get_conversion_rate(self.company_id.currency_id, one, self.company_id, today)
            for one in currencies
        ]
        return (
            [(site.id, site.pricelist_id.id, site.pricelist_id.write_date) for site in self.website_ids],
            # a rule may rest on any other pricelist
            self._in_a_word(self.env["product.pricelist.item"], ("id", "write_date", in_force), SQL("TRUE")),
            rates,
        )

    def _related_basis(self, row):
        """When the records of the models along a row's path were written."""
        model, found = self.env["product.product"], []
        for name in row.field_path.split(".")[:-1]:
            model = self.env[model._fields[name].comodel_name]
            found += self._in_a_word(model, ("id", "write_date"), SQL("TRUE"))
        return found

    # -- waking the loop ----------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        instances = super().create(vals_list)
        self.env.registry.clear_cache()
        return instances

    def write(self, vals):
        result = super().write(vals)
        if WAKE_FIELDS & set(vals):
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _export_fields(self):
        """The fields of products whose change wakes the export; kept in memory, so that the question costs nothing."""
        # sudo: who saves a product need not see the shops, nor be of their company
        shops = self.sudo().search([("state", "=", "connected"), ("export_on_save", "=", True)])
        rows = shops.field_map_ids.filtered(lambda row: row.direction in ("to", "both"))
        names = {row.field_path.split(".")[0] for row in rows}
        if PRICE_FIELDS & names:
            names |= PRICE_FIELDS
        return frozenset(names | {"active"}) if shops else frozenset()

    @api.model
    def _products_were_saved(self, names):
        """Products are written in this transaction: wake the synchronisation when it ends, if that concerns a shop."""
        if not self._export_fields().isdisjoint(names):
            self._wake_at_commit()

    def _remind_of_failures(self):
        super()._remind_of_failures()
        links, problems = self.env["magento.product"], self.env["magento.product.problem"]
        for instance in self:
            ours = [("instance_id", "=", instance.id)]
            count = links.search_count([*ours, *FAILED])
            instance._remind(
                "magento_connector.activity_failed_products",
                count + problems.search_count([*ours, ("reason_kind", "!=", "deleted")]),
                lambda count: self.env._("%(count)s products could not be imported from Magento or sent", count=count),
                self.env._("All products are imported and sent."),
            )

    # -- buttons ------------------------------------------------------------------------------------------------------

    def action_export_products(self):
        """Start a run that sends what is new and changed, and what could not be sent before; opens it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "products_export")._open()

    def action_preview_export(self):
        """Start a run that shows what an export would change, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start_export_preview(self)

    def action_open_products_not_sent(self):
        return self._open_of_instance("action_magento_product") | {"context": {"search_default_not_sent": 1}}


# A variant's own price is computed from that of its template.
PRICE_FIELDS = {"list_price", "lst_price"}
