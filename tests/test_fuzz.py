"""Whatever a shop answers for an order, it is imported exactly, skipped, or failed with a sentence; others go on.

`bin/test fuzz --count 100000` tries more of it.
"""

import json
import logging
import os
import random
from collections import Counter
from decimal import Decimal, InvalidOperation

from odoo.tests import tagged

from .common import MagentoCase

_logger = logging.getLogger(__name__)
COUNT = int(os.environ.get("MAGENTO_FUZZ_COUNT") or 2000)
SEED = int(os.environ.get("MAGENTO_FUZZ_SEED") or random.SystemRandom().randrange(2**32))
# Payloads of one run, beside those that nothing is wrong with.
BATCH = 98
GOOD = ["790000001", "790000002"]
HALF_CENT = Decimal("0.005")
# What tells of the errors that nobody has thought of.
LOUD = ("odoo.addons.magento_connector.models.sync.isolate", "odoo.sql_db")

AMOUNTS = [
    "0",
    "0.01",
    "-0.01",
    "-1",
    "1e-20",
    "1e12",
    "1e13",
    "99.999",
    "12,50",
    "999999999999.99999",
    "NaN",
    "Infinity",
]
TIMES = ["0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2031-02-30 10:00:00", "yesterday"]
WORDS = [
    "",
    " ",
    "EUR",
    "JPY",
    "XXX",
    "DE",
    "QQ",
    "new",
    "canceled",
    "closed",
    "holded",
    "bundle",
    "<b>x</b>",
    "a\n\tb",
]
PLAIN = [None, True, False, 0, 1, -1, 99, 2**31 - 1, float("nan"), float("inf"), 1e300, [], {}, [None], {"a": [{}]}]


class Hand:
    """Changes payloads at random, and remembers how."""

    def __init__(self, number):
        self.random = random.Random(f"{SEED} {number}")

    def change(self, payload):
        """Change some places of a payload; returns what was done, as a text."""
        done = []
        for _change in range(self.random.choice([1, 1, 1, 2, 3])):
            places = list(_places_in(payload)) or [({"empty": None}, "empty")]
            owner, key = self.random.choice(places)
            how = self.random.choice(
                [self._set, self._set, self._scale, self._drop, self._double, self._swap, self._nest]
            )
            how(owner, key, places)
            done.append(f"{how.__name__} {key}")
        return ", ".join(done)

    def _set(self, owner, key, _places):
        owner[key] = self.value()

    def _drop(self, owner, key, _places):
        del owner[key]

    def _double(self, owner, key, _places):
        if isinstance(owner[key], list):
            owner[key] = owner[key] * 2
        else:
            owner[key] = [owner[key], owner[key]]

    def _swap(self, owner, key, places):
        other, other_key = self.random.choice(places)
        mine, its = json.dumps(owner[key]), json.dumps(other[other_key])
        owner[key], other[other_key] = json.loads(its), json.loads(mine)

    def _nest(self, owner, key, _places):
        for _level in range(self.random.choice([1, 3, 40])):
            owner[key] = [owner[key]] if self.random.random() < 0.5 else {"in": owner[key]}

    def _scale(self, owner, key, _places):
        """Another amount in the place of one."""
        try:
            number = Decimal(str(owner[key]))
            power = Decimal(10) ** self.random.choice([-6, -3, -2, 1, 3, 9])
            owner[key] = str(self.random.choice([-number, number * power, number + Decimal("0.01"), number * 3]))
        except InvalidOperation:
            owner[key] = self.value()

    def value(self):
        """Anything."""
        kind = self.random.randrange(8)
        if kind < 4:
            return self.random.choice((AMOUNTS, TIMES, WORDS, PLAIN)[kind])
        if kind == 4:
            return self.random.randint(-(2**31), 2**31 - 1)
        if kind == 5:
            return self.random.choice(["A", "x ", "1", "-", "é", "中", "😀", "\u202e"]) * self.random.choice(
                [1, 300, 9000]
            )
        letters = range(0x4E00, 0x9F00) if kind == 6 else range(1, 0xD7FF)
        return "".join(chr(self.random.choice(letters)) for _place in range(self.random.choice([3, 40, 2700])))


class Heard(logging.Handler):
    """Listens to the errors of some loggers, and keeps them out of the log."""

    def __init__(self, names):
        super().__init__(logging.ERROR)
        self.loggers = [logging.getLogger(name) for name in names]
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def __enter__(self):
        for logger in self.loggers:
            logger.addHandler(self)
            logger.propagate = False
        return self

    def __exit__(self, *exc_info):
        for logger in self.loggers:
            logger.removeHandler(self)
            logger.propagate = True


