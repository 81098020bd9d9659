from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .conversion import CONVERSIONS, FIELD_TYPES

DIRECTIONS = [
    ("to", "To Magento"),
    ("from", "From Magento"),
    ("both", "Both, the newest wins"),
    ("off", "Off"),
]
SCOPES = [("global", "Global"), ("website", "Website"), ("store", "Store view")]
# What a newcomer expects, then what is ready but off: field, attribute, direction, scope, conversion, more.
STANDARD = [
    ("name", "name", "both", "global", "as_is", {}),
    ("default_code", "sku", "both", "global", "as_is", {}),
    ("list_price", "price", "both", "global", "as_is", {}),
    ("weight", "weight", "both", "global", "as_is", {}),
    ("sale_ok", "status", "both", "global", "boolean", {"false_value": "2"}),
    ("taxes_id", "tax_class_id", "both", "global", "tax_class", {}),
    ("categ_id", "category_ids", "both", "global", "category", {}),
    ("barcode", "ean", "off", "global", "as_is", {}),
    ("standard_price", "cost", "off", "global", "as_is", {}),
    ("description_sale", "short_description", "off", "global", "html", {}),
    ("description", "description", "off", "global", "as_is", {}),
    ("list_price", "special_price", "off", "website", "as_is", {}),
    ("list_price", "msrp", "off", "website", "as_is", {}),
    ("product_tag_ids.name", "manufacturer", "off", "global", "option", {}),
    ("image_1920", "image", "off", "global", "image", {}),
]


