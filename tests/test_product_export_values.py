"""What becomes of values on their way to Magento, and who wins where both sides have changed."""

from odoo import Command

from .export_common import ExportCase
from .test_products import CHAIR


class TestProductExportValues(ExportCase):
    def row(self, path, code, **values):
        return self.env["magento.field.map"].create(
            {
                "instance_id": self.instance.id,
                "field_path": path,
                "attribute_code": code,
                "direction": "to",
                **values,
            }
        )

    def test_conversions(self):
        self.mapping("weight").direction = "off"
        pound = self.env.ref("uom.product_uom_lb")
        self.row("weight", "weight", conversion="uom", uom_id=pound.id)
        self.row("description_sale", "description", conversion="html")
        self.row("description_purchase", "meta_title", conversion="first", length=4)
        self.row("volume", "cost", conversion="rounded", digits=1)
        self.row("is_favorite", "is_fragile", conversion="boolean")
        self.row("categ_id.name", "meta_keyword")
        self.row("product_tag_ids.name", "manufacturer", conversion="option")
        tag = self.env["product.tag"].create({"name": "Acme"})
        category = self.env["product.category"].create({"name": "Furniture"})
        product = self.make(
            "CONV",
            weight=4.54,
            description_sale="One & two\nthree",
            description_purchase="Meta title",
            volume=3.4567,
            is_favorite=True,
            categ_id=category.id,
            product_tag_ids=tag.ids,
        )
        run = self.export(product)
        self.assertEqual(run.failed_count, 0, self.link_of(product).export_error)
        row = self.in_magento("CONV")
        self.assertAlmostEqual(float(row["weight"]), 10.009, 3)
        self.assertEqual(row["description"], "<p>One &amp; two<br/>three</p>")
        self.assertEqual((row["meta_title"], row["cost"], row["is_fragile"]), ("Meta", "3.5000", 1))
        self.assertEqual((row["manufacturer"], row["meta_keyword"]), (11, "Furniture"))
        self.shop.reset()
        category.name = "Office furniture"
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.in_magento("CONV")["meta_keyword"], "Office furniture")
        self.by_sku("CONV")
        self.shop.reset()
        self.assertEqual(self.export().sent_count, 0, "what comes back is what was sent")

    def test_an_unknown_option_is_said_and_the_rest_is_sent(self):
        self.row("barcode", "manufacturer", conversion="option")
        link = self.linked("EXP-OPTION")
        link.product_id.write({"barcode": "Nobody", "name": "With an unknown maker"})
        self.assertEqual(self.export().failed_count, 1)
        self.assertRegex(link.export_error, "manufacturer has no option Nobody")
        self.assertEqual(self.in_magento("EXP-OPTION")["name"], "With an unknown maker")
        product = self.make("EXP-OPTION-NEW", barcode="Somebody")
        self.export(product)
        self.assertIn("Somebody", self.link_of(product).export_error)
        self.assertFalse(self.in_magento("EXP-OPTION-NEW"))
        link.product_id.barcode = "Acme"
        self.export()
        self.assertFalse(link.export_error)

    def test_an_attribute_that_the_set_does_not_have(self):
        self.row("barcode", "manufacturer", conversion="option")
        self.instance.action_import_categories()
        self.run_cron()
        clothing = self.env["magento.attribute.set"].search([("name", "=", "Clothing")])
        product = self.make("EXP-SET", barcode="Acme")
        self.assertEqual(self.export(product, attribute_set_id=clothing.id).failed_count, 0)
        self.assertIn("Clothing has no attribute manufacturer", self.link_of(product).note)
        self.assertIn("value for description, short_description before", self.link_of(product).note, "not mapped")

    def test_dates(self):
        self.row("create_date", "release_date", conversion="date")
        product = self.make("EXP-DATE")
        self.export(product)
        self.assertEqual(self.in_magento("EXP-DATE")["release_date"][:10], str(product.create_date)[:10])

    def test_directions(self):
        link = self.linked("EXP-DIR")
        self.mapping("name").direction = "from"
        self.mapping("price").direction = "off"
        link.product_id.write({"name": "Not sent", "list_price": 77, "weight": 9})
        self.export()
        row = self.in_magento("EXP-DIR")
        self.assertEqual((row["name"], row["price"], row["weight"]), ("Name of EXP-DIR", "10.0000", "9.0000"))
        self.assertEqual(link.product_id.name, "Name of EXP-DIR", "Magento owns it")

    def test_odoo_owns_what_it_owns(self):
        self.mapping("name").direction = "to"
        link = self.linked("EXP-OWN")
        self.later("EXP-OWN", name="Changed in Magento", price="12.0000")
        self.by_sku("EXP-OWN")
        self.assertEqual((link.product_id.name, link.product_id.list_price), ("Name of EXP-OWN", 12))
        self.assertIn("Odoo's value counts", link.note)
        self.export()
        self.assertEqual(self.in_magento("EXP-OWN")["name"], "Name of EXP-OWN")
        self.assertEqual(self.in_magento("EXP-OWN")["price"], "12.0000")

    def test_both_sides_changed(self):
        """Magento's change is seen before anything is sent: the later one counts, and it is said."""
        links = self.linked("EXP-BOTH-1", "EXP-BOTH-2")
        for link in links:
            link.product_id.write({"name": "Named in Odoo", "list_price": 20})
        self.magento("EXP-BOTH-1", name="Named in Magento", weight="8.0000", updated_at="2020-01-01 00:00:00")
        self.later("EXP-BOTH-2", name="Named in Magento", weight="8.0000")
        self.assertEqual(self.export().failed_count, 0)
        for link, name in zip(links, ("Named in Odoo", "Named in Magento"), strict=True):
            row = self.in_magento(link.sku)
            self.assertEqual((row["name"], link.product_id.name), (name, name))
            self.assertEqual((row["price"], link.product_id.list_price), ("20.0000", 20))
            self.assertEqual((row["weight"], link.product_id.weight), ("8.0000", 8))
        self.assertIn("Odoo's is newer", links[0].note)
        self.assertIn("Magento's is newer", links[1].note)
        self.shop.reset()
        self.assertEqual(self.export().seen_count, 0)
        self.assertEqual(self.shop.requests.total, 0)

    def test_tax_classes(self):
        self.instance.action_import_categories()
        self.run_cron()
        rows = {row.magento_id: row for row in self.instance.tax_class_ids}
        standard, reduced, unmapped = (self.make_tax(rate) for rate in ("19", "7", "3"))
        rows[2].tax_ids, rows[5].tax_ids = standard, reduced
        link = self.linked("EXP-TAX")
        self.assertEqual(link.product_id.taxes_id, standard)
        link.product_id.taxes_id = reduced
        self.export()
        self.assertEqual(self.in_magento("EXP-TAX")["tax_class_id"], 5)
        free = self.make("EXP-FREE", taxes_id=[Command.clear()])
        self.export(free)
        self.assertEqual(self.in_magento("EXP-FREE")["tax_class_id"], 0)
        odd = self.make("EXP-ODD", taxes_id=unmapped.ids)
        self.assertEqual(self.export(odd).failed_count, 1)
        self.assertIn(unmapped.name, self.link_of(odd).export_error)
        self.assertFalse(self.in_magento("EXP-ODD"))
        rows[6].tax_ids = unmapped
        self.export()
        self.assertEqual(self.in_magento("EXP-ODD")["tax_class_id"], 6, "tried again once it is mapped")

    def test_categories(self):
        self.instance.action_import_categories()
        self.run_cron()
        by_number = {row.magento_id: row for row in self.env["magento.category"].search([])}
        link = self.linked("EXP-CAT", categories=[6, 36], category_ids=[6, 36])
        self.assertEqual(link.product_id.categ_id, by_number[6].category_id)
        link.product_id.categ_id = by_number[10].category_id
        self.export()
        self.assertEqual(sorted(self.in_magento("EXP-CAT")["categories"]), [10, 36], "the others stay")
        below = self.env["product.category"].create({"name": "Below", "parent_id": by_number[10].category_id.id})
        product = self.make("EXP-CAT-2", categ_id=below.id)
        self.export(product)
        self.assertEqual(self.in_magento("EXP-CAT-2")["categories"], [10])
        self.by_sku("EXP-CAT-2")
        self.assertEqual(product.categ_id, below)
        below.magento_instance_ids = self.instance
        product.name = "With a category of its own"
        self.export()
        made = self.env["magento.category"].search([("category_id", "=", below.id)])
        self.assertTrue(made.magento_id)
        self.assertEqual(self.in_magento("EXP-CAT-2")["categories"], [made.magento_id])
        self.instance.default_category_id = by_number[4]
        lost = self.make("EXP-CAT-3", categ_id=self.env["product.category"].create({"name": "Elsewhere"}).id)
        self.export(lost)
        self.assertEqual(self.in_magento("EXP-CAT-3")["categories"], [4])
        without = self.linked("EXP-CAT-4", categories=[], category_ids=[])
        self.assertEqual(without.product_id.categ_id, by_number[4].category_id, "nobody put it anywhere")
        self.assertEqual(self.in_magento("EXP-CAT-4")["categories"], [])

    def test_texts_of_store_views(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.instance.store_view_ids.filtered(lambda view: view.code == "eu_de")
        english = self.instance.store_view_ids - german
        german.lang_id, english.lang_id = self.env.ref("base.lang_de"), self.env.ref("base.lang_en")
        self.mapping("name").scope = "store"
        product = self.make("EXP-VIEW", name="A chair")
        product.with_context(lang="de_DE").name = "Ein Stuhl"
        self.assertEqual(self.export(product).failed_count, 0)
        self.assertEqual(self.in_magento("EXP-VIEW")["name"], "A chair")
        self.assertEqual(self.seen_in("EXP-VIEW", german.magento_id)["name"], "Ein Stuhl")
        self.assertEqual(self.seen_in("EXP-VIEW", english[0].magento_id)["name"], "A chair")
        number = self.in_magento("EXP-VIEW")["product_id"]
        own = [view for product_id, view in self.shop.shop.product_translations if product_id == number]
        self.assertEqual(own, [german.magento_id], "what is inherited is not set")
        self.shop.reset()
        self.assertEqual(self.export().sent_count, 0)
        self.assertEqual(self.shop.requests.total, 0)
        product.with_context(lang="de_DE").name = "Ein Sessel"
        self.export()
        self.assertEqual(self.seen_in("EXP-VIEW", german.magento_id)["name"], "Ein Sessel")
        self.assertEqual(self.in_magento("EXP-VIEW")["name"], "A chair")
        product.name = "An armchair"
        self.export()
        self.assertEqual(self.in_magento("EXP-VIEW")["name"], "An armchair")
        self.assertEqual(self.seen_in("EXP-VIEW", german.magento_id)["name"], "Ein Sessel")
        link = self.linked("EXP-VIEW-2")
        own = self.shop.shop.product_translations.setdefault((link.magento_id, german.magento_id), {})
        own["name"] = "Deutsch in Magento"
        self.later("EXP-VIEW-2", price="3.0000")
        self.by_sku("EXP-VIEW-2")
        self.export()
        self.assertEqual(own["name"], "Deutsch in Magento", "Odoo has no translation")

    def test_prices_of_websites(self):
        self.mapping("price").scope = "website"
        site = self.instance.website_ids.filtered(lambda site: site.magento_id == 2)
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Europe",
                "currency_id": self.instance.company_id.currency_id.id,
                "item_ids": [
                    Command.create({"applied_on": "3_global", "compute_price": "percentage", "percent_price": 20})
                ],
            }
        )
        site.pricelist_id = pricelist
        view = site.store_view_ids[0]
        product = self.make("EXP-PRICE", list_price=50)
        self.export(product)
        self.assertEqual(self.in_magento("EXP-PRICE")["price"], "50.0000")
        self.assertEqual(self.seen_in("EXP-PRICE", view.magento_id)["price"], "40.0000")
        self.shop.reset()
        self.assertEqual(self.export().sent_count, 0)
        self.assertEqual(self.shop.requests.total, 0)
        pricelist.item_ids.percent_price = 50
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.seen_in("EXP-PRICE", view.magento_id)["price"], "25.0000")
        self.assertEqual(self.in_magento("EXP-PRICE")["price"], "50.0000")

    def test_a_new_mapping_does_not_wipe_out_what_magento_has(self):
        """Odoo's product is newer, but has no text yet: Magento's counts; where Magento has none, Odoo's does."""
        first, second = self.linked("EXP-FULL", short_description="<p>Told in Magento</p>") | self.linked(
            "EXP-EMPTY", short_description=None
        )
        second.product_id.description_sale = "Told in Odoo"
        self.mapping("short_description").direction = "both"
        self.assertEqual(self.export().failed_count, 0)
        self.assertEqual(self.in_magento("EXP-FULL")["short_description"], "<p>Told in Magento</p>")
        self.assertEqual(first.product_id.description_sale, "Told in Magento")
        self.assertEqual(self.in_magento("EXP-EMPTY")["short_description"], "<p>Told in Odoo</p>")

    def test_a_mapping_that_changes_concerns_all_products(self):
        link = self.linked("EXP-MAP")
        link.product_id.barcode = "4006381333931"
        self.assertEqual(self.export().sent_count, 0)
        self.mapping("ean").direction = "to"
        self.assertEqual(self.export().sent_count, 1)
        self.assertEqual(self.in_magento("EXP-MAP")["ean"], "4006381333931")

    def test_a_computed_field_has_no_date_and_is_compared_each_time(self):
        self.row("lst_price", "cost")
        attribute = self.env["product.attribute"].create(
            {"name": "Wood", "value_ids": [Command.create({"name": "Oak"}), Command.create({"name": "Ash"})]}
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]}
        template = self.env["product.template"].create(
            {"name": "Table", "list_price": 10, "attribute_line_ids": [Command.create(line)]}
        )
        oak, ash = template.product_variant_ids
        oak.default_code, ash.default_code = "TABLE-OAK", "TABLE-ASH"
        self.assertEqual(self.export(oak | ash).failed_count, 0)
        self.assertEqual(self.in_magento("TABLE-OAK")["cost"], "10.0000")
        self.instance.schedule_product_export = True
        self.run_cron()
        runs = [("kind", "=", "products_export")]
        count = self.env["magento.run"].search_count(runs)
        self.shop.reset()
        self.run_cron()
        self.assertEqual(self.env["magento.run"].search_count(runs), count, "nothing to tell")
        self.assertEqual(self.shop.requests.total, 0)
        oak.product_template_attribute_value_ids.price_extra = 5
        self.run_cron()
        self.assertEqual(self.in_magento("TABLE-OAK")["cost"], "15.0000")
        self.assertEqual(self.in_magento("TABLE-ASH")["cost"], "10.0000")

    def test_preview(self):
        link = self.linked("EXP-PREVIEW")
        product = self.make("EXP-PREVIEW-NEW")
        link.product_id.write({"name": "Named in Odoo", "sale_ok": False})
        self.later("EXP-PREVIEW", weight="6.0000")
        store = {row.get("sku"): dict(row.full()) for row in self.shop.shop.products.rows}
        run = self.preview_export(link.product_id | product)
        self.assertEqual(run.state, "done")
        changes = {
            (line.sku, line.direction, line.field_name): (line.old_value, line.new_value) for line in run.change_ids
        }
        self.assertEqual(changes["EXP-PREVIEW", "to", "Name (name)"], ("Name of EXP-PREVIEW", "Named in Odoo"))
        self.assertEqual(changes["EXP-PREVIEW", "to", "Sales (status)"], ("Yes", "No"))
        self.assertEqual(changes["EXP-PREVIEW", "from", "Weight"], ("1.5", "6.0"))
        self.assertIn(("EXP-PREVIEW-NEW", "to", "Name (name)"), changes)
        self.assertEqual(set(run.change_ids.mapped("outcome")), {"create", "update"})
        self.assertEqual({row.get("sku"): row.full() for row in self.shop.shop.products.rows}, store)
        self.assertFalse(self.link_of(product))
        run.action_export_previewed()
        self.run_cron()
        self.assertTrue(self.in_magento("EXP-PREVIEW-NEW"))
        self.assertEqual(self.in_magento("EXP-PREVIEW")["name"], "Named in Odoo")
        self.assertEqual(link.product_id.weight, 6)
        self.assertFalse(self.preview_export().change_ids)

    def test_the_schedule_and_saving(self):
        link = self.linked(CHAIR)
        self.instance.schedule_product_export = True
        self.run_cron()
        runs = self.env["magento.run"].search_count([("kind", "=", "products_export")])
        self.run_cron()
        self.assertEqual(self.env["magento.run"].search_count([("kind", "=", "products_export")]), runs)
        link.product_id.name = "Scheduled"
        self.run_cron()
        self.assertEqual(self.in_magento(CHAIR)["name"], "Scheduled")
