"""The category tree of a store, in Odoo."""

from .common import MagentoCase

SHIRTS, TSHIRTS = 5, 6


class CategoryCase(MagentoCase):
    def import_categories(self):
        """Press Import Categories, and wait for the end; returns the run."""
        action = self.instance.action_import_categories()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def link(self, number):
        return self.env["magento.category"].search(
            [("instance_id", "=", self.instance.id), ("magento_id", "=", number)]
        )

    def magento(self, number, **changes):
        """Change a category in the store, now unless ``updated_at`` says when."""
        self.shop.shop.categories[number].update({"updated_at": self.shop.shop.now()} | changes)

    def setUp(self):
        super().setUp()
        rows = {number: dict(row) for number, row in self.shop.shop.categories.items()}
        self.addCleanup(lambda: (self.shop.shop.categories.clear(), self.shop.shop.categories.update(rows)))


class TestCategories(CategoryCase):
    def test_the_whole_tree(self):
        run = self.import_categories()
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        rows = self.env["magento.category"].search([("instance_id", "=", self.instance.id)])
        store = {number: row for number, row in self.shop.shop.categories.items() if number != 1}
        self.assertEqual(set(rows.mapped("magento_id")), set(store))
        self.assertEqual(len(rows.category_id), len(rows))
        for row in rows:
            self.assertEqual(row.category_id.name, store[row.magento_id]["name"].strip())
            above = self.link(store[row.magento_id]["parent_id"])
            self.assertEqual(row.category_id.parent_id, above.category_id)
        roots = set(self.instance.store_view_ids.root_category_id.mapped("magento_id"))
        self.assertEqual(roots, set(self.shop.shop.root_categories.values()))

    def test_a_second_run_writes_nothing(self):
        self.import_categories()
        before = self.env["magento.category"].search([]).read(["received_at", "write_date", "state"])
        self.shop.reset()
        run = self.import_categories()
        self.assertEqual((run.seen_count, run.imported_count), (0, 0))
        self.assertLessEqual(self.shop.requests.total, 10 + len(self.instance.store_view_ids))
        self.assertEqual(self.env["magento.category"].search([]).read(["received_at", "write_date", "state"]), before)

    def test_matched_by_name_and_place_before_created(self):
        root = self.env["product.category"].create({"name": self.shop.shop.categories[2]["name"]})
        elsewhere = self.env["product.category"].create({"name": "Shirts"})
        self.import_categories()
        self.assertEqual(self.link(2).category_id, root)
        self.assertNotEqual(self.link(SHIRTS).category_id, elsewhere)
        self.assertEqual(self.link(SHIRTS).category_id.parent_id.parent_id, root)

    def test_renamed_moved_and_switched_off_in_magento(self):
        self.import_categories()
        shirts = self.link(SHIRTS).category_id
        self.magento(SHIRTS, name="Blouses", parent_id=3, level=2, position=99, is_active=0)
        self.import_categories()
        self.assertEqual(self.link(SHIRTS).category_id, shirts)
        self.assertEqual((shirts.name, shirts.parent_id), ("Blouses", self.link(3).category_id))
        self.assertFalse(self.link(SHIRTS).is_active)

    def test_what_was_renamed_in_odoo_alone_stays(self):
        self.import_categories()
        category = self.link(SHIRTS).category_id
        category.name = "Our shirts"
        self.import_categories()
        self.assertEqual(category.name, "Our shirts")
        self.magento(SHIRTS, name="Their shirts")
        self.import_categories()
        self.assertEqual(category.name, "Their shirts")
        self.assertIn("Magento's is newer", category.message_ids[0].body.unescape())
        category.name = "Mine"
        self.magento(SHIRTS, name="Too late", updated_at="2020-01-01 00:00:00")
        self.import_categories()
        self.assertEqual(category.name, "Mine")
        self.assertIn("Odoo's is newer", category.message_ids[0].body.unescape())
        self.assertEqual(self.import_categories().seen_count, 0, "it is said once")

    def test_deleted_in_magento_is_reported_and_stays(self):
        self.import_categories()
        row = self.link(TSHIRTS)
        del self.shop.shop.categories[TSHIRTS]
        self.import_categories()
        self.assertEqual(row.state, "gone")
        self.assertIn("deleted in Magento", row.error)
        self.assertTrue(row.category_id.exists())
        self.assertEqual(self.import_categories().skipped_count, 0, "it is reported once")

    def test_deleted_in_odoo_is_reported_and_not_made_again(self):
        self.import_categories()
        row, below = self.link(SHIRTS), self.link(TSHIRTS)
        row.category_id.unlink()
        self.import_categories()
        self.assertEqual((row + below).mapped("state"), ["unlinked", "unlinked"])
        self.assertFalse(row.category_id | below.category_id)
        (row + below).action_import_again()
        self.run_cron()
        self.assertEqual((row + below).mapped("state"), ["linked", "linked"])
        self.assertEqual(below.category_id.parent_id, row.category_id)

    def test_a_chosen_root_is_kept(self):
        self.import_categories()
        view = self.instance.store_view_ids[0]
        other = self.env["magento.category"].search(
            [("level", "=", 1), ("id", "!=", view.root_category_id.id), ("instance_id", "=", self.instance.id)], limit=1
        )
        self.instance.store_view_ids.root_category_id = other
        self.import_categories()
        self.assertEqual(view.root_category_id, other)
        self.assertEqual(self.link(SHIRTS).state, "linked", "a tree that no store has is not looked at")

    def test_names_that_are_odd(self):
        for name in ("<script>alert(1)</script>", "Ünï ☃ 😀", "  spaces  ", "N" * 300):
            self.magento(TSHIRTS, name=name)
            self.assertEqual(self.import_categories().failed_count, 0)
        self.assertEqual(self.link(TSHIRTS).category_id.name, "N" * 300)

    def test_trouble_on_the_way_and_then_in_peace(self):
        self.shop.misbehave("http_502", "catalog_category.tree", times=None)
        self.assertEqual(self.import_categories().state, "stopped")
        self.shop.reset()
        self.assertEqual(self.import_categories().state, "done")
        self.assertEqual(self.link(TSHIRTS).state, "linked")

    def test_two_thousand(self):
        tree = self.shop.shop.categories
        for number in range(1000, 2960):
            parent = 2 if number < 1020 else number - 20
            tree[number] = dict(tree[SHIRTS], category_id=number, parent_id=parent, name=f"Category {number}")
            tree[number]["level"] = tree[parent]["level"] + 1 if parent == 2 or number % 20 else 3
        for number in range(1020, 2960):
            tree[number].update(parent_id=1000 + number % 20, level=3)
        run = self.import_categories()
        self.assertEqual(run.failed_count, 0)
        self.assertLessEqual(run.request_count, 30)
        self.assertEqual(len(self.env["magento.category"].search([("state", "=", "linked")]).category_id), 1960 + 45)


class TestCategoriesSoap(CategoryCase):
    protocol = "soap_v2"

    def test_the_tree_over_soap_v2(self):
        self.assertEqual(self.import_categories().failed_count, 0)
        self.assertEqual(self.link(TSHIRTS).category_id.parent_id, self.link(SHIRTS).category_id)
        self.assertEqual(self.import_categories().seen_count, 0)
