from odoo import api, fields, models


class MagentoStoreView(models.Model):
    """A store view of a Magento shop: the rules by which its orders are imported."""

    _name = "magento.store.view"
    _description = "Magento Store View"
    _order = "instance_id, sequence, magento_id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    website_id = fields.Many2one("magento.website", required=True, ondelete="cascade")
    magento_id = fields.Integer("Store View ID", required=True, readonly=True)
    group_magento_id = fields.Integer("Store ID", readonly=True)

    import_orders = fields.Boolean(default=True, help="Orders of a store view without this are skipped.")
    exception_ids = fields.One2many(
        "magento.order.status.exception",
        "store_view_id",
        "Exceptions",
        help="What happens to orders with a status, where that differs from the rest of the shop.",
    )
    import_from = fields.Datetime(help="Orders placed earlier are skipped.")
    import_from_number = fields.Char(help="Orders with a lower number are skipped.")
    order_prefix = fields.Char(help="Put before Magento's order number to make the sale order's name, e.g. M-.")
    team_id = fields.Many2one("crm.team", string="Sales Team", check_company=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Used where its currency is the order's; otherwise the first pricelist in that currency.",
    )
    lang_id = fields.Many2one("res.lang", string="Language", help="Language of customers that are new.")
    root_category_id = fields.Many2one(
        "magento.category",
        string="Root Category",
        domain="[('instance_id', '=', instance_id), ('level', '=', 1), ('state', '!=', 'gone')]",
        help="The categories below it are imported. Empty: the root that the store has in Magento, found out by the "
        "first import of categories.",
    )
    unknown_product = fields.Selection(
        [
            ("import", "Import it from Magento"),
            ("fail", "Fail the order"),
            ("replace", "Use the product chosen here"),
        ],
        string="Unknown Products",
        default="import",
        required=True,
    )
    replacement_product_id = fields.Many2one("product.product", check_company=True)

    send_shipments = fields.Boolean(
        "Send Deliveries", help="A validated delivery becomes a shipment in Magento, with its tracking numbers."
    )
    mail_shipments = fields.Boolean(
        "Mail for Shipments", default=True, help="Magento mails the shipment to the customer."
    )
    send_invoices = fields.Selection(
        [("never", "Never"), ("always", "Always"), ("method", "By payment method")],
        default="never",
        required=True,
        help="Whether an invoice that is posted in Odoo is made in Magento too. Of most payment methods, Magento then "
        "takes it for paid.",
    )
    mail_invoices = fields.Boolean("Mail for Invoices", help="Magento mails the invoice to the customer.")
    send_cancellations = fields.Boolean(help="An order that is cancelled in Odoo is cancelled in Magento.")
    send_comments = fields.Boolean(help="Messages to the customer on a sale order become comments of Magento's order.")
    mail_comments = fields.Boolean(
        "Mail for Comments",
        default=True,
        help="Magento mails the comment to the customer. Without it, customers do not see comments.",
    )

    _magento_id_uniq = models.Constraint("unique(instance_id, magento_id)", "This store view exists already.")
    _replacement_chosen = models.Constraint(
        "CHECK(unknown_product != 'replace' OR replacement_product_id IS NOT NULL)",
        "Choose the product that stands for unknown ones.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"import_orders", "import_from", "import_from_number"} & set(vals):
            # sudo: whoever may change the rules may wake the orders they held back
            self.env["magento.order"].sudo()._wake_held_back([("store_view_id", "in", self.ids)])
        return result

    @api.model
    def _update_from_magento(self, instance, views):
        """Add what Magento's ``store.list`` shows; settings of store views that are known stay as they are.

        :param views: list of ``magento_api.StoreView``
        """
        known = {
            view.magento_id: view
            for view in self.with_context(active_test=False).search([("instance_id", "=", instance.id)])
        }
        websites = instance._ensure_websites({view.website_id for view in views})
        self.env["magento.order.status"]._create_standard(instance)
        for view in views:
            values = {"name": view.name, "code": view.code, "group_magento_id": view.group_id}
            if view.id in known:
                super(MagentoStoreView, known[view.id]).write(values)
            else:
                self.create(
                    values
                    | self._default_settings(instance, view)
                    | {
                        "instance_id": instance.id,
                        "magento_id": view.id,
                        "website_id": websites[view.website_id].id,
                    }
                )

    @api.model
    def _default_settings(self, instance, view):
        """Language by the store view's code (``de``, ``eu_de``, ``de_DE``), where Odoo has it installed."""
        langs = self.env["res.lang"].search([])
        codes = {part.lower() for part in view.code.replace("-", "_").split("_")}
        matching = langs.filtered(lambda lang: lang.iso_code.split("_")[0].lower() in codes)
        return {
            "sequence": view.sort_order,
            "import_orders": view.active,
            "team_id": self.env["crm.team"].search([("company_id", "in", [False, instance.company_id.id])], limit=1).id,
            "lang_id": (matching or langs.filtered(lambda lang: lang.code == self.env.lang) or langs)[:1].id,
        }

    def _reason_to_skip(self, order):
        """What keeps ``order`` (a ``magento_api`` order) out of its store view, as a sentence; None to let it in."""
        _ = self.env._
        if not self.import_orders:
            return _("Orders of the store view %(name)s are not imported.", name=self.name)
        if self.import_from and order.created_at.replace(tzinfo=None) < self.import_from:
            return _("It was placed before %(date)s.", date=fields.Datetime.to_string(self.import_from))
        if self.import_from_number and _number_key(order.increment_id) < _number_key(self.import_from_number):
            return _("Its number is below %(number)s.", number=self.import_from_number)
        return None

    def _pricelist_for(self, currency):
        """The pricelist that gives a sale order ``currency``; made when the company has none in it."""
        if self.pricelist_id.currency_id == currency:
            return self.pricelist_id
        pricelists = self.env["product.pricelist"].with_context(active_test=True)
        return pricelists.search(
            [("currency_id", "=", currency.id), ("company_id", "in", [False, self.company_id.id])], limit=1
        ) or pricelists.create(
            {
                "name": self.env._("Magento %(currency)s", currency=currency.name),
                "currency_id": currency.id,
                "company_id": self.company_id.id,
            }
        )


def _number_key(number):
    """Increment ids in the order in which Magento gives them: 99 before 100, 100000001 before 100000001-1."""
    return [(len(part), part) for part in number.split("-")]