class MagentoFieldMap(models.Model):
    """Ties a field of Odoo's products to an attribute of Magento's: who owns it, and how its value is converted."""

    _name = "magento.field.map"
    _description = "Magento Field Mapping"
    _order = "instance_id, sequence, id"
    _rec_name = "attribute_code"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    field_path = fields.Char(
        "Odoo Field",
        required=True,
        help="A field of the product, also one of a related record (categ_id.name), which can only be sent.",
    )
    field_label = fields.Char("Field", compute="_compute_field_label")
    product_model = fields.Char(compute="_compute_product_model", help="What the list of fields is of.")
    attribute_code = fields.Char("Magento Attribute", required=True, help="The code of the attribute, such as color.")
    direction = fields.Selection(DIRECTIONS, required=True, default="off")
    scope = fields.Selection(
        SCOPES,
        required=True,
        default="global",
        help="Where Magento keeps the value: once, per website (prices, on the website's pricelist), or per store view "
        "(texts, in its language).",
    )
    conversion = fields.Selection(CONVERSIONS, required=True, default="as_is")
    digits = fields.Integer("Decimals", default=2)
    length = fields.Integer("Characters", default=64)
    true_value = fields.Char("Yes in Magento", default="1")
    false_value = fields.Char("No in Magento", default="0")
    uom_id = fields.Many2one("uom.uom", string="Unit in Magento")

    _length_positive = models.Constraint("CHECK(length > 0)", "The number of characters must be positive.")
    _digits_sane = models.Constraint("CHECK(digits BETWEEN 0 AND 6)", "Decimals are a number from 0 to 6.")

    @api.depends("field_path", "attribute_code")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.field_path} - {row.attribute_code}"

    @api.depends("field_path")
    @api.depends_context("lang")
    def _compute_field_label(self):
        for row in self:
            try:
                row.field_label = row._field()._description_string(self.env)
            except ValidationError:
                row.field_label = row.field_path

    def _compute_product_model(self):
        self.product_model = "product.product"

    @api.model
    def _create_standard(self, instance):
        """The rows that every instance begins with."""
        return self.create(
            [
                {
                    "instance_id": instance.id,
                    "sequence": 10 * position,
                    "field_path": path,
                    "attribute_code": code,
                    "direction": direction,
                    "scope": scope,
                    "conversion": conversion,
                    **more,
                }
                for position, (path, code, direction, scope, conversion, more) in enumerate(STANDARD, start=1)
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()  # which fields wake the export
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # -- what a row means ---------------------------------------------------------------------------------------------

    def _field(self):
        """The Odoo field at the end of the path.

        :raises ValidationError: when there is no such field
        """
        self.ensure_one()
        model, field = self.env["product.product"], None
        for name in (self.field_path or "").split("."):
            field = model._fields.get(name) if model is not None else None
            if not field:
                raise ValidationError(
                    self.env._(
                        "Products have no field %(path)s: choose one from the list of fields.", path=self.field_path
                    )
                )
            model = self.env[field.comodel_name] if field.relational else None
        return field

    def _is_special_price(self):
        """Whether it fills no field, but the pricelists of the websites, with rules that have dates."""
        return self.attribute_code == "special_price"

    def _is_direct(self):
        return "." not in self.field_path

    def _odoo_unit(self):
        """The unit that Odoo keeps the field in."""
        template = self.env["product.template"]
        if self.field_path == "volume":
            return template._get_volume_uom_id_from_ir_config_parameter()
        return template._get_weight_uom_id_from_ir_config_parameter()

    def _in_odoo_unit(self, value):
        return self.uom_id._compute_quantity(value, self._odoo_unit(), round=False)

    def _in_magento_unit(self, value):
        return self._odoo_unit()._compute_quantity(value, self.uom_id, round=False)

    # -- checks -------------------------------------------------------------------------------------------------------

    @api.constrains("field_path", "direction", "conversion", "uom_id")
    def _check_field(self):
        for row in self:
            field = row._field()
            if field.groups not in (None, "base.group_user"):
                raise ValidationError(row.env._("The field %(path)s is not for everybody.", path=row.field_path))
            if row.direction == "off":
                continue
            if field.type not in FIELD_TYPES[row.conversion]:
                raise ValidationError(
                    row.env._(
                        "The conversion does not suit the field %(path)s, which is of the kind %(kind)s.",
                        path=row.field_path,
                        kind=field.type,
                    )
                )
            fillable = row._is_direct() and not field.readonly and (field.store or field.inherited or field.inverse)
            if row.direction != "to" and not fillable:
                raise ValidationError(
                    row.env._("The field %(path)s can only be sent to Magento, not taken from it.", path=row.field_path)
                )
            if row._is_special_price() and row.direction != "from":
                raise ValidationError(
                    row.env._(
                        "Special prices can only be taken from Magento: they become rules with dates on the "
                        "pricelists of the websites."
                    )
                )
            if row.conversion == "uom" and not (row.uom_id and row.uom_id._has_common_reference(row._odoo_unit())):
                raise ValidationError(row.env._("Choose the unit that Magento has, of the same kind as Odoo's."))

    @api.constrains("field_path", "direction", "instance_id")
    def _check_one_source(self):
        for row in self.filtered(lambda row: row.direction in ("from", "both") and not row._is_special_price()):
            if (
                self.search_count(
                    [
                        ("attribute_code", "!=", "special_price"),
                        ("instance_id", "=", row.instance_id.id),
                        ("field_path", "=", row.field_path),
                        ("direction", "in", ("from", "both")),
                    ],
                    limit=2,
                )
                > 1
            ):
                raise ValidationError(
                    row.env._("Two rows would fill the field %(path)s: switch one off.", path=row.field_path)
                )

    @api.constrains("attribute_code", "direction", "scope", "instance_id")
    def _check_attribute(self):
        """Against the attributes of the shop's sets, once they have been read."""
        order = [scope for scope, _label in SCOPES]
        for row in self.filtered(lambda row: row.direction != "off" and row.conversion != "image"):
            attributes = self.env["magento.attribute"].search([("instance_id", "=", row.instance_id.id)])
            attribute = attributes.filtered(lambda found, row=row: found.code == row.attribute_code)
            if not attributes:
                continue
            if not attribute:
                raise ValidationError(
                    row.env._(
                        "No attribute set of %(shop)s has an attribute %(code)s: check its code in Magento under "
                        "Catalog > Attributes > Manage Attributes.",
                        shop=row.instance_id.name,
                        code=row.attribute_code,
                    )
                )
            if attribute.scope in order and order.index(row.scope) > order.index(attribute.scope):
                raise ValidationError(
                    row.env._(
                        "Magento keeps %(code)s with the scope %(scope)s: a narrower one has no values there.",
                        code=row.attribute_code,
                        scope=dict(SCOPES)[attribute.scope],
                    )
                )
