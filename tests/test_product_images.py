"""Pictures of products, both ways."""

import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user

from .export_common import ExportCase
from .test_products import CHAIR

PICTURED = "SMP-0007"
FOLDER = "/media/catalog/product"


def picture(colour, size=64, kind="PNG"):
    """A picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(stream, kind)
    return stream.getvalue()


def colour_of(content):
    return Image.open(io.BytesIO(content)).convert("RGB").getpixel((5, 5))


class ImageCase(ExportCase):
    def setUp(self):
        super().setUp()
        self.shop.shop.images.clear()
        self.shop.shop.media.clear()
        self.switch("both")

    def switch(self, direction):
        self.mapping("image").direction = direction

    def number(self, sku):
        return self.shop.shop.products.by_natural(sku).get("product_id")

    def there(self, sku):
        """The pictures that the store has of a product."""
        with self.shop.shop.lock:
            return self.shop.shop.images.get(self.number(sku), [])

    def put(self, sku, *contents, **more):
        """Give a product of the store pictures, the first as the main one."""
        from ..sandbox.methods.media import TYPES

        rows = []
        for place, content in enumerate(contents, 1):
            file = f"/p/i/picture{len(self.shop.shop.media)}_{place}.png"
            self.shop.shop.media[file] = content
            rows.append(
                {"file": file, "label": "", "position": place, "exclude": 0, "types": list(TYPES) if place == 1 else []}
            )
        self.shop.shop.images[self.number(sku)] = rows
        self.magento(sku, **more)
        return rows

    def colour(self, sku):
        """The colour of the product's picture in Odoo."""
        image = self.link(sku).product_id.image_1920
        return colour_of(base64.b64decode(image)) if image else None

    def nothing_to_send(self):
        """A run of the export that sends nothing, and asks Magento nothing."""
        self.shop.reset()
        run = self.export()
        self.assertEqual((run.state, run.seen_count, self.shop.requests.total), ("done", 0, 0))

    def downloads(self):
        return self.shop.requests.by_method["GET media"]

    def draw(self, sku, colour, **more):
        self.link(sku).product_id.image_1920 = base64.b64encode(picture(colour, **more))


