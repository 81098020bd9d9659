"""What an Odoo product is to be in Magento: the way back of :mod:`product_mapping`."""

from ...magento_api import kept_text
from .category_trees import path_of
from .conversion import NUMBERS, legal, same, to_magento, to_odoo
from .product_mapping import PRICES, numbers_in

SKU_LENGTH = 64
# What has another meaning, or none, for products whose price and weight come from other products.
LEFT_ALONE = {
    "virtual": {"weight"},
    "downloadable": {"weight"},
    "configurable": {"weight"},
    "grouped": {"price", "special_price", "msrp", "cost", "weight", "tax_class_id"},
    "bundle": {"price", "special_price", "msrp", "cost", "weight", "tax_class_id"},
}


class ProductSending:
    """Odoo's values as Magento takes them, for the products of one instance.

    Values are known by a key: the attribute's code for the default value, ``code@7`` for that of store view 7.

    :param mapping: :class:`ProductMapping`
    """

    def __init__(self, mapping):
        self.env = mapping.env
        self.mapping = mapping
        self.instance = mapping.instance
        self.rows = mapping.sent_rows
        self._to_make = set(self.env["magento.category"]._missing(self.instance).ids)
        self._sets = self._read_sets()
        self._options = {}

    def _read_sets(self):
        """The ids of the attribute sets that have an attribute, by its code; empty until they have been read."""
        attributes = self.env["magento.attribute"].search([("instance_id", "=", self.instance.id)])
        return {attribute.code: set(attribute.set_ids.ids) for attribute in attributes}

    # -- default values -----------------------------------------------------------------------------------------------

    def differences(self, product, seen, kind="simple", attribute_set=None):
        """What differs from Magento's values.

        :param seen: Magento's values, as ``ProductMapping.received`` gives them; what is not in it is unknown
        :param kind: Magento's type of product
        :returns: ``({code: text for Magento}, [sentence])``; the sentences say what cannot be sent
        """
        found, problems = {}, []
        for row, field in self.rows:
            code = row.attribute_code
            if code in LEFT_ALONE.get(kind, ()) or not self._in_set(code, attribute_set):
                continue
            try:
                text = self._text(row, field, product, seen)
            except ValueError as error:
                problems.append(str(error))
                continue
            if text is not None:
                found.setdefault(code, text)
        return found, problems

    def outside_set(self, product, attribute_set):
        """Sentences on values that the product's attribute set has no place for."""
        return [
            self.env._(
                "The attribute set %(set)s has no attribute %(code)s: add it in Magento under Catalog > Attributes > "
                "Manage Attribute Sets, or choose another set.",
                set=attribute_set.name,
                code=row.attribute_code,
            )
            for row, _field in self.rows
            if not self._in_set(row.attribute_code, attribute_set) and self.value(row, product)
        ]

    def _in_set(self, code, attribute_set):
        return not attribute_set or code not in self._sets or attribute_set.id in self._sets[code]

    def value(self, row, product):
        """Odoo's value of a row; an archived product is not for sale."""
        if row.attribute_code == "status" and row.conversion == "boolean" and not product.active:
            return False
        value = product.mapped(row.field_path) if "." in row.field_path else product[row.field_path]
        if isinstance(value, list):
            return value[0] if len(value) == 1 else (value or False)
        return value

    def _text(self, row, field, product, seen):
        """Magento's text for a row, None where Magento has it.

        :raises ValueError: it cannot be sent; the text says why
        """
        code = row.attribute_code
        if row.conversion == "category":
            return self._categories(product, seen)
        if row.conversion == "tax_class":
            return self._tax_class(product, seen)
        value = self.value(row, product)
        if code == "sku":
            value = self.sku(product)
        text = self._converted(row, field, value)
        if code in seen and self._agrees(row, field, value, text, seen[code]):
            return None
        return text

    def _converted(self, row, field, value):
        if row.conversion == "option":
            return self._option(row.attribute_code, field, value)
        if isinstance(value, list):
            return ", ".join(legal(str(one)) for one in value if one)
        return to_magento(row, field, value)

    def _agrees(self, row, field, value, text, before):
        """Whether Magento has the value, in its own terms, or in those of Odoo, which may keep fewer digits."""
        if self.mapping.spelled(row.attribute_code, kept_text(text)) == before:
            return True
        if row.conversion == "option" or isinstance(value, list):
            return False
        if before is None and field.type in NUMBERS:
            return not value
        try:
            return same(self.env, field, value, to_odoo(row, field, before))
        except ValueError:
            return False

    def sku(self, product):
        """The SKU of a product.

        :raises ValueError: it has none that Magento takes
        """
        path = next((row.field_path for row, _field in self.rows if row.attribute_code == "sku"), "default_code")
        sku = legal(str(product.mapped(path)[:1][0] if "." in path else product[path] or "")).strip()
        if not sku:
            raise ValueError(
                self.env._("The product has no internal reference, which is its SKU in Magento: enter one.")
            )
        if len(sku) > SKU_LENGTH:
            raise ValueError(
                self.env._(
                    "The internal reference has %(count)s characters; Magento takes at most %(most)s.",
                    count=len(sku),
                    most=SKU_LENGTH,
                )
            )
        return sku

    def _tax_class(self, product, seen):
        """The class with the product's taxes; a class that nobody has mapped is left as it is."""
        taxes = self.mapping.own_taxes(product)
        classes, before = self.mapping.tax_classes, seen.get("tax_class_id")
        if before is not None:
            now = classes.get(int(before)) if before.isdigit() else None
            if not now or set(now.tax_ids.ids) == set(taxes.ids):
                return None
        for number in sorted(classes):
            if set(classes[number].tax_ids.ids) == set(taxes.ids):
                return str(number)
        raise ValueError(
            self.env._(
                "No tax class stands for the taxes %(taxes)s: choose them on one under Configuration > Tax Classes.",
                taxes=", ".join(taxes.mapped("name")) or self.env._("(none)"),
            )
        )

    def _option(self, code, field, value):
        """The numbers of the options with these labels."""
        if field.relational:
            labels = value.mapped("display_name") if value else []
        elif field.type == "selection":
            labels = [dict(field._description_selection(self.env)).get(value, value)] if value else []
        else:
            labels = value if isinstance(value, list) else [value] if value else []
        if code not in self._options:
            options = self.mapping.options(code)
            self._options[code] = {label.strip().casefold(): number for number, label in options.items() if number}
        numbers = []
        for label in labels:
            number = self._options[code].get(str(label).strip().casefold())
            if number is None:
                raise ValueError(
                    self.env._(
                        "The attribute %(code)s has no option %(label)s: add it in Magento under Catalog > Attributes "
                        "> Manage Attributes, then export the product again.",
                        code=code,
                        label=label,
                    )
                )
            numbers.append(number)
        return ",".join(sorted(numbers))

    def _categories(self, product, seen):
        """Magento's categories, with that of the product in the place of the one it was in."""
        numbers = numbers_in(seen.get("category_ids"))
        known = self.mapping.known_categories(numbers)
        if self.mapping.stands_in(product, known):
            return None
        fallbacks = self.instance.default_category_id.category_id | self.instance.website_ids.product_categ_id
        if "category_ids" in seen and not known and product.categ_id in fallbacks:
            return None  # the import put it there, for want of another
        place = self.mapping.places.nearest(product.categ_id)
        if not place and not numbers:
            place = self.instance.default_category_id
        if not place or place.magento_id in numbers:
            return None
        if known:
            numbers.remove(max(known, key=lambda row: (row.level, -row.position, -row.magento_id)).magento_id)
        return ",".join(str(number) for number in sorted([*numbers, place.magento_id], key=str))

    def categories_to_make(self, products):
        """The categories of products that are to be exported and are not in Magento, or whose parents are not."""
        if not self._to_make or not any(row.conversion == "category" for row, _field in self.rows):
            return self.env["product.category"]
        return products.categ_id.filtered(lambda category: not self._to_make.isdisjoint(path_of(category)))

    # -- values of websites and store views ---------------------------------------------------------------------------

    def views(self):
        """The store views that have values of their own, with the rows of those: list of ``(view, [(row, field)])``."""
        found = []
        for website in self.instance.website_ids:
            for place, view in enumerate(website.store_view_ids):
                rows = [
                    (row, field)
                    for row, field in self.rows
                    if (row.scope == "store" and view.lang_id)
                    or (row.scope == "website" and not place and website.pricelist_id and row.field_path in PRICES)
                ]
                if rows:
                    found.append((view, rows))
        return found

    def view_texts(self, view, rows, product, kind="simple", attribute_set=None):
        """What a store view is to show: ``{code: text}``. A text without a translation is not Odoo's to say."""
        found = {}
        for row, field in rows:
            code = row.attribute_code
            if code in LEFT_ALONE.get(kind, ()) or not self._in_set(code, attribute_set):
                continue
            if row.scope == "website":
                price = self.mapping.website_price(view.website_id, product)
                found[code] = f"{round(price, 4):f}"
            elif (value := self._translated(row, field, product, view.lang_id.code)) is not None:
                found[code] = to_magento(row, field, value)
        return found

    def _translated(self, row, field, product, lang):
        *path, name = row.field_path.split(".")
        record = product
        for step in path:
            record = record[step][:1]
        while field.inherited:  # of a variant's template
            record, field = record[field.related.split(".")[0]], field.related_field
        if not field.translate or not record or row.conversion not in ("as_is", "html", "first"):
            return None
        stored = field._get_stored_translations(record) or {}
        return record.with_context(lang=lang)[name] if lang in stored else None

    def view_agrees(self, view, rows, code, text, shown):
        """Whether a store view shows a text."""
        row, field = next((row, field) for row, field in rows if row.attribute_code == code)
        if row.scope == "website":
            return self.mapping.spelled(code, text) == shown
        return self.mapping.spelled(code, kept_text(text)) == shown or self._agrees(row, field, text, text, shown)

    def data(self, values):
        """Values by code as ``magento_api`` takes them."""
        data = dict(values)
        if "category_ids" in data:
            data["categories"] = [int(number) for number in data.pop("category_ids").split(",") if number]
        return data
