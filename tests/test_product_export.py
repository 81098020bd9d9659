"""Products of Odoo, in a store."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .export_common import ExportCase
from .test_products import CHAIR


class TestProductExport(ExportCase):
    def test_a_new_product(self):
        product = self.make("EXP-1", weight=2.5, list_price=19.99)
        run = self.export(product)
        self.assertEqual((run.state, run.sent_count, run.failed_count), ("done", 1, 0))
        row = self.in_magento("EXP-1")
        self.assertEqual((row["type"], row["set"], row["websites"]), ("simple", 4, [1, 2]))
        self.assertEqual((row["name"], row["price"], row["weight"]), ("Name of EXP-1", "19.9900", "2.5000"))
        self.assertEqual((row["status"], row["visibility"]), (1, 4))
        link = self.link_of(product)
        self.assertEqual((link.magento_id, link.export_state), (row["product_id"], "sent"))
        self.assertTrue(link.exported_at)

    def test_services_are_virtual_and_combos_cannot_be_made(self):
        service = self.make("EXP-SERVICE", type="service", is_storable=False)
        self.export(service)
        self.assertEqual(self.in_magento("EXP-SERVICE")["type"], "virtual")
        combo = self.env["product.combo"].create(
            {"name": "Choice", "combo_item_ids": [Command.create({"product_id": service.id})]}
        )
        meal = self.make("EXP-COMBO", type="combo", is_storable=False, combo_ids=combo.ids)
        self.assertEqual(self.export(meal).failed_count, 1)
        self.assertIn("combo", self.link_of(meal).export_error)
        self.assertFalse(self.in_magento("EXP-COMBO"))

    def test_attribute_set_and_websites_of_a_new_product(self):
        self.instance.action_import_categories()
        self.run_cron()
        clothing = self.env["magento.attribute.set"].search([("name", "=", "Clothing")])
        site = self.instance.website_ids[1]
        self.export(self.make("EXP-SHIRT"), attribute_set_id=clothing.id, website_ids=[Command.set(site.ids)])
        row = self.in_magento("EXP-SHIRT")
        self.assertEqual((row["set"], row["websites"]), (clothing.magento_id, [site.magento_id]))
        self.instance.export_attribute_set_id = clothing
        self.instance.export_visibility = "1"
        self.export(self.make("EXP-SHIRT-2"))
        self.assertEqual((self.in_magento("EXP-SHIRT-2")["set"], self.in_magento("EXP-SHIRT-2")["visibility"]), (9, 1))

    def test_only_what_changed(self):
        self.import_products()
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count), (0, 0), "all is as Magento has it")
        self.shop.reset()
        self.assertEqual(self.export().seen_count, 0)
        self.assertEqual(self.shop.requests.total, 0)
        link = self.link(CHAIR)
        link.product_id.write({"name": "A new name", "description_purchase": "not mapped"})
        self.assertEqual(link.export_state, "waiting")
        before = dict(self.in_magento(CHAIR))
        run = self.export()
        self.assertEqual((run.seen_count, run.sent_count), (1, 1))
        changed = {key for key, value in self.in_magento(CHAIR).items() if value != before[key]}
        self.assertEqual(changed, {"name", "updated_at"})
        self.assertEqual(link.export_state, "sent")
        self.shop.reset()
        link.product_id.description_purchase = "another"
        self.assertEqual(self.export().sent_count, 0)
        self.assertEqual(self.shop.requests.total, 0)
        run = self.import_products()
        self.assertEqual(run.imported_count, 0, "our own change is known")

    def test_requests_for_many_changes(self):
        self.import_products()
        self.export()
        links = self.env["magento.product"].search([("product_type", "=", "simple")], limit=200)
        for link in links:
            link.product_id.list_price += 1
        self.shop.reset()
        queries = self.cr.sql_log_count
        run = self.export()
        queries = self.cr.sql_log_count - queries
        self.assertEqual((run.sent_count, run.failed_count), (200, 0))
        self.assertLessEqual(self.shop.requests.total, 200 / 25 + 200 / 50 + 4)
        self.assertLessEqual(queries, 270)

    def test_nothing_to_do_costs_the_same_whatever_the_size(self):
        """Also where the prices of a website depend on the rules of all pricelists."""
        self.instance.schedule_product_export = True
        self.mapping("price").scope = "website"
        self.instance.website_ids[0].pricelist_id = pricelist = self.env["product.pricelist"].create({"name": "Web"})
        counts = []
        for count in (20, 200):
            self.by_sku(*[f"SMP-{number:04}" for number in range(1, count + 1)])
            products = self.env["magento.product"].search([("instance_id", "=", self.instance.id)]).product_id
            rule = {"pricelist_id": pricelist.id, "applied_on": "0_product_variant", "fixed_price": 5}
            self.env["product.pricelist.item"].create([rule | {"product_id": one.id} for one in products])
            self.assertEqual(self.export().failed_count, 0)
            self.run_cron()
            self.env.flush_all()
            self.shop.reset()
            before = self.cr.sql_log_count
            self.run_cron()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(self.shop.requests.total, 0)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_a_product_that_magento_has_already_is_linked(self):
        self.magento("EXP-THERE", name="Named in Magento", price="3.0000", updated_at="2020-01-01 00:00:00")
        product = self.make("EXP-THERE", list_price=7)
        number = self.in_magento("EXP-THERE")["product_id"]
        self.assertEqual(self.export(product).failed_count, 0)
        self.assertEqual(self.link_of(product).magento_id, number)
        row = self.in_magento("EXP-THERE")
        self.assertEqual((row["name"], row["price"]), ("Name of EXP-THERE", "7.0000"), "Odoo's is newer")
        self.assertFalse(self.shop.requests.calls["catalog_product.create"])

    def test_one_sku_twice(self):
        self.linked("EXP-TAKEN")
        other, again = self.make("EXP-TAKEN"), self.make("EXP-TWICE") | self.make("EXP-TWICE")
        self.assertEqual(self.export(other).failed_count, 1)
        self.assertIn("Name of EXP-TAKEN", self.link_of(other).export_error)
        self.assertEqual(self.export(again).failed_count, 1)
        self.assertEqual(len(again.magento_link_ids.filtered("magento_id")), 1)

    def test_skus(self):
        fine = ["777", "012", "WITH SPACE", "a/b'c\"d, e", "S" * 64, "1.50", "Ünï-ß"]
        products = self.env["product.product"].union(*(self.make(sku) for sku in fine))
        run = self.export(products)
        self.assertEqual((run.sent_count, run.failed_count), (len(fine), 0))
        for sku in fine:
            self.assertEqual(self.in_magento(sku)["sku"], sku)
        for sku, word in ((False, "internal reference"), ("S" * 65, "65 characters")):
            product = self.make(sku)
            self.assertEqual(self.export(product).failed_count, 1)
            self.assertIn(word, self.link_of(product).export_error)
        self.by_sku(*fine)
        self.assertEqual(products.mapped("default_code"), fine, "and back again")

    def test_a_sku_that_changes(self):
        link = self.linked("EXP-OLD")
        link.product_id.default_code = "1234567"
        self.assertEqual(self.export().failed_count, 0)
        self.assertFalse(self.in_magento("EXP-OLD"))
        self.assertEqual(self.in_magento("1234567")["product_id"], link.magento_id)
        self.assertEqual(link.sku, "1234567")
        link.product_id.default_code = CHAIR
        self.assertEqual(self.export().failed_count, 1)
        self.assertIn("SKU", link.export_error)

    def test_names_with_control_characters_and_emoji(self):
        link = self.linked("EXP-EMOJI")
        link.product_id.name = "Bell\x07 and 😀"
        self.export()
        self.assertEqual(self.in_magento("EXP-EMOJI")["name"], "Bell and ????")
        self.assertIn("question marks", link.note)
        self.shop.reset()
        self.export()
        self.by_sku("EXP-EMOJI")
        self.assertEqual(link.product_id.name, "Bell\x07 and 😀")
        self.assertFalse(self.shop.requests.calls["catalog_product.update"])

    def test_archived_and_back(self):
        link = self.linked("EXP-ARCHIVE")
        link.product_id.active = False
        self.export()
        self.assertEqual(self.in_magento("EXP-ARCHIVE")["status"], 2)
        link.product_id.active = True
        self.export()
        self.assertEqual(self.in_magento("EXP-ARCHIVE")["status"], 1)

    def test_deleted_in_odoo(self):
        link = self.linked("EXP-GONE")
        waiting = self.make("EXP-NEVER")
        self.env["magento.product"]._offer(self.instance, waiting)
        (link.product_id | waiting).unlink()
        self.assertEqual(self.problem("EXP-GONE").reason_kind, "deleted")
        self.assertFalse(self.problem("EXP-NEVER"))
        self.export()
        self.assertTrue(self.in_magento("EXP-GONE"))

    def test_deleted_in_magento_and_created_again(self):
        link = self.linked("EXP-LOST")
        self.shop.control.delete(product="EXP-LOST")
        link.product_id.name = "Still here"
        self.assertEqual(self.export().failed_count, 1)
        self.assertTrue(link.is_gone)
        self.assertIn("deleted in Magento", link.export_error)
        self.assertFalse(self.instance.activity_ids, "that is no failure to be reminded of")
        link.product_id.name = "Still here again"
        self.assertEqual(self.export().seen_count, 0)
        link.action_create_again()
        self.run_cron()
        self.assertEqual(self.in_magento("EXP-LOST")["name"], "Still here again")
        self.assertEqual(link.magento_id, self.in_magento("EXP-LOST")["product_id"])
        self.assertFalse(link.is_gone or link.export_error)

    def test_what_is_not_simple_is_changed_where_that_is_safe(self):
        self.import_products()
        self.export()
        for kind in ("configurable", "bundle", "grouped", "downloadable"):
            link = self.env["magento.product"].search([("product_type", "=", kind)], limit=1)
            before = dict(self.in_magento(link.sku))
            link.product_id.write({"name": f"A {kind}", "weight": 77.5, "sale_ok": False})
            self.assertEqual(self.export().failed_count, 0)
            row = self.in_magento(link.sku)
            self.assertEqual((row["name"], row["status"]), (f"A {kind}", 2))
            if kind != "downloadable":
                self.assertEqual(row.get("weight"), before.get("weight"))

    def test_two_companies(self):
        self.mapping("cost").direction = "to"
        link = self.linked("EXP-COST")
        other = self.env["res.company"].create({"name": "The other company"})
        product = link.product_id
        product.with_company(other).standard_price = 99
        product.with_company(self.instance.company_id).standard_price = 4
        self.export()
        self.assertEqual(self.in_magento("EXP-COST")["cost"], "4.0000")

    def test_a_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "The other company"})
        product = self.make("EXP-OTHER", company_id=other.id)
        with self.assertRaisesRegex(Exception, "another company"):
            self.export(product)

    def test_users_see_what_administrators_export(self):
        product = self.make("EXP-USER")
        settings = {"instance_id": self.instance.id, "product_ids": product.ids}
        wizard = self.env["magento.product.export.wizard"]
        user = new_test_user(self.env, "export-user", "magento_connector.group_user")
        wizard.with_user(user).create(settings).action_preview()
        with self.assertRaisesRegex(AccessError, "Magento / Administrator"):
            wizard.with_user(user).create(settings).action_export()
        administrator = new_test_user(self.env, "export-administrator", "magento_connector.group_manager")
        wizard.with_user(administrator).create(settings).action_export()
        self.run_cron()
        self.assertTrue(self.in_magento("EXP-USER"))

    def test_only_what_was_asked_for(self):
        first, second = self.linked("EXP-A", "EXP-B")
        (first | second).product_id.name = "Both changed"
        self.export(first.product_id)
        self.assertEqual(self.in_magento("EXP-A")["name"], "Both changed")
        self.assertEqual(self.in_magento("EXP-B")["name"], "Name of EXP-B")
        self.assertEqual(second.export_state, "waiting")

    def test_not_to_be_sent(self):
        link = self.linked("EXP-OFF")
        link.send_product = False
        link.product_id.name = "Stays in Odoo"
        self.assertEqual(self.export().sent_count, 0)
        self.assertEqual(link.export_state, "off")
        self.assertEqual(self.in_magento("EXP-OFF")["name"], "Name of EXP-OFF")
