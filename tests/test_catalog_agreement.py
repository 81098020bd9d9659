"""Both sides are changed at random, and agree after a synchronisation; a second one writes nothing."""

from datetime import datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .export_common import ExportCase

SKUS = [f"AGREE-{number}" for number in range(6)]
LETTERS = st.characters(codec="utf-8", max_codepoint=0xFFFF, categories=["L", "N", "P", "Zs"])
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["odoo", "magento"]),
        st.sampled_from(range(len(SKUS))),
        st.one_of(
            st.tuples(
                st.just("name"),
                st.text(LETTERS, min_size=1),
            ),
            st.tuples(st.just("price"), st.decimals("0", "9999", places=2)),
            st.tuples(st.just("weight"), st.decimals("0", "99", places=4)),
            st.tuples(st.just("status"), st.booleans()),
            st.tuples(st.just("category"), st.sampled_from([4, 6, 10, 36])),
            st.tuples(st.just("tax"), st.sampled_from([0, 2, 4, 5])),
            st.tuples(st.just("sku"), st.sampled_from(["A", "1.50", " b/c"])),
        ),
    ),
    max_size=10,
)
FIELDS = {"name": "name", "sku": "default_code", "price": "list_price", "weight": "weight", "status": "sale_ok"}


class AgreementCase(ExportCase):
    """Categories and tax classes are mapped; both sides have one clock."""

    def setUp(self):
        super().setUp()
        self.clock = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
        self.patch(self.env.cr, "now", lambda: self.clock)
        self.addCleanup(self.shop.control.set_clock)
        self.tick()
        self.instance.action_import_categories()
        self.run_cron()
        taxes = {number: self.make_tax(rate) for number, rate in ((2, "19"), (5, "7"))}
        for row in self.instance.tax_class_ids:
            if row.magento_id in taxes:
                row.tax_ids = taxes[row.magento_id]
        self.taxes = {0: self.env["account.tax"], **taxes}
        self.categories = {
            row.magento_id: row.category_id
            for row in self.env["magento.category"].search([("instance_id", "=", self.instance.id)])
        }

    def tick(self):
        """Both sides' clocks go on: Magento's knows seconds only."""
        self.clock += timedelta(seconds=2)
        self.shop.control.set_clock(self.clock.replace(tzinfo=timezone.utc))

    def synchronise(self):
        """Import and export, as the schedule would; returns what was written."""
        self.tick()
        runs = [self.import_products(), self.export()]
        for run in runs:
            self.assertEqual((run.state, run.failed_count), ("done", 0), run.message)
        return sum(run.imported_count + run.sent_count for run in runs)

    def change(self, side, link, what, value):
        """Somebody changes a product, on one side."""
        self.tick()
        if what == "sku":
            value = f"{link.magento_id}{value}"
        if side == "odoo":
            self.change_odoo(link.product_id, what, value)
            return
        row = self.shop.shop.products.by_id(link.magento_id).edit()
        if what == "category":
            row["categories"] = row["category_ids"] = sorted({36, value})
        elif what == "tax":
            row["tax_class_id"] = value
        elif what == "status":
            row["status"] = 1 if value else 2
        else:
            row[what] = value if what in ("name", "sku") else f"{float(value):.4f}"
        self.shop.shop.products.rename(self.shop.shop.products.by_id(link.magento_id))
        row["updated_at"] = self.shop.shop.now()

    def change_odoo(self, product, what, value):
        if what == "category":
            product.categ_id = self.categories[value]
        elif what == "tax":
            product.taxes_id = self.taxes.get(value, self.taxes[2])
        else:
            product[FIELDS[what]] = float(value) if what in ("price", "weight") else value

    def assert_agreement(self, link):
        row, product = self.shop.shop.products.by_id(link.magento_id).full(), link.product_id
        self.assertEqual((product.name, product.default_code), (row["name"], row["sku"]))
        self.assertAlmostEqual(product.list_price, float(row["price"]), 2)
        self.assertAlmostEqual(product.weight, float(row["weight"]), delta=0.0051)
        self.assertEqual(product.sale_ok, int(row["status"]) == 1)
        categories = [self.categories[int(number)] for number in row["categories"]]
        self.assertIn(product.categ_id, categories or self.instance.website_ids.product_categ_id)
        if row["tax_class_id"] in self.taxes:
            self.assertEqual(product.taxes_id, self.taxes[row["tax_class_id"]])

    def assert_nothing_left(self):
        """A second synchronisation writes nothing, on neither side."""
        before = {one: dict(one.full()) for one in self.shop.shop.products.rows}
        links = self.env["magento.product"].search([("instance_id", "=", self.instance.id)])
        dates = [(link.write_date, link.product_id.write_date) for link in links]
        self.assertEqual(self.synchronise(), 0)
        self.assertEqual({one: one.full() for one in self.shop.shop.products.rows}, before)
        self.assertEqual([(link.write_date, link.product_id.write_date) for link in links], dates)


