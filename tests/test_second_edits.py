"""What is edited in Odoo while Magento is being told is sent as well, by the next run."""

from odoo import Command

from .test_categories import SHIRTS
from .test_category_export import CategoryExportCase, CategoryNameCase
from .test_product_images import ImageCase, colour_of, picture
from .test_product_views import EU_DE, ViewCase
from .test_products import CHAIR
from .test_stock import StockCase


class TestProductEdits(ViewCase):
    def setUp(self):
        super().setUp()
        self.instance.schedule_product_export = True

    def again(self):
        """The scheduled action comes round, and then once more: that has nothing to do."""
        self.run_cron()
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.shop.requests.total, "nothing has changed since")

    def test_values(self):
        product = self.linked("EDIT-1").product_id
        for method in ("catalog_product.info", "catalog_product.update"):
            product.name = f"First before {method}"
            self.meanwhile(method, lambda method=method: product.write({"name": f"Second at {method}"}))
            self.run_cron()
            self.again()
            self.assertEqual(self.in_magento("EDIT-1")["name"], f"Second at {method}")
        self.assertFalse(self.link("EDIT-1").note, "our own change is not somebody else's")

    def test_a_product_that_is_made(self):
        product = self.make("EDIT-NEW", name="First")
        self.meanwhile("catalog_product.create", lambda: product.write({"name": "Second"}))
        self.export(product)
        self.again()
        self.assertEqual(self.in_magento("EDIT-NEW")["name"], "Second")

    def test_one_that_somebody_asks_for_again(self):
        """Nothing is sent by itself in this shop."""
        link = self.linked("EDIT-ASKED")
        self.instance.schedule_product_export = False
        link.product_id.name = "First"

        def ask_again():
            link.product_id.name = "Second"
            link.action_export()

        self.meanwhile("catalog_product.update", ask_again)
        link.action_export()
        self.run_cron()
        self.again()
        self.assertEqual(self.in_magento("EDIT-ASKED")["name"], "Second")

    def test_what_magento_refuses(self):
        link = self.linked("EDIT-REFUSED")
        link.product_id.name = "First"
        self.shop.misbehave("fault", "catalog_product.update", code="102", message="Not that name.")
        self.meanwhile("catalog_product.update", lambda: link.product_id.write({"name": "Second"}))
        self.run_cron()
        self.again()
        self.assertEqual(self.in_magento("EDIT-REFUSED")["name"], "Second")
        self.assertFalse(link.export_error)

    def test_what_magento_has_changed_as_well(self):
        """The first look finds Magento's name to be taken; somebody enters another one before it is written."""
        link = self.linked("EDIT-BOTH")
        link.product_id.list_price = 77
        self.magento("EDIT-BOTH", name="Magento's")
        self.meanwhile("catalog_product.update", lambda: link.product_id.write({"name": "Odoo's, later"}))
        self.run_cron()
        self.again()
        self.assertEqual((self.in_magento("EDIT-BOTH")["name"], link.product_id.name), ("Odoo's, later",) * 2)
        self.assertEqual(self.in_magento("EDIT-BOTH")["price"], "77.0000")

    def test_texts_of_store_views(self):
        self.mapping("name").scope = "store"
        self.linked(CHAIR)
        self.german(CHAIR, name="Stuhl")
        self.run_cron()
        for method in ("catalog_product.info", "catalog_product.update"):
            self.german(CHAIR, name=f"Sessel vor {method}")
            self.meanwhile(method, lambda method=method: self.german(CHAIR, name=f"Sitz bei {method}"))
            self.run_cron()
            self.again()
            self.assertEqual(self.seen_in(CHAIR, EU_DE)["name"], f"Sitz bei {method}")

    def test_prices_of_websites(self):
        self.mapping("price").scope = "website"
        rule = {"applied_on": "3_global", "compute_price": "percentage", "percent_price": 10}
        self.pricelist.item_ids = [Command.create(rule)]
        self.eu.pricelist_id = self.pricelist
        self.linked("EDIT-PRICE", price="100.0000")
        self.pricelist.item_ids.percent_price = 20
        self.meanwhile("catalog_product.update", lambda: self.pricelist.item_ids.write({"percent_price": 30}))
        self.run_cron()
        self.again()
        view = self.eu.store_view_ids[0].magento_id
        self.assertEqual(self.seen_in("EDIT-PRICE", view)["price"], "70.0000")


