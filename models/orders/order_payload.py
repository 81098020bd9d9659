import json
import re
from decimal import Decimal, InvalidOperation

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime, formatLang

from ...magento_api.options import choices, read_options

MOST_ROWS = 200
LONGEST_TEXT = 300
LONGEST_RAW_TEXT = 2_000
LONGEST_RAW = 500_000
DEEPEST = 12
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Parts of the total that the table of totals names itself; whatever else ends in _amount is shown as it is called.
NAMED_AMOUNTS = {
    "discount_amount",
    "shipping_amount",
    "shipping_discount_amount",
    "shipping_tax_amount",
    "tax_amount",
    "hidden_tax_amount",
    "shipping_hidden_tax_amount",
}


class MagentoOrder(models.Model):
    """What Magento said of an order, as a person reads it."""

    _inherit = "magento.order"

    payload_view = fields.Html("Order in Magento", compute="_compute_payload_view")
    payload_json = fields.Text("Data as Received", compute="_compute_payload_json")

    @api.depends("payload")
    def _compute_payload_view(self):
        for order in self:
            order.payload_view = PayloadPage(self.env, order.payload).html()

    @api.depends("payload")
    def _compute_payload_json(self):
        for order in self:
            text = json.dumps(_trimmed(order.payload), indent=2, ensure_ascii=False) if order.payload else ""
            order.payload_json = UNPRINTABLE.sub("", text[:LONGEST_RAW]) or False


