"""Odoo's categories in a store's tree."""

import time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..models.sync.run import SyncLoop
from .test_categories import SHIRTS, TSHIRTS, CategoryCase

SHOES = 11


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

    def test_the_counterpart_of_the_root_is_chosen(self):
        self.import_categories()
        saleable = self.category("Saleable", export=False)
        self.instance.store_view_ids.root_category_id.filtered(lambda row: row.magento_id == 2).category_id = saleable
        shoes = self.category("Sandals", saleable)
        self.export()
        self.assertEqual(self.there(shoes)["parent_id"], 2)
        self.assert_agreement()
        self.assertEqual((saleable.name, self.shop.shop.categories[2]["name"]), ("Saleable", "Main Catalog"))

    def test_renamed_moved_reordered_and_switched_off_in_odoo(self):
        self.import_categories()
        row, tshirts = self.link(SHIRTS), self.link(TSHIRTS)
        row.category_id.write({"name": "Blouses", "parent_id": self.link(3).category_id.id})
        tshirts.write({"is_active": False, "position": 7})
        self.shop.reset()
        self.assertEqual(self.export().failed_count, 0)
        shirts = self.there(row.category_id)
        self.assertEqual((shirts["name"], shirts["parent_id"], shirts["level"]), ("Blouses", 3, 2))
        self.assertEqual(
            (self.there(tshirts.category_id)["is_active"], self.there(tshirts.category_id)["position"]), (0, 7)
        )
        self.assertEqual(row.complete_name, "EU Catalog / Blouses")
        self.assertEqual((self.link(TSHIRTS).level, self.link(TSHIRTS).root_magento_id), (3, 3))
        self.assertLessEqual(self.shop.requests.total, 10)
        self.assert_agreement()

    def test_a_category_changes_places_with_the_one_above_it(self):
        self.import_categories()
        shirts, tshirts = self.link(SHIRTS).category_id, self.link(TSHIRTS).category_id
        tshirts.parent_id = shirts.parent_id
        shirts.parent_id = tshirts
        self.assertEqual(self.export().failed_count, 0)
        self.assertEqual(self.shop.shop.categories[SHIRTS]["parent_id"], TSHIRTS)
        self.assert_agreement()

    def test_each_side_put_one_below_the_other(self):
        self.import_categories()
        shirts, shoes = self.link(SHIRTS).category_id, self.link(SHOES).category_id
        shirts.parent_id = shoes
        self.magento(SHOES, parent_id=SHIRTS, level=4)
        self.export()
        self.assertEqual(self.of(shirts).state, "error")
        self.import_categories()
        self.assertEqual((shoes.parent_id, self.of(shirts).state), (shirts, "linked"))
        self.assertIn("parent category", shirts.message_ids[0].body)
        self.assert_agreement()

    def test_changed_on_both_sides(self):
        self.import_categories()
        shirts, tshirts = self.link(SHIRTS).category_id, self.link(TSHIRTS).category_id
        shirts.name, tshirts.name = "Mine", "Mine as well"
        self.magento(SHIRTS, name="Theirs", updated_at="2020-01-01 00:00:00")
        self.magento(TSHIRTS, name="Theirs as well")
        run = self.export()
        self.assertEqual((run.sent_count, run.skipped_count), (1, 1))
        self.assertEqual(self.there(shirts)["name"], "Mine")
        self.assertIn("Odoo's is newer", shirts.message_ids[0].body.unescape())
        self.assertEqual((self.there(tshirts)["name"], tshirts.name), ("Theirs as well", "Mine as well"))
        self.assertIn("import categories", self.of(tshirts).error)
        self.import_categories()
        self.assertEqual(tshirts.name, "Theirs as well")
        self.assert_agreement()

    def test_deleted_in_magento_is_reported_and_made_anew_by_button_only(self):
        self.import_categories()
        category = self.link(TSHIRTS).category_id
        del self.shop.shop.categories[TSHIRTS]
        self.assertEqual(self.export().skipped_count, 1)
        self.assertEqual(self.of(category).state, "gone")
        category.name = "Nothing to send"
        self.assertEqual(self.export().seen_count, 0)
        self.of(category).action_export_again()
        self.run_cron()
        self.assertEqual(self.there(category)["name"], "Nothing to send")
        self.assert_agreement()

    def test_deleted_in_odoo_stays_in_magento(self):
        tops = self.category("Tops")
        self.export()
        row = self.of(tops)
        tops.unlink()
        self.export()
        self.assertEqual(row.state, "unlinked")
        self.assertIn(row.magento_id, self.shop.shop.categories)
        again = self.category("Tops")
        self.export()
        self.assertEqual(self.of(again), row, "the one of that name is taken, not made a second time")

    def test_refused(self):
        self.import_categories()
        tops = self.category("Tops")
        below = self.category("Below", tops)
        self.instance.schedule_categories_export = True
        self.shop.misbehave("fault", "catalog_category.create", code=103, message="Invalid data given.")
        self.run_cron()
        row = self.of(tops)
        self.assertEqual((row.state, row.magento_id), ("error", 0))
        self.assertIn("Invalid data", row.error)
        self.assertEqual(self.there(below)["parent_id"], 2, "it stands under the nearest one that is there")
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0, "what was refused is not sent again by itself")
        self.export()
        self.assertEqual((row.state, self.there(below)["parent_id"]), ("linked", row.magento_id))
        self.assert_agreement()

    def test_on_schedule(self):
        self.import_categories()
        self.instance.schedule_categories_export = True
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)
        self.link(SHIRTS).category_id.name = "Blouses"
        self.run_cron()
        self.assertEqual(self.shop.shop.categories[SHIRTS]["name"], "Blouses")
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)

    def test_answers_that_are_lost(self):
        self.import_categories()
        tops = [self.category(f"Tops {number}") for number in range(4)]
        self.shop.misbehave("lost_answer", "catalog_category.create", times=2)
        self.export()
        made = [row["name"] for row in self.shop.shop.categories.values() if row["name"].startswith("Tops")]
        self.assertEqual(sorted(made), [category.name for category in tops])
        self.assert_agreement()

    def test_by_the_action_on_categories(self):
        tops = self.category("Tops", export=False)
        user = new_test_user(self.env, "exporter", "magento_connector.group_manager")
        tops.with_user(user).action_export_to_magento()
        self.run_cron()
        self.assertEqual(self.there(tops)["name"], "Tops")
        self.instance.action_disconnect()
        with self.assertRaises(UserError):
            tops.action_export_to_magento()

    def test_odd_names(self):
        self.import_categories()
        for name in ("<b>bold</b> & 'quoted'", "Ünï ☃", "  spaces   inside  ", "N" * 300, "bell \x07"):
            category = self.category(name)
            self.assertEqual(self.export().failed_count, 0, name)
            self.assertTrue(self.there(category), name)
        self.assert_agreement()

    def test_nothing_changed_among_two_thousand(self):
        rows = self.env["magento.category"].create(
            [
                {
                    "instance_id": self.instance.id,
                    "magento_id": 5000 + number,
                    "name": category.name,
                    "level": 2,
                    "category_id": category.id,
                }
                for number, category in enumerate(
                    self.env["product.category"].create([{"name": f"Category {number}"} for number in range(2000)])
                )
            ]
        )
        for row in rows:
            row.agreed = {"odoo": row._last("odoo"), "magento": row._last("magento")}
        self.instance.schedule_categories_export = True
        self.env.invalidate_all()
        self.env.flush_all()
        with SyncLoop(self.env["magento.run"], self.instance, "categories_export", False) as loop:
            begin = time.monotonic()
            with self.assertQueryCount(20):
                self.assertFalse(list(self.env["magento.category"]._export_batches(loop, False)))
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(self.shop.requests.total, 0)

    def test_a_deep_tree_and_an_interruption(self):
        self.import_categories()
        create = self.env["product.category"].with_context(tracking_disable=True, mail_create_nolog=True).create
        tops = create([{"name": f"Top {number}", "magento_instance_ids": self.instance.ids} for number in range(20)])
        for _level in range(9):
            tops = create(
                [
                    {"name": f"Sub {top.id}", "parent_id": top.id, "magento_instance_ids": self.instance.ids}
                    for top in tops
                ]
            )
        self.shop.misbehave("http_502", "catalog_category.create", after=70, times=None)
        run = self.env["magento.run"].browse(self.instance.action_export_categories()["res_id"])
        self.run_cron()
        self.assertEqual((run.state, run.sent_count), ("stopped", 60))
        self.shop.reset()
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count), (140, 0))
        self.assertEqual(self.shop.requests.calls["catalog_category.create"], 130, "ten were there already")
        self.assertLessEqual(run.request_count, 140 + 10)
        self.assert_agreement()


