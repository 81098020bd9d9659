import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...magento_api import BadUrl
from ...magento_api.hosts import Hosts


class MagentoInstance(models.Model):
    """The catalog's part of an instance: what is linked, and the buttons that start its runs."""

    _inherit = "magento.instance"

    schedule_products = fields.Boolean(
        "Import Products Automatically",
        automatic=True,
        help="The scheduled action imports new and changed products by itself.",
    )
    schedule_categories_export = fields.Boolean(
        "Export Categories Automatically",
        automatic=True,
        help="The scheduled action exports what changed in Odoo's categories.",
    )
    default_category_id = fields.Many2one(
        "magento.category",
        string="Default Category",
        ondelete="set null",
        domain="[('instance_id', '=', id), ('magento_id', '>', 0), ('state', '!=', 'gone')]",
        help="Where products are put in Magento whose category is not exported, nor any above it; and in Odoo "
        "those that have no category in Magento.",
    )
    picture_hosts = fields.Char(
        help="Where the shop's pictures are, if not on its own host: cdn.example.com, or several, separated by spaces. "
        "Pictures on any other host are not fetched.",
    )
    field_map_ids = fields.One2many("magento.field.map", "instance_id")
    tax_class_ids = fields.One2many("magento.tax.class", "instance_id")
    products_seen_until = fields.Datetime(
        readonly=True, copy=False, help="Changes of products in Magento until then are imported, on Magento's clock."
    )
    products_history_id = fields.Integer(
        readonly=True, copy=False, help="While all products are read: the last one (Magento's number) that was."
    )
    products_history_done = fields.Boolean(readonly=True, copy=False)
    category_count = fields.Integer("Categories", compute="_compute_catalog_counts")
    product_count = fields.Integer("Products", compute="_compute_catalog_counts")
    product_problem_count = fields.Integer("Products Not Imported", compute="_compute_catalog_counts")
    unmapped_tax_class_count = fields.Integer(compute="_compute_catalog_counts")

    @api.constrains("picture_hosts")
    def _check_picture_hosts(self):
        for instance in self:
            try:
                Hosts(instance._picture_hosts())
            except BadUrl as error:
                raise ValidationError(self.env._("Picture Hosts: %(problem)s", problem=error)) from None

    def _picture_hosts(self):
        """The hosts as a list."""
        return re.findall(r"[^\s,;]+", self.picture_hosts or "")

    def write(self, vals):
        """Pictures that could not be taken over are asked for again once their host is named."""
        result = super().write(vals)
        if vals.get("picture_hosts"):
            # sudo: whoever may name a host may have its pictures read
            links = self.env["magento.product"].sudo()
            links.search([("instance_id", "in", self.ids), ("image_error", "!=", False)]).read_images = True
        return result

    def _compute_catalog_counts(self):
        def counts(model, domain=()):
            groups = self.env[model]._read_group(
                [("instance_id", "in", self.ids), *domain], ["instance_id"], ["__count"]
            )
            return dict(groups)

        categories, products = counts("magento.category"), counts("magento.product", [("magento_id", ">", 0)])
        problems = counts("magento.product.problem", [("reason_kind", "!=", "deleted")])
        classes = counts("magento.tax.class", [("needs_mapping", "=", True)])
        for instance in self:
            instance.category_count = categories.get(instance._origin, 0)
            instance.product_count = products.get(instance._origin, 0)
            instance.product_problem_count = problems.get(instance._origin, 0)
            instance.unmapped_tax_class_count = classes.get(instance._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        instances = super().create(vals_list)
        for instance in instances:
            # sudo: an instance is not usable without its rows, whoever makes it
            self.env["magento.field.map"].sudo()._create_standard(instance)
        return instances

    def action_import_categories(self):
        """Start a run that imports the category trees, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "categories")._open()

    def action_export_categories(self):
        """Start a run that exports what changed in Odoo's categories, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, "categories_export")._open()

    def action_import_products(self):
        """Start a run that imports new and changed products, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start_products(self)

    def action_open_categories(self):
        return self._open_of_instance("action_magento_category")

    def action_open_products(self):
        return self._open_of_instance("action_magento_product")

    def action_open_product_problems(self):
        return self._open_of_instance("action_magento_product_problem")

    def action_open_field_maps(self):
        return self._open_of_instance("action_magento_field_map")

    def action_open_tax_classes(self):
        return self._open_of_instance("action_magento_tax_class")

    def _open_of_instance(self, name):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"magento_connector.{name}")
        action["domain"] = [("instance_id", "in", self.ids)]
        action["context"] = {"default_instance_id": self.id}
        return action
