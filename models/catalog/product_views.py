"""What store views and websites show of products: texts in their languages, prices, special prices."""

from decimal import Decimal
from functools import partial

from odoo import fields, models
from odoo.tools import float_compare

from ...magento_api import MagentoError
from ..sync.clock import naive
from ..sync.isolate import isolate, sentence_of
from .conversion import same, spelling, to_odoo
from .product_import import QUIET
from .product_mapping import view_key

# Products of one transaction: ten requests of 50 for each store view.
BATCH = 500
SPECIAL = ("special_price", "special_from_date", "special_to_date")


class MagentoProduct(models.Model):
    """The import of values that Magento keeps by store view or website, where a field mapping has that scope."""

    _inherit = "magento.product"

    read_views = fields.Boolean(readonly=True, help="The product was read, what store views show of it was not yet.")

    _read_views_idx = models.Index("(instance_id) WHERE read_views")

    def _view_batches(self, loop):
        """What store views show of the products that an import has read, as batches for ``SyncLoop.drive``.

        A request for 50 products and store view; none where no field mapping asks for it.

        :raises MagentoError: when the shop is in trouble
        """
        mapping = self._mapping(loop)
        views = [view for view, _rows in mapping.views()]
        if not views:
            return
        domain = [("instance_id", "=", loop.instance.id), ("read_views", "=", True), ("is_gone", "=", False)]
        links, codes = self.search(domain, order="id"), [*mapping.codes, *SPECIAL]
        ids = {link.magento_id: link.id for link in links}
        first = loop.client.products(list(ids), store=views[0].magento_id, custom=codes)
        for answers in loop.read(first, BATCH):
            found = {views[0].id: dict(answers)}
            for view in views[1:]:
                numbers = [number for number, _answer in answers]
                found[view.id] = dict(loop.client.products(numbers, store=view.magento_id, custom=codes))
            part = [ids[number] for number, _answer in answers]
            yield partial(self._take_in_views, loop, part, found), 0

    def _take_in_views(self, loop, ids, found):
        """Write what store views show. A batch of the sync loop.

        :param found: dict of store view id to ``{product number: magento_api Product or error}``
        """
        links, mapping = self.browse(ids).exists(), self._mapping(loop)
        views = [view for view, _rows in mapping.views()]
        for error in (one for answers in found.values() for one in answers.values() if isinstance(one, MagentoError)):
            if error.retryable:
                raise error

        def take_in(part):
            for link in part:
                link._take_in_view_values(mapping, {view: found[view.id][link.magento_id] for view in views})

        def fail(link, error):
            link.write(
                {"read_views": False, "note": _joined(link.note, [sentence_of(self.env, error, f"Product {link.sku}")])}
            )

        isolate(self.env, links, take_in, fail)
        return {}

    def _take_in_view_values(self, mapping, answers):
        """Take over what the store views show of one product."""
        values, notes = dict(self.received_values or {}), []
        for view, rows in mapping.views():
            if isinstance(answers[view], MagentoError):
                continue
            for row, field in rows:
                kind = SpecialPrice if row._is_special_price() else ViewText if row.scope == "store" else ViewPrice
                if kind is ViewText or view.website_id.magento_id in answers[view].website_ids:
                    notes += kind(self, mapping, view, row, field, answers[view]).take_over(values)
        self.write({"read_views": False, "received_values": values, "note": _joined(self.note, notes)})


class MagentoFieldMap(models.Model):
    """When a value by store view or website is switched on, that of all products is read by the next import."""

    _inherit = "magento.field.map"

    def write(self, vals):
        result = super().write(vals)
        read = self.filtered(lambda row: row.direction in ("from", "both") and row.scope != "global")
        if read and {"direction", "scope"} & set(vals):
            # sudo: whoever may change the mapping may have the products read
            self.env["magento.product"].sudo().search([("instance_id", "in", read.instance_id.ids)]).read_views = True
        return result