class CategoryNameCase(CategoryExportCase):
    """Names per store view."""

    GERMAN = 3

    def setUp(self):
        super().setUp()
        self.addCleanup(self.shop.shop.category_translations.clear)
        self.view = self.instance.store_view_ids.filtered(lambda view: view.magento_id == self.GERMAN)
        self.number = next(
            number
            for number, row in self.shop.shop.categories.items()
            if row["parent_id"] == self.shop.shop.root_categories[self.view.website_id.magento_id]
        )

    def magento_says(self, name, **changes):
        self.shop.shop.category_translations[self.number, self.GERMAN] = {"name": name}
        self.magento(self.number, **changes)

    def name(self):
        return self.link(self.number).name_ids

    def shown(self):
        return self.shop.shop.category_translations.get((self.number, self.GERMAN), {}).get("name")


class TestCategoryNames(CategoryNameCase):
    def test_import(self):
        self.magento_says("Namen")
        self.import_categories()
        names = self.env["magento.category.name"].search([])
        self.assertEqual([(one.row_id.magento_id, one.name) for one in names], [(self.number, "Namen")])
        self.assertNotEqual(names.row_id.category_id.name, "Namen")
        self.assert_agreement()
        self.magento_says("Anders")
        self.import_categories()
        self.assertEqual(self.name().name, "Anders")

    def test_export(self):
        self.import_categories()
        row = self.link(self.number)
        row.name_ids = [Command.create({"store_view_id": self.view.id, "name": "Neu 😀"})]
        default = row.name
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.shown(), "Neu ????")
        self.assertEqual(self.shop.shop.categories[self.number]["name"], default)
        self.assert_agreement()
        self.assertEqual(self.name().name, "Neu 😀")
        self.instance.schedule_categories_export = True
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)
        self.name().name = "Noch neuer"
        self.run_cron()
        self.assertEqual(self.shown(), "Noch neuer")

    def test_who_may(self):
        self.magento_says("Namen")
        self.import_categories()
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(self.env, "reader", "magento_connector.group_user")
        stranger = new_test_user(
            self.env, "stranger", "magento_connector.group_manager", company_id=other.id, company_ids=[other.id]
        )
        self.assertEqual(self.name().with_user(user).name, "Namen")
        with self.assertRaises(AccessError):
            self.name().with_user(user).name = "Mine"
        self.assertFalse(self.env["magento.category.name"].with_user(stranger).search([]))

    def test_changed_on_both_sides(self):
        self.magento_says("Namen")
        self.import_categories()
        self.name().name = "Mein Name"
        self.magento_says("Deren Name", updated_at="2099-01-01 00:00:00")
        self.assertEqual(self.export().sent_count, 0)
        self.import_categories()
        self.assertEqual(self.name().name, "Deren Name")
        self.name().name = "Mein Name"
        self.magento_says("Zu alt", updated_at="2020-01-01 00:00:00")
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.shown(), "Mein Name")
        self.assert_agreement()

    def test_refused(self):
        self.magento_says("Namen")
        self.import_categories()
        self.name().name = "Mein Name"
        self.instance.schedule_categories_export = True
        self.shop.misbehave("fault", "catalog_category.update", code=103, message="Not that one.")
        self.run_cron()
        self.assertIn("Not that one", self.link(self.number).error)
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.shop.requests.total, 0)
        self.name().name = "Besser"
        self.run_cron()
        self.assertEqual(self.shown(), "Besser")


