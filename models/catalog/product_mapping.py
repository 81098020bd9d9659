"""What a Magento product means in Odoo, by the field mappings, tax classes and categories of its instance."""

from datetime import UTC, datetime

from odoo.fields import Command

from .category_trees import Places
from .conversion import NUMBERS, same, spelling, to_odoo

# What Magento does not ship: nothing to deliver, nothing to stock.
SERVICE_TYPES = {"virtual", "downloadable", "bundle"}
# What Magento sells by the stock of other products; a quantity of its own would only take it off the shop.
COMPOSITE_TYPES = {"configurable", "grouped", "bundle"}
# Attributes that ``magento_api`` gives as fields of the product, whatever the protocol called them.
FIELDS_OF = {"sku": "sku", "category_ids": "category_ids"}
PRICES = {"list_price", "lst_price"}
# A day on which no special price counts.
NEVER = datetime(1970, 1, 1)


class ProductMapping:
    """The mapping rows of one instance, loaded once for many products.

    :param labels: function that gives ``{option value: label}`` of an attribute, asked at first need
    """

    def __init__(self, instance, labels=None):
        self.instance = instance
        self.env = env = instance.env
        rows = env["magento.field.map"].search(
            [("instance_id", "=", instance.id), ("direction", "!=", "off"), ("conversion", "!=", "image")]
        )
        self.reads_images = bool(env["magento.field.map"]._of_images(instance, "from", "both"))
        active = [(row, row._field()) for row in rows if not row._is_special_price()]
        self.special_rows = [(row, row._field()) for row in rows if row._is_special_price()]
        self.rows = [(row, field) for row, field in active if row.direction != "to"]
        self.sent_rows = [(row, field) for row, field in active if row.direction != "from"]
        self.codes = sorted({row.attribute_code for row in rows})
        self._number_codes = {row.attribute_code for row, field in active if field.type in NUMBERS}
        self.tax_classes = {
            row.magento_id: row
            for row in env["magento.tax.class"].search([("instance_id", "=", instance.id)])
            if not row.needs_mapping
        }
        self.categories = {
            row.magento_id: row for row in env["magento.category"].search([("instance_id", "=", instance.id)])
        }
        self.places = Places(instance)
        self.attribute_sets = {
            row.magento_id: row.id for row in env["magento.attribute.set"].search([("instance_id", "=", instance.id)])
        }
        self.websites = {site.magento_id: site for site in instance.website_ids}
        self._labels = labels
        self._options = {}

    def received(self, answer):
        """Magento's values of the mapped attributes that came, in one spelling: ``{attribute code: text or None}``."""
        found = {}
        for code in self.codes:
            if code in FIELDS_OF:
                found[code] = self.spelled(code, getattr(answer, FIELDS_OF[code]))
            elif code in answer.attributes:
                found[code] = self.spelled(code, answer.attributes[code])
        return found

    def website_price(self, website, product):
        """The price of a product on a website, by its pricelist; without the special prices that Magento has itself."""
        return website.pricelist_id._get_product_price(product, 1.0, date=NEVER if self.special_rows else False)

    def views(self):
        """The store views that the import reads, with the rows that it reads there: list of ``(view, [(row, field)])``.

        Texts in each language but that of the default values, from the first store view that has it; prices from the
        first store view of each website that has a pricelist.
        """
        found, langs = [], {self.instance.catalog_lang_id.id, False}
        texts = [(row, field) for row, field in self.rows if row.scope == "store" and is_translated(field)]
        prices = [(row, field) for row, field in self.rows if row.scope == "website" and row.field_path in PRICES]
        for website in self.instance.website_ids:
            for place, view in enumerate(website.store_view_ids):
                rows = texts if view.lang_id.id not in langs else []
                rows = rows + (prices + self.special_rows if not place and website.pricelist_id else [])
                langs.add(view.lang_id.id)
                if rows:
                    found.append((view, rows))
        return found

    def spelled(self, code, value):
        """A value of an attribute in the one spelling that values are compared in."""
        return spelling(value, is_number=code in self._number_codes)

    def new_values(self, answer):
        """Values of a product that Odoo does not have, and the sentences on what could not be taken over.

        :param answer: ``magento_api`` Product
        """
        values, notes = {}, []
        for row, field, text in self._mapped(self.received(answer)):
            try:
                value = self._value(row, field, text, answer)
            except ValueError as error:
                notes.append(f"{row.attribute_code}: {error}")
                continue
            if value is not None:
                values[row.field_path] = _command(field, value)
        return values, notes

    def changes(self, product, answer, last):
        """What of Magento's values is to be written on a product that Odoo has.

        A row "from Magento" always counts. A row "both" counts where Magento's value is not the last one seen, unless
        Odoo's was changed as well, and later.

        :param last: what was seen last, as :meth:`received` gave it
        :returns: ``({field: value}, [sentence])``: the sentences say what was decided, or could not be taken over
        """
        values, notes = {}, []
        for row, field, text in self._mapped(self.received(answer)):
            code, name = row.attribute_code, row.field_path
            if row.direction == "both" and code in last and last[code] == text:
                continue
            try:
                value = self._value(row, field, text, answer, product)
                if value is None or same(self.env, field, product[name], value):
                    continue
                if row.direction == "both" and not self._untouched(row, field, product, last, answer):
                    empty = field.type != "boolean" and not product[name]
                    # what was never compared before is not wiped out by nothing
                    wins = (code not in last and empty) or self._magento_is_newer(product, answer)
                    if code in last:
                        notes.append(self._conflict(field, wins))
                    if not wins:
                        continue
            except ValueError as error:
                notes.append(f"{code}: {error}")
                continue
            values[name] = _command(field, value)
        return values, notes + self._overruled(product, answer, last)

    def _overruled(self, product, answer, last):
        """Sentences on what was changed in Magento although Odoo's value counts: it is sent again."""
        notes, now = [], self.received(answer)
        for row, field in self.sent_rows:
            code = row.attribute_code
            if row.direction == "to" and code in last and code in now and last[code] != now[code]:
                name = field._description_string(self.env)
                notes.append(self.env._("%(field)s was changed in Magento, but Odoo's value counts.", field=name))
        return notes

    def category_for(self, answer, product=None):
        """The Odoo category of a product: the one it has, if Magento has the product there too; else the deepest of
        Magento's; else the instance's default category; else the one of its website. Empty when there is none.
        """
        rows = self.known_categories(answer.category_ids)
        if product and self.stands_in(product, rows):
            return product.categ_id
        if rows:
            return max(rows, key=lambda row: (row.level, -row.position, -row.magento_id)).category_id
        if self.instance.default_category_id.category_id:
            return self.instance.default_category_id.category_id
        sites = [self.websites[number] for number in answer.website_ids if number in self.websites]
        return (sites[0] if sites else self.instance.website_ids[:1]).product_categ_id

    def known_categories(self, numbers):
        """The rows of Magento's categories that have one in Odoo."""
        rows = [self.categories[number] for number in numbers if number in self.categories]
        return [row for row in rows if row.category_id]

    def stands_in(self, product, rows):
        """Whether the product's category is one of those, or below one and not in Magento itself."""
        return self.places.nearest(product.categ_id) in rows

    def own_taxes(self, product):
        """The taxes of a product that are of this shop's company; a branch has those of the company above it."""
        companies = self.instance.company_id.parent_ids
        return product.taxes_id.filtered(lambda tax: tax.company_id in companies)

    def misses_categories(self, answers):
        """Whether a product is in a category that is not known here."""
        return any(number not in self.categories for answer in answers for number in answer.category_ids)

    def _mapped(self, received):
        for row, field in self.rows:
            if row.attribute_code in received:
                yield row, field, received[row.attribute_code]

    def _value(self, row, field, text, answer, product=None):
        """The value for the field as ``write`` takes it, ids for relations; None where Magento does not say."""
        if row.conversion == "category":
            return self._category(text, answer, product)
        if row.conversion == "tax_class":
            tax_class = self.tax_classes.get(int(text)) if (text or "").isdigit() else None
            if not tax_class:
                return None
            # the taxes of other companies on a shared product are not Magento's to say
            others = product.taxes_id - self.own_taxes(product) if product else []
            return [*tax_class.tax_ids.ids, *(tax.id for tax in others)]
        if row.conversion == "option":
            return self._option(row, field, text)
        if text is None and (field.required or row.attribute_code in ("name", "sku", "price")):
            return None
        return to_odoo(row, field, text)

    def _category(self, text, answer, product):
        if not text and product:
            return None
        return self.category_for(answer, product).id or None

    def options(self, code):
        """The labels of an attribute's options, by their values; asked for once."""
        if code not in self._options:
            self._options[code] = self._labels(code) if self._labels else {}
        return self._options[code]

    def _option(self, row, field, text):
        """The option's label, or the record of that name."""
        if text is None:
            return False
        label = self.options(row.attribute_code).get(text)
        if label is None:
            raise ValueError(self.env._("Magento has no option %(value)s.", value=text))
        if field.type != "many2one":
            return label
        found = self.env[field.comodel_name].search([("display_name", "=", label)], limit=1)
        if not found:
            raise ValueError(self.env._("Odoo has no record %(name)s.", name=label))
        return found.id

    def _untouched(self, row, field, product, last, answer):
        """Whether Odoo still has what Magento had when it was seen last."""
        if row.attribute_code not in last:
            return False
        if row.conversion == "category":
            rows = self.known_categories(numbers_in(last["category_ids"]))
            return not rows or self.stands_in(product, rows)
        before = self._value(row, field, last[row.attribute_code], answer, product)
        return before is None or same(self.env, field, product[row.field_path], before)

    def _magento_is_newer(self, product, answer):
        if not answer.updated_at:
            return True
        return answer.updated_at.astimezone(UTC).replace(tzinfo=None) >= product.write_date

    def _conflict(self, field, magento_wins):
        name = field._description_string(self.env)
        if magento_wins:
            return self.env._("%(field)s was changed in Odoo and in Magento: Magento's is newer.", field=name)
        return self.env._("%(field)s was changed in Odoo and in Magento: Odoo's is newer, and stays.", field=name)


def view_key(code, view):
    """The key of a store view's value, among the values that were seen last."""
    return f"{code}@{view.magento_id}"


def is_translated(field):
    """Whether a field of products has a value per language."""
    while field.inherited:  # of a variant's template
        field = field.related_field
    return bool(field.translate)


def numbers_in(text):
    """The numbers in a list of them, as :func:`spelling` gives it."""
    return [int(number) for number in (text or "").split(",") if number.isdigit()]


def _command(field, value):
    return [Command.set(value)] if field.type == "many2many" else value
