"""What the Odoo tests share: a store over real HTTP, and an instance that is connected to it."""

import tarfile
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged

from ..sandbox import start

RECORDED = Path(__file__).parent / "recorded"
RECORDED_RATES = ("8.25", "8.375", "7", "19", "20", "5.5", "2")


def kept_orders(test_class):
    """The folder of the 241 orders kept from an OpenMage 20.18, their documents beside it: for ``orders_from``.

    It is there until the end of the test class.
    """
    folder = tempfile.TemporaryDirectory()
    test_class.addClassCleanup(folder.cleanup)
    with tarfile.open(RECORDED / "20.18" / "orders.tar.xz") as archive:
        archive.extractall(folder.name)  # a file of ours; Debian's Python 3.11.2 knows no filter
    return Path(folder.name) / "orders"


@tagged("post_install", "-at_install")
class MagentoCase(TransactionCase):
    """A test class with a store of its own; ``shop_settings`` say which."""

    shop_settings = {"recorded_only": True}
    protocol = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = start(**cls.shop_settings)
        cls.addClassCleanup(cls.shop.stop)
        cls.use_currencies("USD", "EUR")
        cls.instance = cls.env["magento.instance"].create(
            {
                "name": "Test shop",
                "url": cls.shop.url,
                "username": cls.shop.user,
                "api_key": cls.shop.key,
                "protocol": cls.protocol,
                "user_id": cls.env.ref("base.user_admin").id,
            }
        )
        cls.instance.action_connect()
        cls.let_everything_in()

    def setUp(self):
        super().setUp()
        self.shop.reset()

    @classmethod
    def use_currencies(cls, *codes):
        """Activate currencies, with a rate for each week of the last years: 1.0837 of each for one of the company's."""
        currencies = cls.env["res.currency"].with_context(active_test=False).search([("name", "in", codes)])
        currencies.active = True
        today = fields.Date.today()
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": one.id, "name": today - timedelta(weeks=weeks), "company_rate": 1.0837}
                for one in currencies - cls.env.company.currency_id
                for weeks in range(200)
            ]
        )

    @classmethod
    def let_everything_in(cls):
        """Import orders of every status and age, as quotations."""
        cls.instance.status_ids.action = "quotation"
        cls.instance.store_view_ids.import_from = False

    @classmethod
    def make_tax(cls, rate, **values):
        """A sale tax of the company that nothing else suggests."""
        return cls.env["account.tax"].create(
            {"name": f"Test {rate} %", "amount": float(rate), "type_tax_use": "sale", **values}
        )

    @classmethod
    def map_rates(cls, rates=RECORDED_RATES, **values):
        """Map Magento's rates, in all countries, to a tax each."""
        for rate in rates:
            cls.env["magento.tax"].create(
                {
                    "instance_id": cls.instance.id,
                    "rate": float(rate),
                    "tax_ids": [Command.set(cls.make_tax(rate, **values).ids)],
                }
            )

    def run_cron(self):
        """Let the scheduled action run, as the server would: again, while it says that work is left."""
        cron = self.env.ref("magento_connector.cron_synchronize")
        for _call in range(20):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            # as a commit of ours would: the scheduled action has taken the next numbers of invoices meanwhile
            self.env.cr.precommit.data.pop("sequence.mixin", None)
            if not self.env["magento.run"].search_count([("state", "in", ["queued", "running"])]):
                return
        self.fail("The run does not come to an end.")

    def troubled(self):
        """What is in trouble: the shop as a whole, or a kind of its work; empty when all is well."""
        return self.instance if self.instance.error_message else self.instance.troubled_direction_ids

    def let_time_pass(self):
        """The pauses of the shop, and of every kind of its work, come to their end."""
        for paused in (self.instance, self.env["magento.direction"].search([("instance_id", "=", self.instance.id)])):
            paused.paused_until = False

    def meanwhile(self, method, do):
        """Let something happen in Odoo while the shop does something for a run, which saw Odoo as it was before."""

        def happen():
            do()
            self.env.flush_all()

        self.shop.misbehave("meanwhile", method, do=happen)

    def import_orders(self):
        """Press Import Orders, and wait for the end; returns the run."""
        action = self.instance.action_import_orders()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def inbox(self, *numbers):
        """Rows of the inbox, by order number or all."""
        domain = [("instance_id", "=", self.instance.id)]
        return self.env["magento.order"].search(domain + ([("increment_id", "in", numbers)] if numbers else []))

    def only(self, *numbers):
        """Ask for these orders alone, by number, and import them; returns their rows."""
        action = (
            self.env["magento.import.wizard"]
            .create({"instance_id": self.instance.id, "what": "numbers", "numbers": " ".join(numbers)})
            .action_import()
        )
        self.run_cron()
        self.assertEqual(self.env["magento.run"].browse(action["res_id"]).state, "done")
        return self.inbox(*numbers)

    def assert_exact(self, record, payload, sign=1):
        """A sale order or invoice carries Magento's tax and grand total, to the cent."""
        for field, key in (("amount_total", "grand_total"), ("amount_tax", "tax_amount")):
            self.assertEqual(
                Decimal(str(round(record[field] * sign, 2))), Decimal(payload[key]), f"{key} of {record.display_name}"
            )