class TestBringAlong(CategoryExportCase):
    def bring_along(self, categories):
        """Export a product in each of these categories; returns where Magento has them: ``{category id: numbers}``."""
        products = self.env["product.product"].create(
            [{"name": one.name, "default_code": f"BRING-{one.id}", "categ_id": one.id} for one in categories]
        )
        wizard = {"instance_id": self.instance.id, "product_ids": products.ids}
        self.shop.reset()
        self.env["magento.product.export.wizard"].create(wizard).action_export()
        self.run_cron()
        made = {one.categ_id.id: self.shop.shop.products.by_natural(one.default_code).full() for one in products}
        return {number: row["categories"] for number, row in made.items()}

    def test_what_products_need(self):
        self.import_categories()
        linked = self.link(SHIRTS).category_id
        tops = self.category("Tops")
        shirts, stray = self.category("Shirts", tops), self.category("Stray", export=False)
        inner, below = self.category("Inner", shirts, export=False), self.category("Below", linked, export=False)
        found = self.bring_along(shirts | stray | inner | below | linked)
        calls = self.shop.requests.calls
        self.assertEqual(calls["catalog_category.create"], 2)
        number, run = self.of(shirts).magento_id, self.env["magento.run"].search([], limit=1)
        self.assertEqual(
            found, {shirts.id: [number], stray.id: [], inner.id: [number], below.id: [SHIRTS], linked.id: [SHIRTS]}
        )
        self.assertEqual((run.seen_count, run.sent_count), (5, 5), "products count, not what they bring along")
        self.assertEqual(self.there(shirts)["parent_id"], self.of(tops).magento_id)
        self.assert_agreement()

    def test_the_default_category(self):
        self.import_categories()
        self.instance.default_category_id = self.link(SHIRTS)
        stray = self.category("Stray", export=False)
        self.assertEqual(self.bring_along(stray), {stray.id: [SHIRTS]})
        self.assertFalse([name for name in self.shop.requests.calls if name.startswith("catalog_category.")])

    def test_a_shop_whose_tree_was_never_read(self):
        tops = self.category("Tops")
        self.bring_along(tops)
        self.assertEqual(self.there(tops)["parent_id"], 2)

    def test_one_that_is_there_already_is_linked(self):
        self.import_categories()
        above = self.link(SHIRTS).category_id
        self.shop.shop.categories[900] = dict(
            self.shop.shop.categories[SHIRTS], category_id=900, parent_id=SHIRTS, level=4, name="There already "
        )
        mine = self.category("There already", above)
        self.assertEqual(self.bring_along(mine), {mine.id: [900]})
        self.import_categories()
        self.assert_agreement()


