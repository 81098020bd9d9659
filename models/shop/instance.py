from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...magento_api import MagentoError, connect

PROTOCOLS = [
    ("xmlrpc", "XML-RPC"),
    ("soap_v1", "SOAP v1"),
    ("soap_v2", "SOAP v2"),
    ("soap_v2_wsi", "SOAP v2 (WS-I)"),
]
# How far back the orders of a shop that is connected for the first time are imported, unless the administrator says
# otherwise.
DEFAULT_HISTORY = timedelta(days=30)


class MagentoInstance(models.Model):
    """A Magento shop that this database is joined to: its address, its login, and how its synchronisation stands."""

    _name = "magento.instance"
    _description = "Magento Instance"
    _inherit = ["mail.thread", "mail.activity.mixin", "magento.trouble.mixin"]
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("My Magento shop"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        help="Gets an activity when orders or products cannot be imported or sent.",
    )
    url = fields.Char(
        "Shop Address", required=True, tracking=True, help="Any address of the shop, such as https://shop.example.com"
    )
    username = fields.Char("API User", required=True, help="System > Web Services > SOAP/XML-RPC - Users in Magento")
    api_key = fields.Char("API Key", copy=False, groups="base.group_system")
    basic_user = fields.Char("HTTP User", help="Only where the web server itself asks for a login.")
    basic_password = fields.Char("HTTP Password", copy=False, groups="base.group_system")
    admin_path = fields.Char(
        default="index.php/admin", required=True, help="Where Magento's admin is, for links to orders: index.php/admin"
    )
    verify_tls = fields.Boolean("Verify TLS Certificate", default=True, tracking=True)
    protocol = fields.Selection(PROTOCOLS, help="Empty: found out by Connect. XML-RPC and SOAP v1 carry everything.")
    state = fields.Selection(
        [("draft", "Not Connected"), ("connected", "Connected")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    magento_version = fields.Char(readonly=True, copy=False)
    schedule_orders = fields.Boolean(
        "Import Orders Automatically",
        automatic=True,
        help="The scheduled action imports new orders by itself.",
        tracking=True,
    )
    leftover_policy = fields.Selection(
        [("fail", "Fail the order"), ("line", "Put it into a line of its own")],
        string="Unexplained Amounts",
        default="fail",
        required=True,
        help="What to do with a part of Magento's total that no line of the order explains, as an extension's fee.",
    )
    website_ids = fields.One2many("magento.website", "instance_id")
    store_view_ids = fields.One2many("magento.store.view", "instance_id")
    tax_map_ids = fields.One2many("magento.tax", "instance_id")
    order_ids = fields.One2many("magento.order", "instance_id")
    status_ids = fields.One2many("magento.order.status", "instance_id")
    troubled_direction_ids = fields.One2many(
        "magento.direction", "instance_id", "Problems", domain=[("error_message", "!=", False)]
    )

    orders_seen_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="The latest change of an order in Magento that is in the inbox, on Magento's clock.",
    )
    history_order_id = fields.Integer(
        readonly=True,
        copy=False,
        help="While the history is read: the last order (Magento's internal number) in the inbox.",
    )
    history_done = fields.Boolean(readonly=True, copy=False)

    failed_count = fields.Integer(compute="_compute_order_counts")
    waiting_count = fields.Integer(compute="_compute_order_counts")
    imported_count = fields.Integer(compute="_compute_order_counts")
    order_count = fields.Integer(compute="_compute_order_counts")
    unmapped_tax_count = fields.Integer(compute="_compute_unmapped_tax_count")
    inactive_currencies = fields.Char(compute="_compute_order_counts")
    lacks_key = fields.Boolean(compute="_compute_lacks_key")
    protocol_is_poor = fields.Boolean(compute="_compute_protocol_is_poor")

    @api.depends("order_ids.state")
    def _compute_order_counts(self):
        counts = {
            (instance.id, state): count
            for instance, state, count in self.env["magento.order"]._read_group(
                [("instance_id", "in", self.ids)], ["instance_id", "state"], ["__count"]
            )
        }
        currencies = self._failed_keys("currency")
        for instance in self:
            instance.failed_count = counts.get((instance.id, "failed"), 0)
            instance.waiting_count = counts.get((instance.id, "waiting"), 0)
            instance.imported_count = counts.get((instance.id, "imported"), 0)
            instance.order_count = sum(count for (key, _state), count in counts.items() if key == instance.id)
            instance.inactive_currencies = ", ".join(sorted(currencies.get(instance.id, ()))) or False

    def _failed_keys(self, kind):
        """What the failed orders miss of a ``kind``, by instance: ``{instance id: {"EUR"}}``."""
        result = {}
        for instance, key in self.env["magento.order"]._read_group(
            [("instance_id", "in", self.ids), ("state", "=", "failed"), ("reason_kind", "=", kind)],
            ["instance_id", "missing_key"],
        ):
            if key:
                result.setdefault(instance.id, set()).add(key.partition(":")[2])
        return result

    @api.depends("tax_map_ids.tax_ids")
    def _compute_unmapped_tax_count(self):
        for instance in self:
            instance.unmapped_tax_count = len(instance.tax_map_ids.filtered("needs_mapping"))

    def _compute_lacks_key(self):
        for instance in self:
            # sudo: whether there is a key may be known to all who see the instance, the key may not
            instance.lacks_key = not instance.sudo().api_key

    @api.depends("protocol")
    def _compute_protocol_is_poor(self):
        for instance in self:
            instance.protocol_is_poor = (instance.protocol or "").startswith("soap_v2")

    # -- talking to Magento
    # ---------------------------------------------------------------------------------------------

    @contextmanager
    def _client(self):
        """A ``magento_api`` client with this instance's login, closed at the end.

        :raises MagentoError: when the shop cannot be reached or refuses the login
        """
        self.ensure_one()
        # sudo: the key is readable by system administrators only, its use is not
        secret = self.sudo()
        basic = (secret.basic_user, secret.basic_password or "") if secret.basic_user else None
        client = connect(
            self.url,
            self.username,
            secret.api_key or "",
            protocol=self.protocol or None,
            basic_auth=basic,
            verify_tls=self.verify_tls,
            picture_hosts=self._picture_hosts(),
            batch_form=self.batch_form or None,
        )
        with client:
            yield client

    def action_connect(self):
        """Find the protocol, read version and store views, and check the permissions of the API user."""
        self.ensure_one()
        self.check_access("write")
        try:
            with self._client() as client:
                info, views, found = client.info(), client.store_views(), self._try_out(client)
                protocol, groups = client.protocol, self._read_customer_groups(client)
        except MagentoError as error:
            raise UserError(str(error)) from error
        self.write(
            found
            | {
                "state": "connected",
                "protocol": protocol,
                "magento_version": _version(info),
                "error_message": False,
                "error_date": False,
                "failures_in_a_row": 0,
                "paused_until": False,
            }
        )
        self.env["magento.store.view"]._update_from_magento(self, views)
        # sudo: whoever may connect a shop gets its customer groups, which nobody makes by hand
        self.env["magento.customer.group"].sudo()._update_from_magento(self, groups)
        self._default_history(self.store_view_ids)
        # sudo: administrators of the connector connect shops, the scheduled action belongs to the system's
        self.env.ref("magento_connector.cron_synchronize").sudo().active = True
        return True

    def _default_history(self, views):
        if not self.order_ids and not any(views.mapped("import_from")):
            views.import_from = fields.Datetime.now() - DEFAULT_HISTORY

    def _ensure_websites(self, magento_ids):
        """The websites of this instance by their number in Magento; new ones are added."""
        known = {website.magento_id: website for website in self.website_ids}
        category = self.env.ref("product.product_category_goods", raise_if_not_found=False)
        created = self.env["magento.website"].create(
            [
                {
                    "name": self.env._("Website %(number)s", number=magento_id),
                    "instance_id": self.id,
                    "magento_id": magento_id,
                    "product_categ_id": category.id if category else False,
                }
                for magento_id in sorted(magento_ids - known.keys())
            ]
        )
        return known | {website.magento_id: website for website in created}

    def _advance(self, **cursor):
        """Move the cursor over what is in the inbox; a batch of the sync loop, committed with the rows before it."""
        self.write(cursor)
        return {}

    def _valid_field_parameter(self, field, name):
        return name == "automatic" or super()._valid_field_parameter(field, name)

    @api.model
    def _automatic_fields(self):
        """The switches, marked ``automatic``, that let something be done without anybody asking for it."""
        return [name for name, field in self._fields.items() if getattr(field, "automatic", False)]

    # -- buttons ------------------------------------------------------------------------------------------------------

    def action_disconnect(self):
        """Stop all synchronisation of this shop; nothing that was imported is lost.

        What is done by itself is switched off, and stays so when the shop is connected again.
        """
        self.write({"state": "draft"} | dict.fromkeys(self._automatic_fields(), False))

    def action_import_orders(self):
        """Start a run that imports what is new and what waits, and open it."""
        self.ensure_one()
        return self.env["magento.run"]._start(self, poll=True)._open()

    def action_activate_currencies(self):
        """Activate the currencies that failed orders need; the orders are tried again by themselves."""
        for names in self._failed_keys("currency").values():
            self.env["res.currency"].with_context(active_test=False).search([("name", "in", list(names))]).active = True
        return True

    def action_open_orders(self):
        """The inbox of this instance, narrowed by the context key ``magento_state`` if the button gives one."""
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_order")
        state = self.env.context.get("magento_state")
        action["domain"] = [("instance_id", "in", self.ids)] + ([("state", "=", state)] if state else [])
        action["context"] = {"default_instance_id": self.id}
        return action

    def action_open_taxes(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_tax")
        action["domain"] = [("instance_id", "in", self.ids)]
        action["context"] = {"default_instance_id": self.id}
        return action

    def action_open_store_views(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("magento_connector.action_magento_store_view")
        action["domain"] = [("instance_id", "in", self.ids)]
        return action

    def _remind_of_failures(self):
        """One activity for the responsible person while orders have failed, none when all is well."""
        for instance in self:
            instance._remind(
                "magento_connector.activity_failed_orders",
                instance.order_ids.search_count([("instance_id", "=", instance.id), ("state", "=", "failed")]),
                lambda count: self.env._("%(count)s Magento orders could not be imported", count=count),
                self.env._("All orders are imported."),
            )

    def _remind(self, activity_type, count, summary, all_well):
        """Keep one activity of a type while there is something to look at.

        :param summary: function of the count: what the activity says
        :param all_well: what is noted when it is done
        """
        activities = self.activity_search([activity_type])
        if not count:
            activities.action_feedback(feedback=all_well)
        elif not activities:
            user = self.user_id or self.env.user
            self.activity_schedule(activity_type, summary=summary(count), user_id=user.id)
        elif activities[0].summary != summary(count):
            activities[0].summary = summary(count)

    def _admin_url(self, order_id):
        """Address of an order in Magento's admin, which asks for a login first."""
        parts = urlsplit(self.url if "://" in self.url else f"https://{self.url}")
        return f"{parts.scheme}://{parts.netloc}/{self.admin_path.strip('/')}/sales_order/view/order_id/{order_id}/"


def _version(info):
    if info.openmage_version:
        return f"OpenMage {info.openmage_version} (Magento {info.version})"
    return f"Magento {info.edition} {info.version}"
