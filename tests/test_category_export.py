"""Odoo's categories in a store's tree."""

from ..models.magento_run import SyncLoop
from .test_categories import SHIRTS, CategoryCase


class CategoryExportCase(CategoryCase):
    def category(self, name, parent=None, export=True, **values):
        return self.env["product.category"].create(
            {
                "name": name,
                "parent_id": parent.id if parent else False,
                "magento_instance_ids": self.instance.ids if export else [],
                **values,
            }
        )

    def export(self):
        """Press Export Categories, and wait for the end; returns the run."""
        action = self.instance.action_export_categories()
        self.run_cron()
        run = self.env["magento.run"].browse(action["res_id"])
        self.assertEqual(run.state, "done", run.message)
        return run

    def of(self, category):
        """The row of an Odoo category."""
        return category.magento_category_ids.filtered(lambda row: row.instance_id == self.instance)

    def there(self, category):
        """The category of the store that stands for an Odoo category."""
        return self.shop.shop.categories.get(self.of(category).magento_id)

    def assert_agreement(self):
        """Nothing is left to do in either direction."""
        self.shop.reset()
        run = self.import_categories()
        self.assertEqual((run.seen_count, run.imported_count, run.failed_count), (0, 0, 0))
        run = self.export()
        self.assertEqual((run.seen_count, run.sent_count, run.failed_count), (0, 0, 0))
        writes = ("create", "update", "move", "delete")
        self.assertFalse([name for name in self.shop.requests.calls if name.rpartition(".")[2] in writes])


class TestCategoryExport(CategoryExportCase):
    def test_a_new_branch(self):
        tops = self.category("Tops")
        skipped = self.category("Internal", tops, export=False)
        shirts = self.category("Long shirts 😀", skipped)
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count), (2, 0))
        root = self.instance.store_view_ids[0].root_category_id
        self.assertEqual(self.there(tops)["parent_id"], root.magento_id)
        self.assertEqual(self.there(shirts)["parent_id"], self.of(tops).magento_id)
        self.assertEqual(self.there(shirts)["name"], "Long shirts ????", "Magento cannot keep more")
        self.assertFalse(self.of(skipped))
        self.assertFalse(root.category_id, "the root is Magento's alone")
        self.import_categories()
        self.assert_agreement()
        self.assertEqual((shirts.name, shirts.parent_id), ("Long shirts 😀", skipped))


class TestBringAlong(CategoryExportCase):
    def bring_along(self, categories):
        with SyncLoop(self.env["magento.run"], self.instance, "categories_export", True) as loop:
            return self.env["magento.category"]._bring_along(loop, categories)

    def test_what_products_need(self):
        self.import_categories()
        linked = self.link(SHIRTS).category_id
        tops = self.category("Tops")
        shirts, stray = self.category("Shirts", tops), self.category("Stray", export=False)
        inner, below = self.category("Inner", shirts, export=False), self.category("Below", linked, export=False)
        self.shop.reset()
        found = self.bring_along(shirts | stray | inner | below | linked)
        self.assertEqual(self.shop.requests.calls["catalog_category.create"], 2)
        self.assertLessEqual(self.shop.requests.total, 7)
        number = self.of(shirts).magento_id
        self.assertEqual(found, {shirts.id: number, inner.id: number, below.id: SHIRTS, linked.id: SHIRTS})
        self.assertEqual(self.there(shirts)["parent_id"], self.of(tops).magento_id)
        self.instance.default_category_id = self.link(SHIRTS)
        self.shop.reset()
        self.assertEqual(self.bring_along(stray | shirts), {stray.id: SHIRTS, shirts.id: number})
        self.assertEqual(self.shop.requests.total, 0)
        self.assert_agreement()

    def test_a_shop_whose_tree_was_never_read(self):
        tops = self.category("Tops")
        found = self.bring_along(tops)
        self.assertEqual(self.shop.shop.categories[found[tops.id]]["parent_id"], 2)

    def test_one_that_is_there_already_is_linked(self):
        self.import_categories()
        above = self.link(SHIRTS).category_id
        self.shop.shop.categories[900] = dict(
            self.shop.shop.categories[SHIRTS], category_id=900, parent_id=SHIRTS, level=4, name="There already "
        )
        mine = self.category("There already", above)
        self.assertEqual(self.bring_along(mine), {mine.id: 900})
        self.import_categories()
        self.assert_agreement()
