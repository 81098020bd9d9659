"""Configurables and bundles: what leaves Odoo is told in the items that Magento counts."""

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged

from ..magento_api.records import OrderItem
from ..models.outbox.quantities import document_quantities
from .test_outbox import OutboxCase

CONFIGURABLE, APART, TOGETHER, VIRTUAL = "100000909", "100000910", "100000911", "100000913"


class TestOutboxBundles(OutboxCase):
    """Orders of the store's own: a configurable, a bundle whose parts are shipped and priced each by itself, one that
    is shipped and priced as a whole.
    """

    shop_settings = {"products": 0, "orders": 0}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.views.unknown_product = "import"
        cls.views.import_from = False
        cls.rule(cls, pending="confirm", processing="confirm", complete="confirm")

    def take(self, number):
        row = self.only(number)
        self.assertEqual((row.state, row.rule_reason), ("imported", False), row.reason)
        for product in row.sale_order_id.order_line.product_id.filtered("is_storable"):
            self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, 100)
        if row.sale_order_id.picking_ids:
            row.sale_order_id.picking_ids.action_assign()
        return row

    def test_a_configurable(self):
        row = self.take(CONFIGURABLE)
        self.deliver(row.sale_order_id)
        self.send()
        (shipment,) = self.in_magento("shipment", row)
        self.assertEqual(len(shipment["items"]), 1)
        self.assertEqual(self.order(row)["status"], "complete")

    def test_a_bundle_shipped_separately(self):
        row = self.take(APART)
        bundle = row.sale_order_id.order_line.filtered(lambda line: line.product_id.type == "consu")
        first, second = bundle.product_id.mapped("default_code")[:2]
        self.deliver(row.sale_order_id, {first: 100})
        self.deliver(row.sale_order_id, {second: 100})
        self.deliver(row.sale_order_id)
        row.sale_order_id._create_invoices().action_post()
        self.send()
        shipments = self.in_magento("shipment", row)
        self.assertEqual([list(self.quantities(shipment)) for shipment in shipments[:2]], [[first], [second]])
        self.assertEqual({state for _kind, state in self.states(order_id=row.id)}, {"sent"})
        self.assertEqual(self.order(row)["status"], "complete")
        (invoice,) = self.in_magento("invoice", row)
        self.assertAlmostEqual(float(invoice["grand_total"]), row.grand_total)

    def test_a_bundle_shipped_together(self):
        row = self.take(TOGETHER)
        goods = row.sale_order_id.order_line.filtered(lambda line: line.product_id.type == "consu").product_id
        first, second = goods.mapped("default_code")[:2]
        part = self.deliver(row.sale_order_id, {first: 100})
        whole = self.deliver(row.sale_order_id, {second: 100})
        row.sale_order_id._create_invoices().action_post()
        self.send()
        self.assertEqual((part.magento_outbox_state, whole.magento_outbox_state), ("skipped", "sent"))
        self.assertIn("bundle", part.magento_outbox_message)
        self.assertEqual(len(self.in_magento("shipment", row)), 1)
        self.assertEqual(self.order(row)["status"], "complete")

    def test_virtual_products_are_not_delivered(self):
        row = self.take(VIRTUAL)
        self.assertFalse(row.sale_order_id.picking_ids)
        row.sale_order_id._create_invoices().action_post()
        self.send()
        self.assertEqual(self.states(order_id=row.id), [("invoice", "sent")])
        self.assertEqual(self.in_magento("shipment", row), [])


@tagged("post_install", "-at_install")
class TestQuantities(TransactionCase):
    """Whatever leaves in whatever parts: in the end Magento was told of everything, and never of too much."""

    def items(self, shipped_in_parts, sets, parts):
        """A simple item, a bundle and its parts."""
        empty = dict.fromkeys((field.name for field in fields(OrderItem)), Decimal(0))
        simple = OrderItem(
            **empty | {"item_id": 1, "parent_item_id": None, "qty_ordered": Decimal(1), "is_virtual": False}
        )
        bundle = replace(
            simple,
            item_id=10,
            product_type="bundle",
            qty_ordered=Decimal(sets),
            shipped_in_parts=shipped_in_parts,
        )
        children = [
            replace(simple, item_id=11 + place, parent_item_id=10, qty_ordered=Decimal(sets * each))
            for place, each in enumerate(parts)
        ]
        return [simple, bundle, *children]

    @settings(max_examples=300, deadline=None)
    @given(
        st.booleans(),
        st.integers(1, 4),
        st.lists(st.integers(1, 3), min_size=1, max_size=3),
        st.lists(st.dictionaries(st.integers(10, 13), st.integers(0, 5), max_size=3), max_size=6),
    )
    def test_bundles_in_parts(self, shipped_in_parts, sets, parts, deliveries):
        items = self.items(shipped_in_parts, sets, parts)
        ordered = {item.item_id: item.qty_ordered for item in items}
        lines = {item.item_id for item in items if item.item_id != 10}
        before, told = {}, {}
        rest = {key: ordered[key] for key in lines}
        for delivery in [*deliveries, None]:
            now = {key: min(Decimal(qty), rest[key]) for key, qty in (delivery or {}).items() if key in rest}
            if delivery is None:
                now = dict(rest)
            for key, quantity in document_quantities(items, before, now, "shipment", lines).items():
                told[key] = told.get(key, 0) + quantity
            for key, quantity in now.items():
                before[key] = before.get(key, 0) + quantity
                rest[key] -= quantity
        counted = {key for key in lines if shipped_in_parts or key < 10} | ({10} if not shipped_in_parts else set())
        self.assertEqual(told, {key: ordered[key] for key in counted})