class PayloadPage:
    """The page for one payload, whatever is in it: what is missing is left out, what makes no sense is shown as text.

    Every value goes through ``Markup``'s formatting, which escapes it.
    """

    def __init__(self, env, payload):
        self.env = env
        self.payload = payload

    def html(self):
        """The page, safe to be shown."""
        _ = self.env._
        if not self.payload:
            return _note(_("Magento's answer is not stored. Press Ask Magento Anew to read the order."))
        if not isinstance(self.payload, dict):
            return _note(_("Magento's answer is not an order. The page Raw Data shows it as it is."))
        return Markup("").join(
            [
                _columns(self._order(), self._customer()),
                _columns(
                    self._address(_("Billing Address"), "billing_address"),
                    self._address(_("Shipping Address"), "shipping_address"),
                ),
                self._items(),
                _columns(self._totals(), self._payment()),
                self._history(),
            ]
        )

    # -- sections -----------------------------------------------------------------------------------------------------

    def _order(self):
        _, order = self.env._, self.payload
        return _section(
            _("Order"),
            _facts(
                [
                    (_("Number"), _text(order.get("increment_id"))),
                    (_("Ordered on"), self._moment(order.get("created_at"))),
                    (_("Changed on"), self._moment(order.get("updated_at"))),
                    (_("State"), _text(order.get("state"))),
                    (_("Status"), _text(order.get("status"))),
                    (_("Store"), _text(order.get("store_name")).replace("\n", " / ")),
                    (
                        _("Shipping method"),
                        _text(order.get("shipping_description")) or _text(order.get("shipping_method")),
                    ),
                    (_("Coupon code"), _text(order.get("coupon_code"))),
                    (_("Customer's note"), _text(order.get("customer_note"))),
                    (_("Gift message"), _message(order)),
                ]
            ),
        )

    def _customer(self):
        _, order = self.env._, self.payload
        is_guest = _text(order.get("customer_is_guest")) in ("1", "true", "True")
        return _section(
            _("Customer"),
            _facts(
                [
                    (_("Name"), _name(order, "customer_")),
                    (_("Email"), _text(order.get("customer_email"))),
                    (_("Number"), _("Guest") if is_guest else _text(order.get("customer_id"))),
                    (_("Group"), _text(order.get("customer_group_id"))),
                    (_("VAT number"), _text(order.get("customer_taxvat"))),
                ]
            ),
        )

    def _address(self, title, key):
        _, place = self.env._, self.payload.get(key)
        if not place:
            return ""
        if not isinstance(place, dict):
            return _section(title, Markup("<p>%s</p>") % _text(place))
        vat, phone = _text(place.get("vat_id")), _text(place.get("telephone"))
        lines = [
            _name(place),
            _text(place.get("company")),
            *_text(place.get("street")).splitlines(),
            f"{_text(place.get('postcode'))} {_text(place.get('city'))}".strip(),
            ", ".join(filter(None, (_text(place.get("region")), _text(place.get("country_id"))))),
            phone and _("Phone: %(number)s", number=phone),
            vat and _("VAT number: %(number)s", number=vat),
        ]
        return _section(title, Markup("<p>%s</p>") % Markup("<br/>").join(line for line in lines if line))

    def _items(self):
        _ = self.env._
        items, more = _rows(self.payload.get("items"))
        if not items:
            return _section(_("Items"), _note(_("Magento named no items.")))
        heads = [_("Product"), _("SKU"), _("Quantity"), _("Price"), _("Discount"), _("Tax"), _("Row total")]
        body = Markup("").join(self._item(item, is_child) for item, is_child in _family_order(items))
        return _section(_("Items"), _table(heads, body, first_number=2)) + self._more(more)

    def _item(self, item, is_child):
        if not isinstance(item, dict):
            return Markup('<tr><td colspan="7" class="text-break">%s</td></tr>') % _text(item)
        name = _text(item.get("name")) or _text(item.get("sku"))
        details = [
            f"{_cut(label)}: {_cut(value)}" for label, value in choices(read_options(item.get("product_options")))
        ]
        details.append(_message(item))
        return Markup("<tr><td%s>%s%s%s%s</td>%s</tr>") % (
            Markup(' class="ps-4"') if is_child else "",
            "↳ " if is_child else "",
            name,
            Markup(' <span class="text-muted small">%s</span>') % _text(item.get("product_type")),
            Markup("").join(Markup('<div class="text-muted small">%s</div>') % line for line in details[:20] if line),
            _cells(
                _text(item.get("sku")),
                _quantity(item.get("qty_ordered")),
                self._money(item.get("price")),
                self._money(item.get("discount_amount"), hide_zero=True),
                self._tax(item),
                self._money(item.get("row_total")),
            ),
        )

    def _tax(self, item):
        amount = self._money(item.get("tax_amount"), hide_zero=True)
        rate = _quantity(item.get("tax_percent"))
        return f"{amount} ({rate} %)" if amount and rate and rate != "0" else amount

    def _totals(self):
        _, order = self.env._, self.payload
        currency, base = _text(order.get("order_currency_code")), _text(order.get("base_currency_code"))
        rows = [
            (_("Subtotal"), "subtotal", False),
            (_("Discount"), "discount_amount", True),
            (_("Shipping"), "shipping_amount", True),
            (_("Discount on shipping"), "shipping_discount_amount", True),
            (_("Tax"), "tax_amount", True),
            (_("Tax on shipping (in Tax)"), "shipping_tax_amount", True),
            (_("Hidden tax"), "hidden_tax_amount", True),
            (_("Hidden tax on shipping"), "shipping_hidden_tax_amount", True),
            *((_text(key), key, True) for key in self._other_amounts()),
            (_("Grand total"), "grand_total", False),
            (_("Paid"), "total_paid", True),
            (_("Refunded"), "total_refunded", True),
        ]
        with_base = bool(base) and base != currency
        heads = ["", currency, base] if with_base else ["", currency]
        body = Markup("").join(
            Markup("<tr%s><td>%s</td>%s</tr>")
            % (
                Markup(' class="fw-bold"') if key == "grand_total" else "",
                label,
                _cells(
                    *(self._money(order.get(name)) for name in [key, f"base_{key}"][: 1 + with_base]), first_number=0
                ),
            )
            for label, key, hide_zero in rows
            if self._money(order.get(key), hide_zero)
        )
        return _section(_("Totals"), _table(heads, body, first_number=1))

    def _other_amounts(self):
        """Amounts that extensions of the shop add, such as a fee of a payment method."""
        names = [key for key in self.payload if isinstance(key, str) and key.endswith("_amount")]
        return sorted(name for name in names if name not in NAMED_AMOUNTS and not name.startswith("base_"))[:20]

    def _payment(self):
        _, payment = self.env._, self.payload.get("payment")
        if not isinstance(payment, dict):
            return _section(_("Payment"), Markup("<p>%s</p>") % _text(payment)) if payment else ""
        return _section(
            _("Payment"),
            _facts(
                [
                    (_("Method"), _text(payment.get("method"))),
                    (_("Amount ordered"), self._money(payment.get("amount_ordered"))),
                    (_("Amount paid"), self._money(payment.get("amount_paid"))),
                    (_("Purchase order"), _text(payment.get("po_number"))),
                    (_("Transaction"), _text(payment.get("last_trans_id"))),
                ]
            ),
        )

    def _history(self):
        _ = self.env._
        entries, more = _rows(self.payload.get("status_history"))
        if not entries:
            return ""
        body = Markup("").join(
            Markup('<tr><td>%s</td><td>%s</td><td class="text-break">%s</td></tr>')
            % (self._moment(entry.get("created_at")), _text(entry.get("status")), _text(entry.get("comment")))
            if isinstance(entry, dict)
            else Markup('<tr><td colspan="3" class="text-break">%s</td></tr>') % _text(entry)
            for entry in entries
        )
        return _section(_("History"), _table([_("Date"), _("Status"), _("Comment")], body)) + self._more(more)

    # -- values -------------------------------------------------------------------------------------------------------

    def _more(self, count):
        return _note(self.env._("… and %(count)s more, which are not shown here.", count=count)) if count else ""

    def _money(self, value, hide_zero=False):
        number = _number(value)
        if number is None:
            return _text(value)
        if hide_zero and not number:
            return ""
        digits = min(max(2, -number.normalize().as_tuple().exponent), 4)
        return formatLang(self.env, float(number), digits=digits)

    def _moment(self, value):
        """Magento writes times in UTC; they are shown in the reader's time zone."""
        text = _text(value)
        try:
            moment = fields.Datetime.to_datetime(text)
            return format_datetime(self.env, moment) if moment else ""
        except (ValueError, OverflowError):
            return text


