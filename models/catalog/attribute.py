from odoo import api, fields, models


class MagentoAttribute(models.Model):
    """A product attribute of a Magento shop, as its attribute sets have it: what field mappings are checked against."""

    _name = "magento.attribute"
    _description = "Magento Product Attribute"
    _order = "instance_id, code"
    _rec_name = "code"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    code = fields.Char(required=True, readonly=True)
    kind = fields.Char("Input", readonly=True, help="What Magento's admin shows for it: text, select, price, date, ...")
    scope = fields.Char(readonly=True)
    required = fields.Boolean(readonly=True)
    set_ids = fields.Many2many("magento.attribute.set", string="Attribute Sets", readonly=True)

    _code_uniq = models.Constraint("unique(instance_id, code)", "This attribute is known already.")

    @api.model
    def _update_from_magento(self, instance, sets):
        """Take over the attribute sets of the shop with their attributes.

        :param sets: list of ``(magento_api AttributeSet, list of magento_api Attribute)``
        """
        rows = self.env["magento.attribute.set"]._ensure(instance, [one for one, _attributes in sets])
        wanted = {}
        for one, attributes in sets:
            for attribute in attributes:
                wanted.setdefault(attribute.code, (attribute, []))[1].append(rows[one.id].id)
        known = {row.code: row for row in self.search([("instance_id", "=", instance.id)])}
        new = []
        for code, (attribute, set_ids) in wanted.items():
            values = {
                "kind": attribute.frontend_input,
                "scope": attribute.scope,
                "required": attribute.required,
                "set_ids": [fields.Command.set(set_ids)],
            }
            if code not in known:
                new.append(values | {"instance_id": instance.id, "code": code})
            elif known[code]._differs(attribute, set_ids):
                known[code].write(values)
        self.create(new)
        self.browse([row.id for code, row in known.items() if code not in wanted]).unlink()

    def _differs(self, attribute, set_ids):
        return (self.kind or None, self.scope, self.required, set(self.set_ids.ids)) != (
            attribute.frontend_input,
            attribute.scope,
            attribute.required,
            set(set_ids),
        )


class MagentoAttributeSet(models.Model):
    """An attribute set of a Magento shop: which attributes its products have."""

    _name = "magento.attribute.set"
    _description = "Magento Attribute Set"
    _order = "instance_id, name"

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Attribute Set ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This attribute set is known already.")

    @api.model
    def _ensure(self, instance, sets):
        """The rows of attribute sets, by Magento's number; new ones are added, renamed ones renamed.

        :param sets: list of ``magento_api`` AttributeSet
        """
        known = {row.magento_id: row for row in self.search([("instance_id", "=", instance.id)])}
        for one in sets:
            if one.id not in known:
                known[one.id] = self.create({"instance_id": instance.id, "magento_id": one.id, "name": one.name})
            elif known[one.id].name != one.name:
                known[one.id].name = one.name
        return known