class TestCategoryExportSoap(CategoryExportCase):
    protocol = "soap_v1"

    def test_both_ways(self):
        self.import_categories()
        new, shirts = self.category("Tops"), self.link(SHIRTS).category_id
        below = self.category("Öle & <Essige> 😀", new)
        shirts.write({"name": "Blouses", "parent_id": self.link(3).category_id.id})
        self.link(TSHIRTS).is_active = False
        self.magento(SHOES, name="Boots and more")
        self.assertEqual(self.export().failed_count, 0)
        self.assertEqual(self.there(below)["parent_id"], self.of(new).magento_id)
        self.assertEqual((self.there(shirts)["name"], self.there(shirts)["parent_id"]), ("Blouses", 3))
        self.assertEqual(self.shop.shop.categories[TSHIRTS]["is_active"], 0)
        self.import_categories()
        self.assertEqual(self.link(SHOES).category_id.name, "Boots and more")
        self.assert_agreement()


class TestCategoryExportSoapV2(TestCategoryExportSoap):
    allow_inherited_tests_method = True
    protocol = "soap_v2"


class TestCategoryExportWsi(TestCategoryExportSoap):
    allow_inherited_tests_method = True
    shop_settings = {"recorded_only": True, "wsi": True}
    protocol = "soap_v2_wsi"
