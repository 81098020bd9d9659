"""Random edits of a category tree on both sides, until both agree."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .test_category_export import CategoryExportCase

NUMBERS = st.integers(0, 60)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["odoo", "magento"]),
        st.sampled_from(["rename", "move", "place", "switch", "new"]),
        NUMBERS,
        NUMBERS,
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class TestCategoryAgreement(CategoryExportCase):
    def edit_odoo(self, what, number, other, _late):
        rows = self.env["magento.category"].search([("instance_id", "=", self.instance.id), ("level", ">", 1)])
        row, target = rows[number % len(rows)], rows[other % len(rows)]
        if what == "rename":
            row.category_id.name = f"Name {other}"
        elif what == "place":
            row.position = other % 5
        elif what == "switch":
            row.is_active = not row.is_active
        elif what == "new":
            self.category(f"New {number}", target.category_id)
        elif row.category_id.id not in [int(part) for part in target.category_id.parent_path.split("/") if part]:
            row.category_id.parent_id = target.category_id

    def edit_magento(self, what, number, other, late):
        tree = self.shop.shop.categories
        numbers = [key for key, row in sorted(tree.items()) if row["level"] > 1]
        key, target = numbers[number % len(numbers)], numbers[other % len(numbers)]
        moment = self.shop.shop.now() if late else "2020-01-01 00:00:00"
        if what == "rename":
            self.magento(key, name=f"Called {other}", updated_at=moment)
        elif what == "place":
            self.magento(key, position=other % 5, updated_at=moment)
        elif what == "switch":
            self.magento(key, is_active=1 - tree[key]["is_active"], updated_at=moment)
        elif what == "new":
            new = max(tree) + 1
            tree[new] = dict(tree[target], category_id=new, parent_id=target, name=f"Made {number}", position=99)
            tree[new]["level"] = tree[target]["level"] + 1
        else:
            above = target
            while above and above != key:
                above = tree[above]["parent_id"]
            if not above:
                self.magento(key, parent_id=target, updated_at=moment)
                self.set_levels(target)

    def set_levels(self, above):
        for row in self.shop.shop.categories.values():
            if row["parent_id"] == above and row["category_id"] != above:
                row["level"] = self.shop.shop.categories[above]["level"] + 1
                self.set_levels(row["category_id"])

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(edits=EDITS)
    def test_random_edits(self, edits):
        start = {number: dict(row) for number, row in self.shop.shop.categories.items()}
        savepoint = self.env.cr.savepoint()
        try:
            self.import_categories()
            for side, *edit in edits:
                (self.edit_odoo if side == "odoo" else self.edit_magento)(*edit)
            for _time in range(3):
                self.import_categories()
                self.export()
            self.assert_the_same()
            self.assert_agreement()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.shop.shop.categories.clear()
            self.shop.shop.categories.update(start)

    def assert_the_same(self):
        rows = self.env["magento.category"].search([("instance_id", "=", self.instance.id)])
        self.assertEqual(set(rows.mapped("state")), {"linked"})
        tree = self.shop.shop.categories
        self.assertEqual(set(rows.mapped("magento_id")), set(tree) - {1})
        for row in rows:
            there = tree[row.magento_id]
            self.assertEqual(row.category_id.name, there["name"].strip())
            self.assertEqual((row.position, row.is_active), (there["position"], bool(there["is_active"])))
            if row.level > 1:
                above = rows.filtered(lambda one, there=there: one.magento_id == there["parent_id"])
                self.assertEqual(row.category_id.parent_id, above.category_id)