def _section(title, body):
    return Markup('<h5 class="mt-3">%s</h5>%s') % (title, body) if body else ""


def _columns(*parts):
    return Markup('<div class="row">%s</div>') % Markup("").join(
        Markup('<div class="col-12 col-lg-6">%s</div>') % part for part in parts
    )


def _note(text):
    return Markup('<p class="text-muted">%s</p>') % text


def _facts(pairs):
    rows = [
        Markup('<tr><td class="text-muted text-nowrap pe-3">%s</td><td class="w-100 text-break">%s</td></tr>')
        % (label, Markup("<br/>").join(value.splitlines()))
        for label, value in pairs
        if value
    ]
    return Markup('<table class="table table-sm table-borderless mb-0"><tbody>%s</tbody></table>') % Markup("").join(
        rows
    )


def _table(heads, body, first_number=99):
    """A table that scrolls sideways on a narrow screen; columns from ``first_number`` on hold numbers."""
    cells = Markup("").join(
        Markup('<th class="text-nowrap%s"%s>%s</th>')
        % (" text-end" if place >= first_number else "", Markup(' style="min-width: 9rem"') if not place else "", head)
        for place, head in enumerate(heads)
    )
    return Markup(
        '<div class="table-responsive"><table class="table table-sm">'
        "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
    ) % (cells, body)


def _cells(*values, first_number=1):
    return Markup("").join(
        Markup('<td class="text-nowrap%s">%s</td>') % (" text-end" if place >= first_number else "", value)
        for place, value in enumerate(values)
    )


def _rows(value):
    """The first entries of a list, and how many there are more; a lone entry counts as a list of one."""
    rows = value if isinstance(value, list) else [value] if value else []
    return rows[:MOST_ROWS], max(len(rows) - MOST_ROWS, 0)


def _family_order(items):
    """Items with those that belong to them right behind, as ``(item, is a child)``; every item once."""
    keys = {_text(item.get("item_id")) for item in items if isinstance(item, dict)} - {""}
    children, tops = {}, []
    for item in items:
        parent = _text(item.get("parent_item_id")) if isinstance(item, dict) else ""
        if parent in keys and parent != _text(item.get("item_id")):
            children.setdefault(parent, []).append(item)
        else:
            tops.append(item)
    for item in tops:
        yield item, False
        if isinstance(item, dict):
            yield from ((child, True) for child in children.pop(_text(item.get("item_id")), ()))
    for orphans in children.values():
        yield from ((child, True) for child in orphans)


def _name(values, prefix=""):
    parts = ("prefix", "firstname", "middlename", "lastname", "suffix")
    return _cut(" ".join(filter(None, (_text(values.get(prefix + part)) for part in parts))))


def _message(values):
    """The gift message of an order or an item; Magento writes it into fields of its own."""
    return _text(values.get("gift_message") or values.get("gift_message_body"))


def _text(value):
    """Any value as a short text."""
    if value is None or value is False or value in ("", [], {}):
        return ""
    if isinstance(value, dict | list | int):
        value = json.dumps(_trimmed(value), ensure_ascii=False)
    return _cut(str(value))


def _cut(text):
    text = UNPRINTABLE.sub("", text[: 2 * LONGEST_TEXT]).strip()
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


def _number(value):
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(text := _text(value)) > 40:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _quantity(value):
    number = _number(value)
    return _text(value) if number is None else f"{number.normalize():f}"


def _trimmed(value, depth=0):
    """A payload without its excesses, for showing: lists, texts and depth cut."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_RAW_TEXT else value[:LONGEST_RAW_TEXT] + "…"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**100:
        return "…"
    if not isinstance(value, dict | list) or not value:
        return value
    if depth == DEEPEST:
        return "…"
    if isinstance(value, list):
        more = len(value) - MOST_ROWS
        return [_trimmed(item, depth + 1) for item in value[:MOST_ROWS]] + ([f"… {more} more"] if more > 0 else [])
    return {str(key)[:LONGEST_TEXT]: _trimmed(item, depth + 1) for key, item in list(value.items())[: 5 * MOST_ROWS]}
