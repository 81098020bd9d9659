"""Every public method of the connector, called over RPC as every kind of user: what ``docs/roles.md`` says, holds."""

import json
import re
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import MagentoCase

MANUAL = Path(__file__).parents[1] / "docs" / "roles.md"
KINDS = {
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "salesman": "sales_team.group_sale_salesman_all_leads",
    "accountant": "account.group_account_manager",
    "user": "magento_connector.group_user",
    "administrator": "magento_connector.group_manager",
    "system": "base.group_system,magento_connector.group_manager",
}
# Who a word of the table's second column means; None: nothing is changed, whoever calls it.
WHO = {
    "everybody": None,
    "whoever may change it": set(),
    "User": {"user", "administrator", "system"},
    "User who may change currencies": {"system"},
    "Administrator": {"administrator", "system"},
    "Administrator of the system": {"system"},
}
SEEN_BY_SALESMEN = ("magento.instance", "magento.store.view")
OURS = "odoo.addons.magento_connector."


def table():
    """Who may call a method, by model and method, as the manual says."""
    found = {}
    for line in MANUAL.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1] in WHO:
            for group in cells[2].split("<br>"):
                models, methods = group.rsplit(":", 1)
                for model in re.findall(r"`([\w.]+)`", models):
                    found |= {(model, method.strip()): cells[1] for method in methods.split(",")}
    return found


def public_methods(env):
    """What the connector adds to what can be called over RPC: ``{(model, method)}``."""
    found = set()
    for name, model in env.registry.items():
        if env[name]._abstract:
            continue
        for method in dir(model):
            owners = [owner for owner in model.__mro__ if method in vars(owner)]
            function = owners and getattr(model, method)
            if (
                not method.startswith("_")
                and callable(function)
                and not getattr(function, "_api_private", False)
                and all(
                    owner.__module__.startswith(OURS) for owner in owners if owner.__module__ != "odoo.orm.registry"
                )
                and any(owner.__module__.startswith(OURS) for owner in owners)
            ):
                found.add((name, method))
    return found