class ViewValue:
    """One value of a product as a store view shows it, and what becomes of it in Odoo."""

    def __init__(self, link, mapping, view, row, field, answer):
        self.link = link
        self.env = link.env
        self.mapping = mapping
        self.view = view
        self.row = row
        self.field = field
        self.answer = answer
        self.key = view_key(row.attribute_code, view)

    def take_over(self, values):
        """Write what Magento has changed, unless Odoo's was changed as well, and later.

        :param values: what was seen last, by key; what is seen now is put there
        :returns: list of sentences
        """
        now, default = self.shown(), values.get(self.row.attribute_code)
        before = values.get(self.key, default)
        known = self.key in values
        values[self.key] = now
        if (self.row.direction == "both" and now == before) or self.agrees(now):  # the latter asks the database
            return []
        if self.row.direction == "from" or self.agrees(before):
            self.write(now)
            return []
        wins = bool(self.answer.updated_at) and naive(self.answer.updated_at) >= self.written_at()
        if wins:
            self.write(now)
        conflict = self.mapping._conflict(self.field, wins)
        return [f"{self.view.name}: {conflict}"] if known else []

    def shown(self):
        code = self.row.attribute_code
        return self.mapping.spelled(code, self.answer.attributes.get(code))


class ViewText(ViewValue):
    """A text in the language of a store view: a translation in Odoo."""

    def shown(self):
        if self.row.attribute_code == "name":
            return self.mapping.spelled("name", self.answer.name)
        return super().shown()

    def _translated(self):
        return self.link.product_id.with_context(lang=self.view.lang_id.code)

    def agrees(self, text):
        if text is None:  # Odoo cannot clear a text in one language only
            return True
        return same(self.env, self.field, self._translated()[self.row.field_path], to_odoo(self.row, self.field, text))

    def write(self, text):
        self._translated().with_context(**QUIET)[self.row.field_path] = to_odoo(self.row, self.field, text)

    def written_at(self):
        return self.link.product_id.write_date


class ViewPrice(ViewValue):
    """The price on a website: a fixed price of the product on the website's pricelist, where it is not the default."""

    attribute = "price"

    @property
    def pricelist(self):
        return self.view.website_id.pricelist_id

    def _items(self, attribute):
        """The rules of the pricelist for the product that come from Magento's attribute."""
        return self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "=", self.pricelist.id),
                ("product_id", "=", self.link.product_id.id),
                ("magento_attribute", "=", attribute),
            ]
        )

    def agrees(self, text):
        if text is None:
            return True
        price = self.mapping.website_price(self.view.website_id, self.link.product_id)
        return float_compare(price, float(text), precision_digits=4) == 0

    def write(self, text):
        self._items(self.attribute).unlink()
        if not self.agrees(text):
            self._create(fixed_price=float(text))
            special = self._items("special_price")  # of two rules that fit, the newer one counts
            special.copy()
            special.unlink()

    def _create(self, **values):
        product = self.link.product_id
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "0_product_variant",
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "compute_price": "fixed",
                "magento_attribute": self.attribute,
                **values,
            }
        )

    def written_at(self):
        return max([self.link.product_id.write_date, *self._items(self.attribute).mapped("write_date")])


class SpecialPrice(ViewPrice):
    """The special price on a website: a fixed price with dates, on the website's pricelist."""

    attribute = "special_price"

    def shown(self):
        """Price, first and last day, in one text; None where there is none, or none that counts."""
        price, begin, end = (self.answer.attributes.get(code) or "" for code in SPECIAL)
        price = spelling(price, is_number=True)
        lower = price and self.answer.price is not None and Decimal(price) < self.answer.price
        return f"{price}|{begin[:10]}|{end[:10]}" if lower and self.answer.type != "bundle" else None

    def _values(self, text):
        price, begin, end = text.split("|")
        return {
            "fixed_price": float(price),
            "date_start": fields.Datetime.to_datetime(begin) if begin else False,
            "date_end": fields.Datetime.to_datetime(f"{end} 23:59:59") if end else False,
        }

    def agrees(self, text):
        items = self._items(self.attribute)
        if not text or not items:
            return not text and not items
        return all(items[0][name] == value for name, value in self._values(text).items())

    def write(self, text):
        self._items(self.attribute).unlink()
        if text:
            self._create(**self._values(text))


def _joined(note, more):
    """Remarks with more of them."""
    return "\n".join([*([note] if note else []), *more]) or False
