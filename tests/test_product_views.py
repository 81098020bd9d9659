"""What store views and websites show of products, in Odoo."""

from odoo import Command, fields
from odoo.exceptions import ValidationError

from .export_common import ExportCase
from .test_products import CHAIR

EN, EU_EN, EU_DE = 1, 2, 3


class ViewCase(ExportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        for view in cls.instance.store_view_ids:
            view.lang_id = cls.env["res.lang"]._lang_get("de_DE" if view.code.endswith("de") else "en_US")
        cls.pricelist = cls.env["product.pricelist"].create({"name": "EU", "currency_id": cls.env.ref("base.USD").id})
        cls.eu = cls.instance.website_ids.filtered(lambda site: EU_DE in site.store_view_ids.mapped("magento_id"))

    def shows(self, sku, view, later=False, **values):
        """A store view is given values of its own."""
        number = self.in_magento(sku)["product_id"]
        self.shop.shop.product_translations.setdefault((number, view), {}).update(values)
        self.magento(sku, **({"updated_at": "2099-01-01 00:00:00"} if later else {}))

    def german(self, sku, **write):
        product = self.link(sku).product_id.with_context(lang="de_DE")
        if write:
            product.write(write)
        return product.name

    def price(self, sku, date=False):
        return self.pricelist._get_product_price(self.link(sku).product_id, 1.0, date=date)

    def quiet_run(self):
        """Nothing has changed: an import by SKU, which reads all anew, writes nothing."""
        self.env.flush_all()
        product, before = self.link(CHAIR).product_id, self.pricelist.item_ids.mapped("write_date")
        dates = (product.write_date, product.product_tmpl_id.write_date)
        self.by_sku(CHAIR)
        self.assertEqual((product.write_date, product.product_tmpl_id.write_date), dates)
        self.assertEqual(self.pricelist.item_ids.mapped("write_date"), before)


class TestTexts(ViewCase):
    def setUp(self):
        super().setUp()
        self.mapping("name").scope = "store"

    def test_a_translation(self):
        self.magento(CHAIR, name="Chair")
        self.shows(CHAIR, EU_DE, name="Stuhl")
        self.by_sku(CHAIR)
        self.assertEqual((self.link(CHAIR).product_id.name, self.german(CHAIR)), ("Chair", "Stuhl"))
        self.quiet_run()
        self.shows(CHAIR, EU_DE, name="Sessel")
        self.by_sku(CHAIR)
        self.assertEqual((self.link(CHAIR).product_id.name, self.german(CHAIR)), ("Chair", "Sessel"))

    def test_a_store_view_without_a_text_of_its_own(self):
        self.by_sku("SMP-0050")
        template = self.link("SMP-0050").product_id.product_tmpl_id
        self.assertNotIn("de_DE", template._fields["name"]._get_stored_translations(template))

    def test_what_odoo_changed_alone_stays_and_goes_to_magento(self):
        self.magento(CHAIR, name="Chair", price="10.0000", weight="1.5000")
        self.shows(CHAIR, EU_DE, name="Stuhl")
        self.by_sku(CHAIR)
        self.german(CHAIR, name="Sitz")
        self.by_sku(CHAIR)
        self.assertEqual(self.german(CHAIR), "Sitz")
        self.export()
        self.assertEqual(self.seen_in(CHAIR, EU_DE)["name"], "Sitz")
        self.assertEqual(self.in_magento(CHAIR)["name"], "Chair")
        self.quiet_run()

    def test_changed_on_both_sides(self):
        self.magento(CHAIR, name="Chair")
        self.shows(CHAIR, EU_DE, name="Stuhl")
        self.by_sku(CHAIR)
        self.german(CHAIR, name="Sitz")
        self.shows(CHAIR, EU_DE, later=True, name="Sessel")
        self.by_sku(CHAIR)
        self.assertEqual(self.german(CHAIR), "Sessel")
        self.assertIn("Magento's is newer", self.link(CHAIR).note)
        self.german(CHAIR, name="Sitz")
        self.shows(CHAIR, EU_DE, name="Hocker")
        self.magento(CHAIR, updated_at="2020-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(self.german(CHAIR), "Sitz")
        self.assertIn("Odoo's is newer", self.link(CHAIR).note)

    def test_queries(self):
        """What was read before, and has not changed, costs queries per batch."""
        self.mapping("price").write({"scope": "website", "direction": "both"})
        self.eu.pricelist_id = self.pricelist
        counts = []
        for count in (20, 120):
            skus = [f"SMP-{number:04}" for number in range(1, count + 1)]
            self.by_sku(*skus)
            before = self.cr.sql_log_count
            self.by_sku(*skus)
            counts.append(self.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 80, "for 100 products")

    def test_requests(self):
        skus = [f"SMP-{number:04}" for number in range(1, 101)]
        run = self.by_sku(*skus)
        self.assertEqual(self.shop.requests.calls["catalog_product.info"], 200, "one language needs a second look")
        self.assertLessEqual(run.request_count, 2 + 2 + 30)
        self.mapping("name").scope = "global"
        self.shop.reset()
        self.by_sku(*skus)
        self.assertEqual(self.shop.requests.calls["catalog_product.info"], 100)

    def test_switched_on_later(self):
        self.mapping("name").scope = "global"
        self.magento(CHAIR, name="Chair")
        self.shows(CHAIR, EU_DE, name="Stuhl")
        self.by_sku(CHAIR)
        self.assertEqual(self.german(CHAIR), "Chair")
        self.mapping("name").scope = "store"
        self.by_sku("SMP-0002")
        self.assertEqual(self.german(CHAIR), "Stuhl")


class TestPrices(ViewCase):
    def setUp(self):
        super().setUp()
        self.eu.pricelist_id = self.pricelist
        self.mapping("price").scope = "website"

    def test_a_price_of_a_website(self):
        self.magento(CHAIR, price="10.0000")
        self.shows(CHAIR, EU_EN, price="12.5000")
        self.by_sku(CHAIR, "SMP-0002")
        self.assertEqual((self.link(CHAIR).product_id.list_price, self.price(CHAIR)), (10, 12.5))
        self.assertEqual(self.pricelist.item_ids.product_id, self.link(CHAIR).product_id, "only what differs")
        self.quiet_run()
        self.shows(CHAIR, EU_EN, price="10.0000")
        self.by_sku(CHAIR)
        self.assertFalse(self.pricelist.item_ids)
        self.assertEqual(self.price(CHAIR), 10)

    def test_odoos_own_rule_stays_until_magento_changes(self):
        self.magento(CHAIR, price="10.0000")
        self.by_sku(CHAIR)
        self.pricelist.item_ids = [
            Command.create({"applied_on": "3_global", "compute_price": "percentage", "percent_price": 20})
        ]
        self.by_sku(CHAIR)
        self.assertEqual(self.price(CHAIR), 8)
        self.shows(CHAIR, EU_EN, later=True, price="9.0000")
        self.by_sku(CHAIR)
        self.assertEqual(self.price(CHAIR), 9)
        self.assertIn("Magento's is newer", self.link(CHAIR).note)


class TestSpecialPrices(ViewCase):
    def setUp(self):
        super().setUp()
        self.eu.pricelist_id = self.pricelist
        self.special = self.mapping("special_price")
        self.special.direction = "from"

    def give(self, price, begin=None, end=None):
        values = {"special_price": price, "special_from_date": begin, "special_to_date": end}
        self.magento(CHAIR, price="10.0000", **values)

    def test_with_dates(self):
        self.give("7.5000", "2024-01-01 00:00:00", "2024-01-31 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(self.link(CHAIR).product_id.list_price, 10, "the price itself stays")
        inside, outside = fields.Datetime.to_datetime("2024-01-31 12:00:00"), fields.Datetime.to_datetime("2024-02-01")
        self.assertEqual((self.price(CHAIR, inside), self.price(CHAIR, outside)), (7.5, 10))
        self.quiet_run()
        self.give("6.0000")
        self.by_sku(CHAIR)
        self.assertEqual((len(self.pricelist.item_ids), self.price(CHAIR)), (1, 6))
        self.give(None)
        self.by_sku(CHAIR)
        self.assertFalse(self.pricelist.item_ids)

    def test_beside_a_price_of_the_website(self):
        self.mapping("price").scope = "website"
        self.give("7.5000", "2024-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.shows(CHAIR, EU_EN, price="9.0000")
        self.by_sku(CHAIR)
        before = fields.Datetime.to_datetime("2023-01-01")
        self.assertEqual((self.price(CHAIR), self.price(CHAIR, before)), (7.5, 9))
        self.quiet_run()
        self.export()
        self.assertEqual(self.seen_in(CHAIR, EU_EN)["price"], "9.0000", "a special price is not sent as the price")

    def test_one_that_is_no_bargain(self):
        self.give("12.0000")
        self.by_sku(CHAIR)
        self.assertFalse(self.pricelist.item_ids)

    def test_only_from_magento(self):
        with self.assertRaises(ValidationError):
            self.special.direction = "both"


class TestViewsSoapV2(ViewCase):
    protocol = "soap_v2"

    def test_texts_and_prices(self):
        self.eu.pricelist_id = self.pricelist
        self.mapping("name").scope = "store"
        self.mapping("price").scope = "website"
        self.mapping("special_price").direction = "from"
        self.magento(
            CHAIR, name="Chair", price="10.0000", special_price="7.0000", special_from_date="2024-01-01 00:00:00"
        )
        self.shows(CHAIR, EU_DE, name="Stuhl")
        self.shows(CHAIR, EU_EN, price="9.0000")
        self.by_sku(CHAIR)
        self.assertEqual(self.german(CHAIR), "Stuhl")
        before = fields.Datetime.to_datetime("2023-01-01")
        self.assertEqual((self.price(CHAIR), self.price(CHAIR, before)), (7, 9))
        self.quiet_run()


class TestViewsSoapV1(TestViewsSoapV2):
    allow_inherited_tests_method = True
    protocol = "soap_v1"
