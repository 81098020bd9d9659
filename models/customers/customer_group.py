from odoo import api, fields, models

# What a group gives to its customers.
GIVES = ("category_ids", "pricelist_id", "fiscal_position_id")


class MagentoCustomerGroup(models.Model):
    """A customer group of a Magento shop, and what its customers get in Odoo.

    Rows come by themselves, with Magento's list or with the first order that shows them. A group that gives nothing
    leaves its customers alone.
    """

    _name = "magento.customer.group"
    _description = "Magento Customer Group"
    _order = "instance_id, magento_id"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    magento_id = fields.Integer("Group ID in Magento", readonly=True, help="0: not logged in, the guests.")
    category_ids = fields.Many2many("res.partner.category", string="Tags", help="Every customer of the group has them.")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="The pricelist of its customers, for quotations that are made in Odoo. Orders of the shop keep Magento's "
        "prices.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        help="The fiscal position of its customers. Orders of the shop keep Magento's taxes.",
    )
    suggested = fields.Boolean(readonly=True, help="Chosen by the connector, because the names are the same.")
    customer_ids = fields.One2many("magento.customer", "group_id")
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This customer group exists already.")

    def _compute_customer_count(self):
        counts = dict(
            self.env["magento.customer"]._read_group([("group_id", "in", self.ids)], ["group_id"], ["__count"])
        )
        for group in self:
            group.customer_count = counts.get(group._origin, 0)

    def write(self, vals):
        if set(GIVES) & set(vals) and "suggested" not in vals:
            vals = vals | {"suggested": False}
        result = super().write(vals)
        if set(GIVES) & set(vals):
            self._give_anew()
        return result

    def _give_anew(self):
        """Let the customers of these groups have what the groups give now, by a run."""
        # sudo: whoever may change a group may let its customers follow
        links = self.env["magento.customer"].sudo().search([("group_id", "in", self.ids)])
        links.group_stale = True
        for instance in links.instance_id:
            self.env["magento.run"]._queue(instance, "customers", poll=False)

    def action_open_customers(self):
        """The customers of this group."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_customer")
        action["domain"] = [("group_id", "in", self.ids)]
        return action

    # -- out of Magento -----------------------------------------------------------------------------------------------

    @api.model
    def _by_number(self, instance):
        """The groups of ``instance``, by their number in Magento."""
        return {group.magento_id: group for group in self.search([("instance_id", "=", instance.id)])}

    @api.model
    def _update_from_magento(self, instance, groups):
        """Add the groups that are new, with a suggestion each, and follow new names.

        :param groups: list of ``magento_api`` customer groups
        """
        # sudo: groups come from Magento; people choose only what their customers get
        table = self.sudo()
        known = table._by_number(instance)
        for group in groups:
            if group.id in known and group.code and known[group.id].name != group.code:
                known[group.id].name = group.code
        table.create(
            [
                {
                    "instance_id": instance.id,
                    "magento_id": group.id,
                    "name": group.code or str(group.id),
                    **self._suggestion(instance, group.code),
                }
                for group in groups
                if group.id not in known
            ]
        )

    @api.model
    def _for_customers(self, loop, numbers):
        """The groups by their number in Magento; its list is read when one is new.

        :param numbers: set of Magento's numbers
        """
        known = self._by_number(loop.instance)
        if numbers - known.keys():
            self._update_from_magento(loop.instance, loop.instance._read_customer_groups(loop.client))
            self._ensure(loop.instance, numbers)
            known = self._by_number(loop.instance)
        return known

    @api.model
    def _ensure(self, instance, numbers):
        """Add the groups that orders or customers show for the first time; their names come with Magento's list.

        :param numbers: set of Magento's numbers
        """
        self.create(
            [
                {
                    "instance_id": instance.id,
                    "magento_id": number,
                    "name": self.env._("Customer group %(number)s", number=number),
                }
                for number in sorted(numbers - self._by_number(instance).keys())
            ]
        )

    @api.model
    def _suggestion(self, instance, name):
        """A tag, a pricelist and a fiscal position that are called as the group."""
        if not name:
            return {}
        mine = [("company_id", "in", [False, instance.company_id.id])]
        same = [("name", "=ilike", name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))]
        tags = self.env["res.partner.category"].search(same)
        found = {
            "category_ids": len(tags) == 1 and [fields.Command.link(tags.id)],
            "pricelist_id": self._only("product.pricelist", same + mine),
            "fiscal_position_id": self._only("account.fiscal.position", same + mine),
        }
        found = {field: value for field, value in found.items() if value}
        return found | {"suggested": True} if found else {}

    def _only(self, model, domain):
        records = self.env[model].search(domain, limit=2)
        return len(records) == 1 and records.id

    def _gives(self):
        """What this group, or none, gives to a contact, as it is remembered on the link."""
        return {
            "tags": sorted(self.category_ids.ids),
            "pricelist": self.pricelist_id.id,
            "position": self.fiscal_position_id.id,
        }
