"""A field is mapped, an export previewed, and a new product exported with its picture, in a real browser."""

import base64

from odoo.tests import HttpCase, tagged

from ..sandbox import start

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC"
)


@tagged("post_install", "-at_install", "browser")
class TestProductExportBrowser(HttpCase):
    def test_export_a_product(self):
        shop = start(recorded_only=True)
        self.addCleanup(shop.stop)
        instance = self.env["magento.instance"].create(
            {"name": "Tour Shop", "url": shop.url, "username": shop.user, "api_key": shop.key}
        )
        instance.action_connect()
        product = self.env["product.template"].create(
            {
                "name": "A chair of ours",
                "default_code": "TOUR-CHAIR",
                "list_price": 49.5,
                "barcode": "4006381333931",
                "is_storable": True,
                "image_1920": base64.b64encode(PNG),
            }
        )
        self.start_tour("/odoo/action-magento_connector.action_magento_field_map", "magento_map_a_field", login="admin")
        directions = {row.attribute_code: row.direction for row in instance.field_map_ids}
        self.assertEqual((directions["ean"], directions["image"]), ("to", "to"))
        self.start_tour(
            f"/odoo/action-stock.product_template_action_product/{product.id}",
            "magento_export_a_product",
            login="admin",
        )
        row = shop.shop.products.by_natural("TOUR-CHAIR").full()
        self.assertEqual((row["name"], row["price"], row["ean"]), ("A chair of ours", "49.5000", "4006381333931"))
        link = product.product_variant_id.magento_link_ids
        self.assertEqual((link.magento_id, link.export_state), (row["product_id"], "sent"))
        self.assertTrue(link.agreed_image_file)
