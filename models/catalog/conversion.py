"""How the value of a Magento attribute becomes the value of an Odoo field, and back. No code of a user is run.

Magento's side is always text (``None`` for nothing), in one spelling per value whatever the protocol; what Magento
wants back is text as well.
"""

from decimal import Decimal, InvalidOperation

from odoo import fields
from odoo.tools import float_compare, html2plaintext, plaintext2html

CONVERSIONS = [
    ("as_is", "As it is"),
    ("rounded", "Rounded"),
    ("html", "Text in Odoo, HTML in Magento"),
    ("first", "First characters"),
    ("option", "Label of the option"),
    ("uom", "Unit of measure"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("tax_class", "Taxes by tax class"),
    ("category", "Category"),
    ("image", "Picture"),
]
# The types of Odoo field that a conversion can fill and read.
FIELD_TYPES = {
    "as_is": {"char", "text", "html", "float", "monetary", "integer", "boolean", "selection"},
    "rounded": {"float", "monetary", "integer"},
    "html": {"char", "text"},
    "first": {"char", "text"},
    "option": {"char", "text", "many2one", "selection"},
    "uom": {"float"},
    "boolean": {"boolean"},
    "date": {"date", "datetime"},
    "tax_class": {"many2many"},
    "category": {"many2one"},
    "image": {"binary"},
}
NUMBERS = {"float", "monetary", "integer"}


def spelling(value, is_number=False):
    """One text per value: lists are sorted; nothing is ``None``; of numbers ``92.9200`` and ``Decimal("92.92")`` are
    ``92.92``, while a SKU or a name such as ``1.50`` stays as it is.

    :param value: a value of ``magento_api.Product.attributes``
    """
    if value is None or value == "" or value is False:
        return None
    if isinstance(value, list | tuple):
        return ",".join(sorted(str(item) for item in value)) or None
    text = str(value)
    number = _decimal(text) if is_number and "." in text else None
    return f"{number.normalize():f}" if number is not None else text


def to_odoo(row, field, text):
    """The value of ``field`` for Magento's ``text``.

    :param row: ``magento.field.map``
    :param field: the Odoo field (``odoo.fields.Field``)
    :raises ValueError: when the text makes no sense for the field
    """
    kind = row.conversion
    if kind == "boolean":
        return _boolean(row, text)
    if text is None:
        return 0 if field.type in NUMBERS else False
    if kind == "date":
        return fields.Date.to_date(text[:10]) if field.type == "date" else fields.Datetime.to_datetime(text[:19])
    if kind == "html":
        return html2plaintext(text).strip()
    if kind == "first":
        return text[: row.length]
    if field.type in NUMBERS:
        return _number(row, field, text)
    if field.type == "boolean":
        return text not in ("0", "")
    return text


def to_magento(row, field, value):
    """Magento's text for the ``value`` of ``field``: the way back of :func:`to_odoo`."""
    kind = row.conversion
    if kind == "boolean":
        return (row.true_value if value else row.false_value) or ""
    if field.type in NUMBERS:
        number = row._in_magento_unit(value) if kind == "uom" else value
        return f"{round(number, row.digits) if kind == 'rounded' else round(number, 4):f}"
    if field.type == "boolean":
        return "1" if value else "0"
    if not value:
        return ""
    if kind == "date":
        return fields.Date.to_string(value) if field.type == "date" else fields.Datetime.to_string(value)
    if kind == "html":
        return legal(str(plaintext2html(value)))
    return legal(str(value)[: row.length] if kind == "first" else str(value))


def legal(text):
    """A text without the control characters that no XML may carry."""
    return "".join(char for char in text if char >= " " or char in "\t\n\r")


def same(env, field, one, other):
    """Whether two values of a field are the same, to the digits that Odoo keeps.

    :param one: value as a record gives it
    :param other: value as ``write`` takes it (ids for relations)
    """
    if field.type == "many2many":
        return set(one.ids) == set(other)
    if field.type == "html":
        return (one or "") == (field.convert_to_cache(other or False, env["product.product"]) or "")
    if field.type == "many2one":
        return (one.id or False) == (other or False)
    if field.type in NUMBERS:
        digits = field.get_digits(env) if field.type == "float" else None
        return float_compare(one, other, precision_digits=digits[1] if digits else 4) == 0
    return (one or False) == (other or False)


def _boolean(row, text):
    if text == row.true_value:
        return True
    if text == row.false_value or text is None:
        return False
    raise ValueError(row.env._("Magento answers %(value)s, which means neither yes nor no.", value=text))


def _number(row, field, text):
    number = _decimal(text)
    if number is None:
        raise ValueError(row.env._("Magento answers %(value)s, where a number was expected.", value=text[:40]))
    value = float(number)
    if row.conversion == "uom":
        value = row._in_odoo_unit(value)
    if row.conversion == "rounded":
        value = round(value, row.digits)
    return int(value) if field.type == "integer" else value


def _decimal(text):
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**12 else None