class TestImageImport(ImageCase):
    def test_main_and_further_pictures(self):
        self.put(CHAIR, picture("red"), picture("green"))
        self.by_sku(CHAIR)
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))
        rows = self.link(CHAIR).image_ids
        self.assertEqual([colour_of(base64.b64decode(row.image)) for row in rows], [(255, 0, 0), (0, 128, 0)])
        self.assertEqual(rows[0].types, "image, small_image, thumbnail")
        self.assertEqual(self.downloads(), 2)

    def test_nothing_is_downloaded_twice(self):
        self.put(CHAIR, picture("red"), picture("green"))
        self.by_sku(CHAIR)
        before = self.link(CHAIR).image_ids.mapped("write_date")
        self.shop.reset()
        self.by_sku(CHAIR)
        self.assertEqual(self.downloads(), 0)
        self.assertEqual(self.link(CHAIR).image_ids.mapped("write_date"), before)
        self.shop.reset()
        self.import_products(what="new")
        self.shop.reset()
        self.import_products(what="new")
        self.assertFalse(self.shop.requests.calls["catalog_product_attribute_media.list"], "nothing has changed")

    def test_only_hosts_that_are_named(self):
        """The store's pictures are on 127.0.0.1, and the instance knows it by another name."""
        self.instance.write({"url": self.shop.url.replace("127.0.0.1", "localhost"), "api_key": self.shop.key})
        self.instance.action_connect()
        self.put(CHAIR, picture("red"))
        self.shop.reset()
        self.by_sku(CHAIR)
        self.assertEqual(self.downloads(), 0)
        self.assertIn("127.0.0.1", self.link(CHAIR).image_error)
        self.assertIn("Picture Hosts", self.link(CHAIR).image_error)
        with self.assertRaisesRegex(ValidationError, "not a host name"):
            self.instance.picture_hosts = "cdn.example.com, no_host_"
        self.instance.picture_hosts = f"cdn.example.com, {self.shop.url}"
        self.import_products(what="new")
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))
        self.assertFalse(self.link(CHAIR).image_error)

    def test_switched_off_no_request(self):
        self.switch("off")
        self.put(CHAIR, picture("red"))
        self.by_sku(CHAIR)
        self.assertFalse(self.colour(CHAIR))
        self.assertFalse(self.shop.requests.calls["catalog_product_attribute_media.list"])
        self.switch("from")
        self.import_products(what="new")
        self.assertEqual(self.colour(CHAIR), (255, 0, 0), "those of products that are known are read when it is on")

    def test_changed_and_removed_in_magento(self):
        self.put(CHAIR, picture("red"), picture("green"))
        self.by_sku(CHAIR)
        rows = self.there(CHAIR)
        rows[0]["types"], rows[1]["types"] = [], rows[0]["types"]
        self.magento(CHAIR)
        self.shop.reset()
        self.by_sku(CHAIR)
        self.assertEqual((self.colour(CHAIR), self.downloads()), ((0, 128, 0), 0))
        self.put(CHAIR)
        self.by_sku(CHAIR)
        self.assertFalse(self.colour(CHAIR))
        self.assertFalse(self.link(CHAIR).image_ids)

    def test_broken_and_huge_ones_do_not_stop_the_product(self):
        broken = picture("blue")[:20] + b"nothing"
        self.put(CHAIR, picture("red"), b"<html>no picture</html>", broken, picture("blue") + b"\0" * 20 * 2**20)
        run = self.by_sku(CHAIR)
        self.assertEqual((run.state, run.failed_count), ("done", 0))
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))
        sentences = self.link(CHAIR).image_error.split("\n")
        self.assertEqual(len(sentences), 3, sentences)
        self.assertTrue(all("could not be taken over" in sentence for sentence in sentences))
        self.put(CHAIR, picture("green"))
        self.by_sku(CHAIR)
        self.assertFalse(self.link(CHAIR).image_error)

    def test_one_that_is_missing_on_the_server(self):
        self.put(CHAIR, picture("red"))
        self.shop.misbehave("http_502", "GET media", times=None)
        run = self.by_sku(CHAIR)
        self.assertEqual(run.state, "done")
        self.assertIn("could not be taken over", self.link(CHAIR).image_error)
        self.shop.reset()
        self.by_sku(CHAIR)
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))

    def test_changed_on_both_sides(self):
        self.put(CHAIR, picture("red"))
        self.by_sku(CHAIR)
        self.draw(CHAIR, "yellow")
        self.by_sku(CHAIR)
        self.assertEqual(self.colour(CHAIR), (255, 255, 0), "Magento's has not changed")
        self.put(CHAIR, picture("blue"), updated_at="2020-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(self.colour(CHAIR), (255, 255, 0))
        self.assertIn("Odoo's is newer", self.link(CHAIR).note)
        self.put(CHAIR, picture("green"), updated_at="2099-01-01 00:00:00")
        self.by_sku(CHAIR)
        self.assertEqual(self.colour(CHAIR), (0, 128, 0))
        self.assertIn("Magento's is newer", self.link(CHAIR).note)

    def test_who_may(self):
        self.put(CHAIR, picture("red"))
        self.by_sku(CHAIR)
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(self.env, "reader", "magento_connector.group_user")
        stranger = new_test_user(
            self.env, "stranger", "magento_connector.group_manager", company_id=other.id, company_ids=[other.id]
        )
        images = self.env["magento.product.image"]
        self.assertEqual(images.with_user(user).search([]).link_id, self.link(CHAIR).with_user(user))
        with self.assertRaises(AccessError):
            images.with_user(user).search([]).label = "mine"
        self.assertFalse(images.with_user(stranger).search([]))

    def test_only_from_magento(self):
        self.switch("from")
        self.put(CHAIR, picture("red"))
        self.by_sku(CHAIR, "SMP-0002")
        self.draw(CHAIR, "yellow")
        self.draw("SMP-0002", "yellow")
        self.by_sku(CHAIR, "SMP-0002")
        self.assertEqual(self.colour(CHAIR), (255, 0, 0), "Magento's counts")
        self.assertEqual(self.colour("SMP-0002"), (255, 255, 0), "Magento has none")
        self.export()
        self.assertFalse(self.there("SMP-0002"))

    def test_few_requests(self):
        for sku in (skus := [f"SMP-{number:04}" for number in range(1, 61)]):
            self.put(sku, picture("red"))
        run = self.by_sku(*skus)
        self.assertEqual(self.shop.requests.by_method["multiCall"], 2 + 2, "products, and lists of pictures")
        self.assertLessEqual(run.request_count, 60 + 20)


class TestImageExport(ImageCase):
    def test_a_new_one_and_nothing_twice(self):
        self.linked(CHAIR)
        self.draw(CHAIR, "red")
        run = self.export()
        self.assertEqual((run.sent_count, run.failed_count), (1, 0))
        (row,) = self.there(CHAIR)
        self.assertEqual(colour_of(self.shop.shop.media[row["file"]]), (255, 0, 0))
        self.assertEqual(row["types"], ["image", "small_image", "thumbnail"])
        self.assertIn("smp-0001", row["file"])
        self.nothing_to_send()
        before = self.link(CHAIR).product_id.write_date
        self.by_sku(CHAIR)
        self.assertFalse(self.downloads())
        self.assertEqual(self.link(CHAIR).product_id.write_date, before)

    def test_in_the_place_of_another(self):
        self.put(CHAIR, picture("red"), picture("green"))
        self.linked(CHAIR)
        self.draw(CHAIR, "blue")
        self.export()
        new, kept = sorted(self.there(CHAIR), key=lambda row: row["position"])
        self.assertEqual((new["position"], new["types"]), (1, ["image", "small_image", "thumbnail"]))
        self.assertEqual(colour_of(self.shop.shop.media[kept["file"]]), (0, 128, 0))
        self.link(CHAIR).product_id.image_1920 = False
        self.export()
        self.assertEqual(self.there(CHAIR), [kept])
        self.nothing_to_send()

    def test_only_what_both_agreed_on_is_removed(self):
        self.linked(CHAIR)
        self.put(CHAIR, picture("red"), updated_at="2020-01-01 00:00:00")
        self.draw(CHAIR, "blue")
        self.export()
        self.assertEqual([row["types"][:1] for row in self.there(CHAIR)], [[], ["image"]])
        self.assertIn("Odoo's is newer", self.link(CHAIR).note)

    def test_magentos_is_newer(self):
        self.linked(CHAIR)
        self.draw(CHAIR, "blue")
        self.put(CHAIR, picture("red"), updated_at="2099-01-01 00:00:00")
        run = self.export()
        self.assertEqual((run.sent_count, len(self.there(CHAIR))), (0, 1))
        self.import_products()
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))
        self.nothing_to_send()

    def test_no_second_copy_after_a_lost_answer(self):
        self.linked(CHAIR)
        self.draw(CHAIR, "red")
        self.shop.misbehave("lost_answer", "catalog_product_attribute_media.create")
        self.export()
        self.assertEqual(len(self.there(CHAIR)), 1)
        link = self.link(CHAIR)
        link.write({"agreed_image_file": False, "agreed_image_checksum": False})
        link.image_ids.unlink()  # as if the transaction had been lost
        run = self.export()
        self.assertEqual((run.sent_count, len(self.there(CHAIR))), (1, 1))
        self.assertEqual(link.agreed_image_file, self.there(CHAIR)[0]["file"])

    def test_kinds(self):
        self.linked(CHAIR)
        for kind, ending in (("JPEG", "jpg"), ("BMP", "png"), ("GIF", "gif")):
            self.draw(CHAIR, "red" if kind == "GIF" else "blue", kind=kind, size=40 + len(kind))
            run = self.export()
            self.assertEqual(run.failed_count, 0, kind)
            self.assertTrue(self.there(CHAIR)[0]["file"].endswith(ending), self.there(CHAIR))

    def test_refused(self):
        self.linked(CHAIR)
        svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
        self.link(CHAIR).product_id.with_user(self.env.ref("base.user_admin")).image_1920 = base64.b64encode(svg)
        run = self.export()
        self.assertEqual((run.failed_count, self.there(CHAIR)), (1, []))
        self.assertIn("JPEG", self.link(CHAIR).image_error)

    def test_trouble_on_the_way(self):
        self.linked(CHAIR, "SMP-0002")
        self.draw(CHAIR, "red")
        self.draw("SMP-0002", "blue")
        self.shop.misbehave("http_502", "catalog_product_attribute_media.create", after=1, times=None)
        self.assertEqual(self.export().state, "stopped")
        self.shop.reset()
        self.export()
        self.assertEqual([len(self.there(sku)) for sku in (CHAIR, "SMP-0002")], [1, 1])

    def test_a_new_product_with_its_picture(self):
        product = self.make("BRAND-NEW", image_1920=base64.b64encode(picture("red")))
        run = self.export(product)
        self.assertEqual(run.failed_count, 0)
        self.assertEqual(len(self.there("BRAND-NEW")), 1)
        self.nothing_to_send()
        self.by_sku("BRAND-NEW")
        self.assertFalse(self.downloads())

    def test_only_what_was_asked_for(self):
        one, other = self.linked(CHAIR, "SMP-0002")
        self.draw(CHAIR, "red")
        self.draw("SMP-0002", "red")
        other.action_export()
        self.run_cron()
        self.assertEqual((len(self.there(CHAIR)), len(self.there("SMP-0002"))), (0, 1))
        one.send_product = False
        self.export()
        self.assertFalse(self.there(CHAIR))


class TestImagesSoap(ImageCase):
    protocol = "soap_v1"

    def test_both_ways(self):
        self.put(CHAIR, picture("red"), picture("green"))
        self.linked(CHAIR, "SMP-0002")
        self.assertEqual(self.colour(CHAIR), (255, 0, 0))
        self.draw(CHAIR, "blue")
        self.draw("SMP-0002", "yellow")
        self.assertEqual(self.export().sent_count, 2)
        colours = [colour_of(self.shop.shop.media[self.there(sku)[-1]["file"]]) for sku in (CHAIR, "SMP-0002")]
        self.assertEqual(colours, [(0, 0, 255), (255, 255, 0)])
        self.by_sku(CHAIR, "SMP-0002")
        self.assertEqual(self.colour(CHAIR), (0, 0, 255))
        self.nothing_to_send()


class TestImagesSoapV2(TestImagesSoap):
    allow_inherited_tests_method = True
    protocol = "soap_v2"


class TestImagesWsi(TestImagesSoap):
    allow_inherited_tests_method = True
    shop_settings = {"recorded_only": True, "wsi": True}
    protocol = "soap_v2_wsi"
