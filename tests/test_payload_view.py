"""The readable payload of an order: complete for a good one, harmless for any other."""

import json
from pathlib import Path

from lxml import html

from odoo.tests import TransactionCase, tagged
from odoo.tools import formatLang

RECORDED = Path(__file__).parents[1] / "sandbox" / "data" / "orders.json"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
GARBAGE = [
    [],
    [1, "two", None],
    "just a text",
    12345,
    {"items": "none"},
    {"items": {"sku": "alone", "name": "A lone item"}},
    {"items": [None, 7, "text", ["list"], {}, {"name": {"deep": ["er"]}, "price": [1], "qty_ordered": {"a": 1}}]},
    {
        "items": [
            {"item_id": 1, "parent_item_id": 1},
            {"item_id": 2, "parent_item_id": 3},
            {"item_id": 3, "parent_item_id": 2},
        ]
    },
    {"billing_address": "nowhere", "shipping_address": [1, 2], "payment": "cash", "status_history": "new"},
    {"billing_address": {"street": {"0": "a"}, "firstname": 12, "region": True}, "payment": {"method": ["x"]}},
    {
        "grand_total": "1e400",
        "subtotal": "NaN",
        "tax_amount": "-Infinity",
        "fee_amount": 1e308,
        "shipping_amount": "9" * 5000,
    },
    {"created_at": "yesterday", "updated_at": "9999-99-99 99:99:99", "increment_id": {"a": []}},
    {"created_at": "0001-01-01 00:00:00", "updated_at": "9999-12-31 23:59:59"},
    {"customer_firstname": "\x01\x1f\ufffe", "customer_lastname": "‮txt.exe"},
    {
        "items": [
            {"product_options": value} for value in ("a:1:{", 'O:8:"stdClass":0:{}', "a:99999999:{}", 5, [1], "i:1;")
        ]
    },
]


@tagged("post_install", "-at_install")
class TestPayloadView(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instance = cls.env["magento.instance"].create({"name": "S", "url": "http://127.0.0.1:1", "username": "u"})

    def row(self, payload):
        number = self.env["magento.order"].search_count([]) + 1
        return self.env["magento.order"].create(
            {"instance_id": self.instance.id, "increment_id": f"V{number}", "payload": payload}
        )

    def text(self, payload):
        """The page as a browser shows it, without its tags."""
        return html.fromstring(f"<div>{self.row(payload).payload_view}</div>").text_content()

    def test_a_good_order(self):
        payload = {
            "increment_id": "100000007",
            "created_at": "2026-05-01 10:00:00",
            "status": "processing",
            "order_currency_code": "EUR",
            "base_currency_code": "USD",
            "subtotal": "100.0000",
            "base_subtotal": "110.0000",
            "discount_amount": "-10.0000",
            "surcharge_amount": "1.5000",
            "hidden_tax_amount": "0.0000",
            "grand_total": "1091.5000",
            "customer_email": "ann@example.com",
            "customer_firstname": "Ann",
            "customer_lastname": "O'Neil & Sons",
            "billing_address": {"street": "Line 1\nLine 2", "city": "Wien", "postcode": "1010", "country_id": "AT"},
            "payment": {"method": "checkmo", "po_number": "PO-9"},
            "items": [
                {"item_id": 1, "name": "Set", "sku": "SET", "qty_ordered": "2.0000", "row_total": "100.0000"},
                {"item_id": 3, "name": "Other", "sku": "OTHER"},
                {
                    "item_id": 2,
                    "parent_item_id": 1,
                    "name": "Part",
                    "sku": "PART",
                    "tax_amount": "1.50",
                    "tax_percent": "20.0000",
                },
            ],
            "status_history": [{"created_at": "2026-05-01 10:00:00", "status": "pending", "comment": "Ring <twice>"}],
        }
        text = self.text(payload)
        for part in (
            *("100000007", "processing", "O'Neil & Sons", "Line 2", "1010 Wien", "checkmo", "PO-9", "Ring <twice>"),
            *("-10.00", "1,091.50", "surcharge_amount", "110.00", "1.50 (20 %)"),
        ):
            self.assertIn(part, text)
        self.assertNotIn("Hidden tax", text)
        self.assertLess(text.index("↳ Part"), text.index("OTHER"), "a part stands below what it belongs to")

    def test_script_tags_are_text(self):
        payload = {
            "increment_id": SCRIPT,
            "customer_firstname": SCRIPT,
            "store_name": SCRIPT,
            "order_currency_code": SCRIPT,
            SCRIPT + "_amount": "5",
            "grand_total": SCRIPT,
            "items": [{"name": SCRIPT, "sku": SCRIPT, "qty_ordered": SCRIPT, "price": SCRIPT}, SCRIPT, [SCRIPT]],
            "billing_address": {"street": SCRIPT, "city": SCRIPT},
            "shipping_address": SCRIPT,
            "payment": {"method": SCRIPT},
            "status_history": [{"comment": SCRIPT, "created_at": SCRIPT}, SCRIPT],
        }
        page = html.fromstring(f"<div>{self.row(payload).payload_view}</div>")
        self.assertFalse(page.xpath("//script | //img"))
        self.assertIn(SCRIPT, page.text_content())

    def test_garbage(self):
        for payload in GARBAGE:
            with self.subTest(str(payload)[:60]):
                row = self.row(payload)
                self.assertTrue(row.payload_view or not payload)
                self.assertTrue(row.payload_json or not payload)

    def test_nothing_stored(self):
        self.assertIn("Ask Magento Anew", self.text(False))

    def test_excesses_are_cut(self):
        payload = {
            "customer_firstname": "N" * 100_000,
            "items": [{"item_id": number, "name": f"Item {number}", "sku": "S"} for number in range(10_000)],
            "status_history": [{"comment": "c"}] * 5_000,
            "deep": self.nested(60),
        }
        row = self.row(payload)
        text = html.fromstring(f"<div>{row.payload_view}</div>").text_content()
        self.assertIn("Item 199", text)
        self.assertNotIn("Item 200", text)
        self.assertIn("9800 more", text)
        self.assertIn("4800 more", text)
        self.assertLess(len(row.payload_view), 200_000)
        self.assertLess(len(row.payload_json), 600_000)

    def nested(self, depth):
        value = "end"
        for _level in range(depth):
            value = {"in": [value]}
        return value

    def test_recorded_orders(self):
        """Orders of a real store: every item and every part of the total is there."""
        orders = json.loads(RECORDED.read_text(encoding="utf-8"))
        self.assertGreater(len(orders), 50)
        for payload in orders[::7]:
            with self.subTest(payload["increment_id"]):
                text = self.text(payload)
                for item in payload["items"]:
                    self.assertIn(item["sku"], text)
                    self.assertIn(formatLang(self.env, float(item["row_total"])), text)
                for part in ("subtotal", "grand_total", "tax_amount", "shipping_amount"):
                    if float(payload[part]):
                        self.assertIn(formatLang(self.env, float(payload[part])), text)