class TestPictureEdits(ImageCase):
    def test_another_picture(self):
        self.linked(CHAIR)
        self.instance.schedule_product_export = True
        for method, first, second in (
            ("catalog_product_attribute_media.list", "red", "blue"),
            ("catalog_product_attribute_media.create", "yellow", "green"),
        ):
            self.draw(CHAIR, first)
            self.meanwhile(method, lambda second=second: self.draw(CHAIR, second))
            self.run_cron()
            self.run_cron()
            (row,) = self.there(CHAIR)
            self.assertEqual(self.colour(CHAIR), colour_of(picture(second)))
            self.assertEqual(self.colour(CHAIR), colour_of(self.shop.shop.media[row["file"]]))
            self.nothing_to_send()


class TestCategoryEdits(CategoryExportCase):
    def setUp(self):
        super().setUp()
        self.import_categories()
        self.instance.schedule_categories_export = True

    def test_names_places_and_activity(self):
        shirts = self.link(SHIRTS).category_id
        other = self.link(3).category_id
        for method, first, second in (
            ("catalog_category.update", {"name": "First"}, {"name": "Second"}),
            ("catalog_category.move", {"parent_id": other.id}, {"parent_id": shirts.parent_id.id}),
        ):
            with self.subTest(method):
                shirts.write(first)
                self.meanwhile(method, lambda second=second: shirts.write(second))
                self.run_cron()
                self.run_cron()
                self.assertEqual(self.there(shirts)["name"], shirts.name)
                self.assertEqual(self.there(shirts)["parent_id"], self.of(shirts.parent_id).magento_id)
                self.assert_agreement()
        row = self.link(SHIRTS)
        row.is_active = False
        self.meanwhile("catalog_category.update", lambda: row.write({"is_active": True}))
        self.run_cron()
        self.run_cron()
        self.assertEqual(self.there(shirts)["is_active"], 1)
        self.assert_agreement()

    def test_one_that_is_made_or_refused(self):
        for refused in (False, True):
            with self.subTest(refused=refused):
                tops = self.category(f"First {refused}")
                if refused:
                    self.shop.misbehave("fault", "catalog_category.create", code=102, message="Not that name.")
                self.meanwhile("catalog_category.create", lambda tops=tops: tops.write({"name": f"Second {tops.id}"}))
                self.run_cron()
                self.shop.reset()
                self.run_cron()
                self.assertEqual(self.there(tops)["name"], f"Second {tops.id}")
                self.assert_agreement()


class TestCategoryNameEdits(CategoryNameCase):
    def test_another_name(self):
        self.import_categories()
        self.instance.schedule_categories_export = True
        self.link(self.number).name_ids = [Command.create({"store_view_id": self.view.id, "name": "Erster"})]
        self.meanwhile("catalog_category.update", lambda: self.name().write({"name": "Zweiter"}))
        self.run_cron()
        self.assertEqual(self.shown(), "Erster")
        self.run_cron()
        self.assertEqual(self.shown(), "Zweiter")
        self.assert_agreement()


class TestStockEdits(StockCase):
    def test_a_quantity(self):
        self.confirm(schedule_stock=True)
        self.send()
        self.put(5, self.products[0])
        self.meanwhile("*", lambda: self.put(2, self.products[0]))
        self.run_cron()
        self.assertEqual(self.in_magento("SMP-0001"), (15, 1))
        self.run_cron()
        self.assertEqual(self.in_magento("SMP-0001"), (17, 1))

    def test_one_that_somebody_asks_for_again(self):
        self.confirm()
        self.send()
        link = self.links[0]
        self.put(5, self.products[0])

        def ask_again():
            self.put(2, self.products[0])
            link.action_send_stock()

        self.meanwhile("*", ask_again)
        self.run_of(link.action_send_stock())
        self.run_cron()
        self.assertEqual(self.in_magento("SMP-0001"), (17, 1))
        self.assertFalse(link.stock_requested)
        self.shop.reset()
        self.run_cron()
        self.assertFalse(self.shop.requests.total)