@tagged("fuzz")
class TestAnythingForAnOrder(MagentoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map_rates()

    def setUp(self):
        super().setUp()
        self.import_orders()
        self.templates = [json.dumps(row.payload) for row in self.inbox().sorted("increment_id")]
        self.assertGreater(len(self.templates), 10)
        self.ends = Counter()

    def test_it_ends_in_one_of_three_ways(self):
        _logger.info("fuzz: seed %s, %s payloads", SEED, COUNT)
        for number in range(-(-COUNT // BATCH)):
            with self.env.cr.savepoint() as savepoint:
                self.instance.leftover_policy = ("fail", "line")[number % 2]
                self.instance.status_ids.action = "invoice" if number % 10 == 9 else "quotation"
                self.try_out(Hand(number))
                savepoint.close(rollback=True)
            self.env.invalidate_all()
        _logger.info("fuzz: %s", ", ".join(f"{count} {how}" for how, count in self.ends.most_common()))

    def try_out(self, hand):
        payloads, changes = {}, {}
        for number in [*GOOD, *(str(700000001 + place) for place in range(BATCH))]:
            template = self.templates[0] if number in GOOD else hand.random.choice(self.templates)
            payloads[number] = json.loads(template) | {"increment_id": number, "order_id": int(number)}
            changes[number] = "nothing" if number in GOOD else hand.change(payloads[number])
            self.shop.set_payload(number, payloads[number])
        with Heard(LOUD) as heard:
            rows = self.only(*payloads)
        self.assertEqual(set(rows.mapped("increment_id")), set(payloads), f"seed {SEED}")
        for row in rows:
            self.judge(row, payloads[row.increment_id], f"seed {SEED}, {row.increment_id}: {changes[row.increment_id]}")
        if heard.records:
            failed = rows.filtered(lambda row: row.state == "failed" or row.rule_state == "failed")
            self.assertTrue(failed, heard.records[0].getMessage())

    def judge(self, row, payload, told):
        """An order ended in one of three ways."""
        self.ends[f"{row.state} {row.reason_kind or ''}".strip()] += 1
        self.assertTrue(row.state == "imported" or row.increment_id not in GOOD, f"{told}: {row.reason}")
        if row.state != "imported":
            self.assertIn(row.state, ("skipped", "failed"), told)
            self.assertTrue(row.reason and row.reason_kind, told)
            self.assertNotIn("Traceback", row.reason, told)
            return
        self.assertIn(row.rule_state, ("done", "failed"), told)
        self.assertTrue(row.rule_state == "done" or row.rule_reason, told)
        order, total = row.sale_order_id, Decimal(str(payload["grand_total"]).strip())
        self.assertLessEqual(abs(Decimal(str(order.amount_total)) - total), HALF_CENT, told)
        self.assertFalse(order.currency_id.compare_amounts(order.amount_untaxed + order.amount_tax, order.amount_total))


@tagged("fuzz")
class TestAnythingForAProduct(MagentoCase):
    def setUp(self):
        super().setUp()
        self.records = [record for record in self.shop.shop.products.rows if record.get("sku")]
        before = [dict(record.full()) for record in self.records]
        self.addCleanup(self.put_back, before)

    def put_back(self, before):
        for record, row in zip(self.records, before, strict=True):
            record.edit().clear()
            record.edit().update(row)

    def test_it_is_imported_or_a_problem(self):
        """Values of attributes, whatever they are: no product keeps others out, and each says what is wrong with it."""
        fixed = ("product_id", "sku", "type", "type_id", "set", "websites", "categories")
        ends = Counter()
        for number in range(max(COUNT // 500, 1)):
            hand = Hand(f"product {number}")
            for record in self.records[1:]:
                key = hand.random.choice([key for key in record.full() if key not in fixed])
                record.edit()[key] = hand.value()
            with self.env.cr.savepoint() as savepoint, Heard(LOUD):
                wizard = self.env["magento.product.import.wizard"].create({"instance_id": self.instance.id})
                run = self.env["magento.run"].browse(wizard.action_import()["res_id"])
                self.run_cron()
                self.assertEqual((run.state, run.message), ("done", False), f"seed {SEED}, round {number}")
                links = self.env["magento.product"].search([("instance_id", "=", self.instance.id)])
                problems = self.env["magento.product.problem"].search([("instance_id", "=", self.instance.id)])
                seen = {*links.mapped("magento_id"), *problems.mapped("magento_id")}
                self.assertEqual({record.get("product_id") for record in self.records} - seen, set(), f"seed {SEED}")
                self.assertIn(self.records[0].get("product_id"), links.mapped("magento_id"))
                self.assertTrue(all(problems.mapped("reason")))
                ends.update(["imported"] * len(links) + problems.mapped("reason_kind"))
                savepoint.close(rollback=True)
            self.env.invalidate_all()
        _logger.info("fuzz: products: %s", dict(ends))


def _places_in(value):
    """Every place in a payload, at any depth: ``(the struct or list, its key)``."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places_in(value[key])
