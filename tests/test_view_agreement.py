"""Random edits of texts in store views and of pictures on both sides, until both agree."""

import base64

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .test_product_images import ImageCase, colour_of, picture
from .test_product_views import EU_DE, ViewCase
from .test_products import CHAIR

COLOURS = ["red", "green", "blue", None]
EDITS = st.lists(
    st.tuples(st.sampled_from(["odoo", "magento"]), st.sampled_from(["text", "picture", "default"]), st.integers(0, 3)),
    min_size=1,
    max_size=8,
)


class TestViewAgreement(ViewCase, ImageCase):
    def setUp(self):
        super().setUp()
        self.mapping("name").scope = "store"

    def edit_odoo(self, what, number):
        product = self.link(CHAIR).product_id
        if what == "text":
            self.german(CHAIR, name=f"Stuhl {number}")
        elif what == "default":
            product.with_context(lang="en_US").name = f"Chair {number}"
        else:
            colour = COLOURS[number]
            product.image_1920 = base64.b64encode(picture(colour)) if colour else False

    def edit_magento(self, what, number):
        if what == "text":
            self.shows(CHAIR, EU_DE, name=f"Sessel {number}")
        elif what == "default":
            self.magento(CHAIR, name=f"Armchair {number}")
        else:
            colour = COLOURS[number]
            self.put(CHAIR, *([picture(colour)] if colour else []))

    def synchronise(self):
        """Import and export; returns what was written to Magento."""
        self.shop.reset()
        self.assertEqual(self.import_products(what="new").failed_count, 0)
        self.assertEqual(self.export().failed_count, 0)
        calls = self.shop.requests.calls
        return {name: calls[name] for name in calls if name.rpartition(".")[2] in ("create", "update", "remove")}

    def main_colour(self):
        """The colour of the main picture in the store."""
        main = [row for row in self.there(CHAIR) if "image" in row["types"]]
        return colour_of(self.shop.shop.media[main[0]["file"]]) if main else None

    def test_random_edits(self):
        self.linked(CHAIR)
        self.import_products(what="new")

        @settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])
        @given(EDITS)
        def agree(edits):
            for side, what, number in edits:
                (self.edit_odoo if side == "odoo" else self.edit_magento)(what, number)
            self.synchronise()
            self.synchronise()
            product = self.link(CHAIR).product_id.with_context(lang="en_US")
            self.assertEqual(product.name, self.in_magento(CHAIR)["name"])
            self.assertEqual(self.german(CHAIR), self.seen_in(CHAIR, EU_DE)["name"])
            self.assertEqual(self.colour(CHAIR), self.main_colour())
            dates = product.write_date, self.link(CHAIR).image_ids.mapped("write_date")
            self.assertFalse(self.synchronise())
            self.assertEqual((product.write_date, self.link(CHAIR).image_ids.mapped("write_date")), dates)

        agree()