@tagged("post_install", "-at_install")
class TestRoles(MagentoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()
        cls.people = {kind: new_test_user(cls.env, f"kind-{kind}", groups) for kind, groups in KINDS.items()}
        cls.keys = {
            kind: cls.env["res.users.apikeys"].with_user(person).sudo()._generate(None, "test", None)
            for kind, person in cls.people.items()
        }

    def run_cron(self):
        """As in ``MagentoCase``; a test over HTTP is in the mode that it needs already."""
        self.env.ref("magento_connector.cron_synchronize").method_direct_trigger()
        self.env.invalidate_all()

    def records(self):
        """A record of each model, or of a method that takes another one; wizards are their users'."""
        env, shop = self.env, {"instance_id": self.instance.id}
        order = self.only("100000001")
        sale_order = order.sale_order_id
        failed = env["magento.order"].create(
            shop | {"increment_id": "1", "state": "failed", "reason_kind": "currency", "missing_key": "currency:KWD"}
        )
        row = shop | {"order_id": order.id, "sale_order_id": sale_order.id, "state": "failed"}
        partner, product = sale_order.partner_id, sale_order.order_line.product_id[:1]
        link = env["magento.product"].create(
            shop | {"product_id": env["product.product"].create({"name": "Linked"}).id, "magento_id": 99901, "sku": "X"}
        )
        picking = env["stock.picking"].create({"picking_type_id": env.ref("stock.picking_type_out").id})
        move = env["account.move"].create({"move_type": "out_invoice", "partner_id": partner.id})
        outbox = env["magento.outbox"].create(row | {"kind": "cancel"})
        for kind, values in (("shipment", {"picking_id": picking.id}), ("invoice", {"move_id": move.id})):
            env["magento.outbox"].create(row | {"kind": kind, **values})
        group = self.instance.customer_group_ids[:1]
        category = env["product.category"].create({"name": "Chairs"})
        known = {
            "magento.instance": self.instance,
            "magento.order": failed,
            "action_apply_rules": order,
            "magento.outbox": outbox,
            "magento.run": env["magento.run"].create(shop | {"state": "done", "kind": "orders"}),
            "magento.product": link,
            "magento.product.problem": env["magento.product.problem"].create(
                shop | {"magento_id": 99902, "sku": "Y", "reason_kind": "unknown", "reason": "No SKU."}
            ),
            "magento.category": env["magento.category"].create(
                shop | {"magento_id": 99903, "name": "Gone", "state": "unlinked"}
            ),
            "magento.customer": env["magento.customer"].search([("partner_id", "=", partner.id)], limit=1)
            or env["magento.customer"].create(shop | {"partner_id": partner.id, "magento_id": 99904}),
            "magento.customer.problem": env["magento.customer.problem"].create(
                shop
                | {
                    "magento_id": 99905,
                    "reason_kind": "ambiguous",
                    "reason": "Who?",
                    "name": "Ann",
                    "email": "ann@x.org",
                }
            ),
            "magento.customer.group": group,
            "sale.order": sale_order,
            "stock.picking": picking,
            "account.move": move,
            "product.product": product,
            "product.template": product.product_tmpl_id,
            "product.category": category,
        }
        wizards = {
            "magento.import.wizard": shop | {"what": "failed"},
            "magento.product.import.wizard": shop,
            "magento.customer.import.wizard": shop,
            "magento.product.export.wizard": shop | {"product_ids": [Command.set(product.ids)]},
            "magento.stock.wizard": shop,
            "magento.erase.wizard": {"partner_ids": [Command.set(env["res.partner"].create({"name": "Nobody"}).ids)]},
        }
        for name, values in wizards.items():
            # each has to be the caller's own
            known[name] = {
                kind: env[name].with_user(person).sudo().create(values) for kind, person in self.people.items()
            }
        self.env.flush_all()
        return known

    def call(self, kind, model, method, records):
        """Call a method over RPC; returns the name of the exception, or nothing."""
        records = records[kind] if isinstance(records, dict) else records
        headers = {"Authorization": f"Bearer {self.keys[kind]}", "Content-Type": "application/json"}
        answer = self.url_open(f"/json/2/{model}/{method}", json.dumps({"ids": records.ids}), headers=headers)
        return "" if answer.status_code == 200 else answer.json()["name"]

    def state(self):
        """A word for all that the connector keeps, and what the scheduler is to do."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^magento_|^ir_cron_trigger$'"
        )
        tables = sorted(name for (name,) in self.env.cr.fetchall() if not name.endswith("_wizard"))
        query = " UNION ALL ".join(
            f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t" for name in tables
        )
        self.env.cr.execute(query)
        return dict(self.env.cr.fetchall())

    def test_every_method_is_in_the_manual(self):
        self.assertEqual(public_methods(self.env), set(table()))

    @mute_logger("odoo.http")
    def test_who_may_call_what(self):
        records = self.records()
        self.instance.paused_until = "2099-01-01"
        wrong = []
        for (model, method), who in table().items():
            self.shop.reset()
            for kind in KINDS:
                mine = records.get(method, records[model])
                may = None if WHO[who] is None else kind in WHO[who]
                if who == "whoever may change it":
                    may = mine.with_user(self.people[kind]).has_access("write")
                before = None if may else self.state()
                with self.env.cr.savepoint() as savepoint:
                    answer = self.call(kind, model, method, mine)
                    denied = "AccessError" in answer
                    after = None if may else self.state()
                    savepoint.rollback()
                self.env.invalidate_all()
                if may is not None and may == denied:
                    wrong.append(f"{kind} {model}.{method}: {'refused' if denied else answer or 'done'}")
                if not may and before != after:
                    changed = [name for name in before if before[name] != after[name]]
                    wrong.append(f"{kind} {model}.{method}: changes {changed}")
                if not may and self.shop.requests.total:
                    wrong.append(f"{kind} {model}.{method}: asks the shop")
                self.shop.reset()
        self.assertFalse(wrong, "\n".join(wrong))

    def test_who_may_write_what(self):
        """Rights on the records themselves, which calls of ``write`` and ``create`` over RPC are held to."""
        for name, model in self.env.items():
            if not name.startswith("magento.") or model._abstract:
                continue
            for kind, person in self.people.items():
                mine = model.with_user(person)
                may = {right for right in ("read", "write", "create", "unlink") if mine.has_access(right)}
                if kind in ("portal", "internal", "accountant"):
                    self.assertFalse(may, (name, kind))
                elif kind == "salesman":
                    self.assertLessEqual(may, {"read"} if name in SEEN_BY_SALESMEN else set(), (name, kind))
                elif kind == "user" and not model._transient:
                    self.assertLessEqual(
                        may, {"read"} | ({"write", "create"} if name == "magento.tax" else set()), name
                    )

    def test_who_may_mark(self):
        """Fields of Odoo's own records that make something be sent."""
        for kind, person in self.people.items():
            if kind == "portal":
                continue
            person.group_ids += self.env.ref("base.group_partner_manager") | self.env.ref(
                "product.group_product_manager"
            )
        marks = {"res.partner": "magento_export_ids", "product.category": "magento_instance_ids"}
        for name, field in marks.items():
            record = self.env[name].create({"name": "Marked"})
            for kind, person in self.people.items():
                values = {field: [Command.link(self.instance.id)]}
                if kind in WHO["Administrator"]:
                    record.with_user(person).write(values)
                elif kind != "portal":
                    with self.assertRaises(AccessError):
                        record.with_user(person).write(values)
                    with self.assertRaises(AccessError):
                        self.env[name].with_user(person).create({"name": "Made", **values})