class TestCatalogAgreement(AgreementCase):
    def test_random_edits(self):
        links = self.linked(*SKUS, categories=[4, 36], category_ids=[4, 36])
        self.import_products()

        @settings(
            max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(EDITS)
        def agree(edits):
            for side, place, (what, value) in edits:
                self.change(side, links[place], what, value)
            self.synchronise()
            for link in links:
                self.assert_agreement(link)
            self.assert_nothing_left()

        agree()


class RoundTrip:
    """Import everything, change things on both sides, synchronise: both agree, and the second time nothing happens."""

    allow_inherited_tests_method = True

    def test_round_trip(self):
        self.assertEqual(self.import_products().failed_count, 0)
        self.assertEqual(self.export().sent_count, 0)
        links = self.env["magento.product"].search(
            [("instance_id", "=", self.instance.id), ("product_type", "=", "simple"), ("sku", "=like", "SMP-%")]
        )
        for place, link in enumerate(links[:12]):
            what = ("name", "price", "weight", "status", "category", "tax")[place % 6]
            value = {"name": f"Name {place}", "price": place + 0.5, "weight": place + 0.25, "status": False}.get(what)
            if what == "category":
                value = 10
            elif what == "tax":
                value = 5
            self.change("odoo" if place < 6 else "magento", link, what, value)
        self.change("odoo", links[12], "name", "In Odoo, first")
        self.change("magento", links[12], "name", "In Magento, last")
        self.change("magento", links[13], "price", 3)
        self.change("odoo", links[13], "price", 4)
        new = self.make("ROUND-NEW", categ_id=self.categories[10].id, taxes_id=self.taxes[5].ids)
        self.env["magento.product"]._offer(self.instance, new)
        self.magento("ROUND-MAGENTO", name="Made in Magento", updated_at=self.shop.shop.now())
        self.assertEqual(self.synchronise(), 17, "one is looked at by the import, and sent by the export")
        for link in links[:14] | self.link_of(new) | self.link("ROUND-MAGENTO"):
            self.assert_agreement(link)
        self.assertEqual((links[12].product_id.name, links[13].product_id.list_price), ("In Magento, last", 4))
        self.assert_nothing_left()


class TestRoundTripXmlRpc(RoundTrip, AgreementCase):
    protocol = "xmlrpc"


class TestRoundTripSoapV1(RoundTrip, AgreementCase):
    protocol = "soap_v1"


class TestRoundTripSoapV2(RoundTrip, AgreementCase):
    protocol = "soap_v2"

    def test_custom_attributes(self):
        """SOAP v2 tells them only when it is asked for them."""
        self.mapping("ean").direction = "both"
        link = self.linked("V2-EAN", ean="4006381333931")
        self.assertEqual(link.product_id.barcode, "4006381333931")
        link.product_id.barcode = "4006381333948"
        self.assertEqual(self.export().failed_count, 0)
        self.assertEqual(self.in_magento("V2-EAN")["ean"], "4006381333948")
