"""Products of a store, in Odoo."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import MagentoCase

CHAIR = "SMP-0001"


class ProductCase(MagentoCase):
    def tearDown(self):
        super().tearDown()
        for sku in list(self.made):
            if self.shop.shop.products.by_natural(sku):
                self.shop.control.delete(product=sku)

    def setUp(self):
        super().setUp()
        self.made = []
        self.was = {}
        self.addCleanup(self.put_back)

    def put_back(self):
        for sku, values in self.was.items():
            if self.shop.shop.products.by_natural(sku):
                self.shop.control.edit_product(sku, **values)

    def magento(self, sku, **changes):
        """Change a product in the store, or make one; it is as before after the test."""
        record = self.shop.shop.products.by_natural(sku)
        if record is None:
            self.made.append(sku)
        elif sku not in self.was:
            row = record.full()
            self.was[sku] = {key: row.get(key) for key in {*changes, "updated_at"} if key in row}
        moment = changes.pop("updated_at", None) or self.shop.shop.now()
        row = self.shop.control.edit_product(sku, **changes)
        row["updated_at"] = moment
        return row

    def import_products(self, **chosen):
        """Import by the wizard, and wait for the end; returns the run."""
        wizard = self.env["magento.product.import.wizard"].create({"instance_id": self.instance.id, **chosen})
        action = wizard.action_import()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def preview(self, **chosen):
        wizard = self.env["magento.product.import.wizard"].create({"instance_id": self.instance.id, **chosen})
        action = wizard.action_preview()
        self.run_cron()
        return self.env["magento.run"].browse(action["res_id"])

    def by_sku(self, *skus):
        return self.import_products(what="skus", skus="\n".join(skus))

    def link(self, sku):
        return self.env["magento.product"].search([("instance_id", "=", self.instance.id), ("sku", "=", sku)])

    def problem(self, sku):
        return self.env["magento.product.problem"].search([("instance_id", "=", self.instance.id), ("sku", "=", sku)])

    def mapping(self, code):
        return self.instance.field_map_ids.filtered(lambda row: row.attribute_code == code)


class TestProducts(ProductCase):
    def test_everything(self):
        run = self.import_products()
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        links = self.env["magento.product"].search([("instance_id", "=", self.instance.id)])
        store = {row.get("product_id"): row.full() for row in self.shop.shop.products.rows}
        self.assertEqual(set(links.mapped("magento_id")), set(store))
        for link in links:
            row, product = store[link.magento_id], link.product_id
            self.assertEqual(product.default_code, row["sku"])
            self.assertIn(product.name[-4:], row["name"])
            self.assertEqual(product.list_price, float(row.get("price") or 0))
            self.assertAlmostEqual(product.weight, float(row.get("weight") or product.weight), delta=0.0051)
            self.assertEqual(product.sale_ok, str(row["status"]) == "1", row["sku"])
            self.assertEqual(product.is_storable, row["type"] == "simple", "the others have no stock of their own")
            categories = self.env["magento.category"].search([("magento_id", "in", row["categories"])]).category_id
            self.assertIn(product.categ_id, categories or self.instance.website_ids.product_categ_id)
        self.assertLessEqual(run.request_count, len(store) / 40 + 50)
        self.assertEqual(set(links.attribute_set_id.mapped("name")), {"Default", "Clothing"})

    def test_nothing_changed(self):
        self.import_products()
        before = self.env["magento.product"].search([]).mapped("write_date")
        self.shop.reset()
        run = self.import_products()
        self.assertEqual((run.seen_count, run.imported_count), (0, 0))
        self.assertLessEqual(self.shop.requests.total, 10)
        self.assertEqual(self.env["magento.product"].search([]).mapped("write_date"), before)
        run = self.import_products(what="all")
        self.assertEqual(run.imported_count, 0)
        self.assertEqual(self.env["magento.product"].search([]).mapped("write_date"), before)

    def test_what_changed_is_taken_and_what_is_new(self):
        self.import_products()
        product = self.link(CHAIR).product_id
        self.magento(CHAIR, name="A chair", price="12.3400", status=2)
        self.magento("NEW 1/2, 'x'", name="Something new", price="5.0000", type="virtual", type_id="virtual")
        run = self.import_products()
        self.assertEqual((run.imported_count, run.failed_count), (2, 0))
        self.assertEqual((product.name, product.list_price, product.sale_ok), ("A chair", 12.34, False))
        self.assertEqual(self.link("NEW 1/2, 'x'").product_id.type, "service")

    def test_matched_by_sku_before_created(self):
        mine = self.env["product.product"].create({"name": "Mine", "default_code": CHAIR, "list_price": 1})
        self.by_sku(CHAIR)
        self.assertEqual(self.link(CHAIR).product_id, mine)
        self.assertEqual(self.env["product.product"].search_count([("default_code", "=", CHAIR)]), 1)

    def test_odd_skus(self):
        skus = ["5", "1001", "000123", "SKU WITH SPACE", "AB/12-3.4_X+Z", "ÄÖÜ-ß", "S" * 64, 'it\'s "quoted"']
        self.magento("S" * 64, name="Sixty-four")
        self.magento('it\'s "quoted"', name="Control \x07 and 😀")
        run = self.by_sku(*skus)
        self.assertEqual((run.imported_count, run.failed_count), (len(skus), 0))
        for sku in skus:
            self.assertEqual(self.link(sku).product_id.default_code, sku)

    def test_an_unknown_sku_is_said(self):
        run = self.by_sku("NOT-THERE", CHAIR)
        self.assertEqual((run.imported_count, run.failed_count), (1, 1))
        self.assertEqual(self.problem("NOT-THERE").reason_kind, "unknown")
        action = run.action_open_catalog_failures()
        self.assertIn(self.problem("NOT-THERE"), self.env[action["res_model"]].search(action["domain"]))

    def test_two_products_with_the_sku(self):
        first, second = self.env["product.product"].create([{"name": "A", "default_code": CHAIR}] * 2)
        self.assertEqual(self.by_sku(CHAIR).failed_count, 1)
        problem = self.problem(CHAIR)
        self.assertEqual(problem.reason_kind, "ambiguous")
        self.assertFalse(self.link(CHAIR))
        problem.product_id = second
        problem.action_import_again()
        self.run_cron()
        self.assertEqual(self.link(CHAIR).product_id, second)
        self.assertFalse(problem.exists())
        self.assertEqual(first.name, "A")

    def test_made_anew_in_magento(self):
        """The same SKU under another number, the old one deleted: the link changes over."""
        self.magento("TWICE", name="First")
        self.by_sku("TWICE")
        link = self.link("TWICE")
        number, product = link.magento_id, link.product_id
        self.magento("KEEPS THE NUMBERS APART", name="Other")
        self.shop.control.delete(product="TWICE")
        self.magento("TWICE", name="Second")
        self.assertEqual(self.by_sku("TWICE").failed_count, 0)
        self.assertEqual(self.link("TWICE").product_id, product)
        self.assertNotEqual(self.link("TWICE").magento_id, number)

    def test_renamed_sku_whose_old_one_is_used_again(self):
        self.magento("OLD-SKU", name="First")
        self.by_sku("OLD-SKU")
        link = self.link("OLD-SKU")
        self.shop.shop.products.by_natural("OLD-SKU").edit()["sku"] = "NEWER-SKU"
        self.made.append("NEWER-SKU")
        self.by_sku("NEWER-SKU")
        self.assertEqual((link.sku, link.product_id.default_code), ("NEWER-SKU", "NEWER-SKU"))

    def test_deleted_in_magento_is_reported_and_stays(self):
        self.magento("GOING", name="Going")
        self.import_products()
        product = self.link("GOING").product_id
        self.magento("BEHIND", name="Behind it")
        self.shop.control.delete(product="GOING")
        self.import_products(what="all")
        self.assertTrue(self.link("GOING").is_gone)
        self.assertTrue(product.exists().active)

    def test_an_id_that_magento_gives_again(self):
        for kind in ("deleted", "later"):
            with self.subTest(kind):
                old = self.magento(f"OLD-{kind}", name="Old", price="1.0000")
                self.by_sku(f"OLD-{kind}")
                link = self.link(f"OLD-{kind}")
                self.shop.control.delete(product=f"OLD-{kind}")
                created_at = "2099-01-01 00:00:00"
                if kind == "deleted":
                    created_at = old["created_at"]
                    link.action_export()
                    self.run_cron()
                    self.assertTrue(link.is_gone)
                new = self.magento(f"NEW-{kind}", name="New", price="2.0000", created_at=created_at)
                self.assertEqual(new["product_id"], old["product_id"])
                self.assertEqual(self.by_sku(f"NEW-{kind}").failed_count, 0)
                self.assertEqual((link.magento_id, link.is_gone, link.product_id.name), (0, True, "Old"))
                self.assertIn("given again", link.note)
                self.assertEqual(self.link(f"NEW-{kind}").magento_id, new["product_id"])
                self.assertEqual(self.link(f"NEW-{kind}").product_id.name, "New")

    def given_again(self, old, new):
        """A product is imported and deleted in Magento, which gives its ID to another one; returns its link."""
        self.magento(old, name="Old", price="1.0000")
        self.by_sku(old)
        link = self.link(old)
        self.shop.control.delete(product=old)
        row = self.magento(new, name="New", price="2.0000", created_at="2099-01-01 00:00:00")
        self.assertEqual(row["product_id"], link.magento_id)
        return link

    def ordered(self, sku):
        """The product that an order of this SKU gets; the order is asked for alone."""
        number = self.shop.place_order(store_id=1, lines=[{"sku": sku, "qty": 1}])["increment_id"]
        self.shop.reset()
        row = self.only(number)
        self.assertEqual((row.state, row.reason), ("imported", False))
        return row.sale_order_id.order_line[0].product_id

    def test_an_order_of_an_id_that_magento_gives_again(self):
        """The products were not imported since."""
        self.map_rates()
        self.given_again("OLD-known", "NEW-known")
        new = self.env["product.product"].create({"name": "New in Odoo", "default_code": "NEW-known"})
        self.assertEqual(self.ordered("NEW-known"), new)
        for policy in ("import", "replace"):
            with self.subTest(policy):
                view = self.instance.store_view_ids.filtered(lambda view: view.magento_id == 1)
                view.write({"unknown_product": policy, "replacement_product_id": new.id})
                link = self.given_again(f"OLD-{policy}", f"NEW-{policy}")
                product = self.ordered(f"NEW-{policy}")
                self.assertEqual(product.default_code, "NEW-known" if policy == "replace" else "NEW-import")
                self.assertEqual((link.magento_id, link.is_gone, link.product_id.name), (0, True, "Old"))

    def test_an_order_of_a_product_with_another_sku(self):
        """Renamed in Magento since it was imported, or with the SKU of an option: the number tells."""
        self.map_rates()
        self.magento("WAS-SO", name="Renamed", price="1.0000")
        self.by_sku("WAS-SO")
        product = self.link("WAS-SO").product_id
        record = self.shop.shop.products.by_natural("WAS-SO")
        record.edit()["sku"] = "IS-SO"
        self.shop.shop.products.rename(record)
        self.made.append("IS-SO")
        self.assertEqual(self.ordered("IS-SO"), product)
        payload = self.inbox().payload | {"increment_id": "700000777", "order_id": 700000777}
        payload["items"][0]["sku"] = "WAS-SO-red"
        self.shop.reset()
        self.shop.set_payload("700000777", payload)
        row = self.only("700000777")
        self.assertEqual((row.state, row.reason), ("imported", False))
        self.assertEqual(row.sale_order_id.order_line[0].product_id, product)
        self.assertFalse(self.shop.requests.calls["catalog_product.info"], "nobody was asked")

    def test_nothing_is_chosen(self):
        for model in ("magento.product.problem", "magento.customer.problem"):
            with self.assertRaisesRegex(UserError, "Choose"):
                self.env[model].action_import_again()

    def test_deleted_in_odoo_is_not_made_again(self):
        self.by_sku(CHAIR)
        self.link(CHAIR).product_id.product_tmpl_id.unlink()
        self.assertEqual(self.problem(CHAIR).reason_kind, "deleted")
        self.import_products()
        self.assertFalse(self.link(CHAIR))
        self.problem(CHAIR).action_import_again()
        self.run_cron()
        self.assertTrue(self.link(CHAIR))
        self.assertFalse(self.problem(CHAIR))

    def test_one_that_odoo_refuses_does_not_stop_the_others(self):
        self.mapping("ean").direction = "from"
        for sku in ("EAN-1", "EAN-2"):
            self.magento(sku, name=sku, ean="4006381333931")
        self.magento("EAN-3", name="Other", ean="4006381333948")
        run = self.by_sku("EAN-1", "EAN-2", "EAN-3")
        self.assertEqual((run.imported_count, run.failed_count), (2, 1))
        self.assertIn("4006381333931", self.problem("EAN-2").reason)

    def test_both_sides_changed_the_newer_one_counts_and_it_is_said(self):
        self.by_sku(CHAIR)
        link = self.link(CHAIR)
        link.product_id.name = "Named in Odoo"
        self.magento(CHAIR, name="Named in Magento", updated_at="2020-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(link.product_id.name, "Named in Odoo")
        self.assertIn("Odoo's is newer", link.note)
        self.magento(CHAIR, name="Named in Magento again", updated_at="2099-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(link.product_id.name, "Named in Magento again")

    def test_what_odoo_alone_changed_stays(self):
        self.by_sku(CHAIR)
        product = self.link(CHAIR).product_id
        product.list_price = 77
        self.magento(CHAIR, name="Only the name")
        self.by_sku(CHAIR)
        self.assertEqual((product.name, product.list_price), ("Only the name", 77))

    def test_what_magento_owns_is_put_right(self):
        self.mapping("price").direction = "from"
        self.by_sku(CHAIR)
        product = self.link(CHAIR).product_id
        price, product.list_price = product.list_price, 77
        self.by_sku(CHAIR)
        self.assertEqual(product.list_price, price)

    def test_by_website_and_category(self):
        self.instance.action_import_categories()
        self.run_cron()
        category = self.env["magento.category"].search([("magento_id", "=", 10)])
        run = self.import_products(what="part", category_id=category.id)
        wanted = [row for row in self.shop.shop.products.rows if 10 in row.full()["categories"]]
        self.assertEqual(run.imported_count, len(wanted))
        with self.assertRaises(UserError):
            self.import_products(what="part")

    def test_preview(self):
        mine = self.env["product.product"].create({"name": "Mine", "default_code": CHAIR})
        self.env["product.product"].create([{"name": "A", "default_code": "5"}] * 2)
        self.magento(CHAIR, updated_at="2099-01-01 00:00:00")
        count = self.env["product.product"].search_count([])
        run = self.preview(what="skus", skus=f"{CHAIR}\n5\n1001")
        self.assertEqual(run.state, "done")
        outcomes = {line.sku: line.outcome for line in run.change_ids}
        self.assertEqual(outcomes, {CHAIR: "match", "5": "problem", "1001": "create"})
        line = run.change_ids.filtered(lambda line: line.product_id == mine and line.old_value == "Mine")
        self.assertEqual(line.new_value, self.shop.shop.products.by_natural(CHAIR).get("name"))
        self.assertEqual(self.env["product.product"].search_count([]), count)
        self.assertFalse(self.link(CHAIR))
        run.action_import_previewed()
        self.run_cron()
        self.assertEqual(self.link(CHAIR).product_id, mine)
        self.assertFalse(self.preview(what="skus", skus=f"{CHAIR}\n1001").change_ids)

    def test_trouble_on_the_way_and_then_in_peace(self):
        self.shop.misbehave("http_502", "catalog_product.info", times=None, after=2)
        self.assertEqual(self.import_products().state, "stopped")
        self.shop.reset()
        self.let_time_pass()
        self.run_cron()  # it goes on by itself
        links = self.env["magento.product"].search([("instance_id", "=", self.instance.id)])
        self.assertEqual(len(links), len(self.shop.shop.products))
        self.assertEqual(len(links.product_id), len(links))

    def test_an_answer_that_makes_no_sense(self):
        self.magento("BROKEN", name="Broken", price="not a price")
        run = self.by_sku("BROKEN", CHAIR)
        self.assertEqual((run.imported_count, run.failed_count), (1, 1))
        self.assertEqual(self.env["magento.product.problem"].search([]).reason_kind, "payload")

    def test_users_import_and_managers_decide(self):
        user = new_test_user(self.env, "catalog-user", "magento_connector.group_user")
        wizard = self.env["magento.product.import.wizard"].with_user(user)
        wizard.create({"instance_id": self.instance.id, "what": "all"}).action_import()
        self.run_cron()
        self.assertTrue(self.link(CHAIR))
        with self.assertRaises(AccessError):
            self.mapping("sku").with_user(user).direction = "off"
        self.link(CHAIR).product_id.with_user(self.env.ref("base.user_admin")).unlink()
        with self.assertRaises(AccessError):
            self.problem(CHAIR).with_user(user).action_import_again()

    def test_the_schedule(self):
        self.instance.schedule_products = True
        self.run_cron()
        self.assertTrue(self.link(CHAIR))
        runs = self.env["magento.run"].search_count([("kind", "=", "products")])
        self.run_cron()
        self.assertEqual(self.env["magento.run"].search_count([("kind", "=", "products")]), runs, "nothing to tell")

    def test_orders_make_the_same_products(self):
        self.map_rates()
        self.by_sku("1001")
        values = self.link("1001").product_id.read(["name", "list_price", "weight", "type", "sale_ok"])[0]
        self.link("1001").product_id.unlink()
        self.problem("1001").unlink()
        self.shop.control.place_order(lines=[{"sku": "1001"}], store_id=1)
        self.import_orders()
        again = self.link("1001").product_id.read(["name", "list_price", "weight", "type", "sale_ok"])[0]
        values.pop("id"), again.pop("id")
        self.assertEqual(again, values)


class TestProductsSoap(ProductCase):
    protocol = "soap_v2"

    def test_over_soap_v2(self):
        self.assertEqual(self.by_sku(CHAIR, "5", "SKU WITH SPACE").imported_count, 3)
        row = self.shop.shop.products.by_natural(CHAIR).full()
        self.assertEqual(self.link(CHAIR).product_id.list_price, float(row["price"]))
        self.assertFalse(self.preview(what="skus", skus=CHAIR).change_ids)


class TestManyProductsSoap(ProductCase):
    protocol = "soap_v2"
    shop_settings = {"products": 16, "customers": 5, "orders": 5, "cases": False, "latency": 20}

    def test_each_is_read_once(self):
        self.shop.reset()
        run = self.import_products()
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        products = len(self.shop.shop.products.rows)
        self.assertEqual(self.env["magento.product"].search_count([("instance_id", "=", self.instance.id)]), products)
        self.assertEqual(self.shop.requests.by_method["catalogProductInfo"], products)
        self.assertLessEqual(self.shop.requests.total, 400, dict(self.shop.requests.by_method))
