"""Field mappings and tax classes: what is allowed, and what becomes of a value on its way."""

from odoo.exceptions import ValidationError

from ..magento_api.records import Attribute, AttributeSet
from .test_products import CHAIR, ProductCase


class TestFieldMap(ProductCase):
    def row(self, path, code, **values):
        return self.env["magento.field.map"].create(
            {
                "instance_id": self.instance.id,
                "field_path": path,
                "attribute_code": code,
                "direction": "from",
                **values,
            }
        )

    def test_every_instance_begins_with_rows(self):
        active = self.instance.field_map_ids.filtered(lambda row: row.direction != "off")
        self.assertEqual(
            set(active.mapped("attribute_code")),
            {"name", "sku", "price", "weight", "status", "tax_class_id", "category_ids"},
        )
        self.assertIn("ean", self.instance.field_map_ids.mapped("attribute_code"))

    def test_rows_that_make_no_sense_are_refused(self):
        for path, code, values in (
            ("no_such_field", "ean", {}),
            ("categ_id.no_such", "ean", {"direction": "to"}),
            ("categ_id.name", "ean", {}),
            ("list_price", "cost", {}),
            ("sale_ok", "is_fragile", {"conversion": "html"}),
            ("weight", "weight", {"conversion": "uom", "direction": "to"}),
        ):
            with self.subTest(path), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.row(path, code, **values)

    def test_a_related_field_can_be_sent(self):
        self.assertTrue(self.row("categ_id.name", "ean", direction="to"))

    def test_checked_against_the_attribute_sets(self):
        attributes = [
            Attribute(1, "ean", "text", False, "global"),
            Attribute(2, "name", "text", True, "store"),
        ]
        self.env["magento.attribute"]._update_from_magento(
            self.instance, [(AttributeSet(4, "Default"), attributes), (AttributeSet(9, "Clothing"), attributes[:1])]
        )
        with self.assertRaisesRegex(ValidationError, "colour"), self.env.cr.savepoint():
            self.row("barcode", "colour")
        with self.assertRaisesRegex(ValidationError, "Global"), self.env.cr.savepoint():
            self.row("barcode", "ean", scope="store")
        self.assertTrue(self.row("barcode", "ean"))
        ean = self.env["magento.attribute"].search([("instance_id", "=", self.instance.id), ("code", "=", "ean")])
        self.assertEqual(ean.set_ids.mapped("name"), ["Clothing", "Default"])

    def test_the_attributes_are_read_with_the_categories(self):
        self.instance.action_import_categories()
        self.run_cron()
        attributes = self.env["magento.attribute"].search([("instance_id", "=", self.instance.id)])
        color, maker = (
            attributes.filtered(lambda row, code=code: row.code == code) for code in ("color", "manufacturer")
        )
        self.assertEqual(color.set_ids.mapped("name"), ["Clothing"])
        self.assertEqual(maker.set_ids.mapped("name"), ["Default"])
        with self.assertRaisesRegex(ValidationError, "colour"), self.env.cr.savepoint():
            self.row("barcode", "colour")
        self.assertTrue(self.row("barcode", "color", conversion="option"))

    def test_conversions(self):
        self.mapping("weight").direction = "off"
        pound = self.env.ref("uom.product_uom_lb")
        self.row("weight", "weight", conversion="uom", uom_id=pound.id)
        self.row("description_sale", "description", conversion="html")
        self.row("description_purchase", "meta_title", conversion="first", length=4)
        self.row("volume", "price", conversion="rounded", digits=1)
        self.row("is_favorite", "is_fragile", conversion="boolean")
        self.row("barcode", "manufacturer", conversion="option")
        self.magento(
            CHAIR,
            weight="10.0000",
            description="<p>One &amp; <b>two</b></p>",
            meta_title="Meta title",
            price="3.4567",
            is_fragile=1,
            manufacturer=11,
        )
        self.assertEqual(self.by_sku(CHAIR).failed_count, 0)
        product = self.link(CHAIR).product_id
        self.assertAlmostEqual(product.weight, 4.54, 2)
        self.assertEqual(product.description_sale, "One & *two*")
        self.assertEqual(product.description_purchase, "Meta")
        self.assertEqual(product.volume, 3.5)
        self.assertTrue(product.is_favorite)
        self.assertEqual(product.barcode, "Acme")

    def test_what_cannot_be_converted_is_said(self):
        self.row("volume", "meta_title")
        self.magento(CHAIR, meta_title="not a number")
        self.assertEqual(self.by_sku(CHAIR).failed_count, 0)
        self.assertIn("not a number", self.link(CHAIR).note)


class TestTaxClasses(ProductCase):
    def classes(self):
        return {row.magento_id: row for row in self.instance.tax_class_ids}

    def test_read_and_suggested(self):
        self.instance.company_id.account_sale_tax_id = self.make_tax("19")
        self.instance.action_import_categories()
        self.run_cron()
        rows = self.classes()
        self.assertEqual(rows[2].tax_ids, self.instance.company_id.account_sale_tax_id)
        self.assertTrue(rows[2].suggested)
        self.assertTrue(rows[0].no_tax)
        self.assertTrue(rows[4].needs_mapping)
        self.assertIn(rows[4], self.env["magento.tax.class"].search([("needs_mapping", "=", True)]))

    def test_the_class_chooses_the_taxes(self):
        self.instance.action_import_categories()
        self.run_cron()
        rows, tax = self.classes(), self.make_tax("7")
        rows[5].tax_ids = tax
        self.assertFalse(rows[5].suggested)
        self.magento(CHAIR, tax_class_id=5)
        self.magento("UNTAXED", name="Without tax", tax_class_id=0)
        self.magento("UNMAPPED", name="Class without a row's tax", tax_class_id=4)
        self.by_sku(CHAIR, "UNTAXED", "UNMAPPED")
        self.assertEqual(self.link(CHAIR).product_id.taxes_id, tax)
        self.assertFalse(self.link("UNTAXED").product_id.taxes_id)
        self.assertEqual(self.link("UNMAPPED").product_id.taxes_id, self.instance.company_id.account_sale_tax_id)
