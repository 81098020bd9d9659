"""Rates of the currencies that orders are in: without one Odoo would count a pound as a dollar."""

from bisect import bisect_right
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...magento_api import NotUnderstood, parse_order
from ..sync.problem import Problem


class CurrencyRates:
    """The days for which Odoo has rates, as far as orders of an instance need them; looked up once."""

    def __init__(self, instance):
        self.env = instance.env
        self.company = instance.company_id
        self.longest = instance.rate_max_age
        self._days = {}

    def check(self, order, currency):
        """Whether an order may go into the books.

        :param order: a ``magento_api`` order
        :param currency: its ``res.currency``
        :raises Problem: when Odoo has no rate that holds on the day of the order
        """
        if self.holds(currency, day_of(order)):
            return
        raise Problem(
            "rate",
            self.env._(
                "Odoo has no rate of %(code)s for %(day)s, nor of the %(days)s days before. Enter one under Accounting "
                "> Configuration > Currencies, or take Magento's own (1 %(base)s = %(rate)s %(code)s) by the button; "
                "the order is then imported by itself.",
                code=currency.name,
                day=day_of(order),
                days=self.longest,
                base=order.base_currency_code,
                rate=f"{order.base_to_order_rate.normalize():f}",
            ),
            f"rate:{currency.name}",
        )

    def holds(self, currency, day):
        """Whether a rate is there to convert from ``currency`` on a ``day``, not older than the instance allows."""
        home = self.company.currency_id
        # a currency without rates is the one that others are measured in
        days = self._days_of(currency) or self._days_of(home)
        place = bisect_right(days, day)
        return currency == home or (place > 0 and (day - days[place - 1]).days <= self.longest)

    def magentos_own(self, order, currency):
        """What Magento's rate makes of one unit of the company's currency; None where it says nothing of that."""
        base = self.env["res.currency"].search([("name", "=", order.base_currency_code)])
        day, home = day_of(order), self.company.currency_id
        if not base or order.base_to_order_rate <= 0 or currency == home or not self.holds(base, day):
            return None
        return base._get_conversion_rate(home, base, self.company, day) * float(order.base_to_order_rate)

    def _days_of(self, currency):
        if currency not in self._days:
            rates = self.env["res.currency.rate"].search_fetch(
                [("currency_id", "=", currency.id), ("company_id", "in", [False, self.company.root_id.id])], ["name"]
            )
            self._days[currency] = sorted(rates.mapped("name"))
        return self._days[currency]


class ResCurrencyRate(models.Model):
    """A rate lets the orders that missed it be imported."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._wake_magento_orders()
        return rates

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"name", "currency_id", "company_id"}:
            self._wake_magento_orders()
        return result

    def _wake_magento_orders(self):
        self.env["magento.order"]._wake({f"rate:{currency.name}" for currency in self.currency_id})


class MagentoOrder(models.Model):
    """Orders that wait for a rate."""

    _inherit = "magento.order"

    def action_use_magento_rate(self):
        """Enter Magento's own rates for the days of these orders, which failed for want of one; they are then imported
        by themselves.

        :raises AccessError: the user may not enter rates
        :raises UserError: when Magento's rates are not from the company's currency, and Odoo does not know the one
            they are from either
        """
        # Odoo's own rights to currency rates apply: they are the books'
        rates = self.env["res.currency.rate"]
        rates.check_access("create")
        known, refused = {}, self.browse()
        for row in self.filtered(lambda row: row.state == "failed" and row.reason_kind == "rate"):
            values = row._magento_rate_values()
            if values:
                known.setdefault((values["currency_id"], values["name"], values["company_id"]), values)
            else:
                refused |= row
        rates.create(list(known.values()))
        if refused and not known:
            raise UserError(
                self.env._(
                    "Magento's rates of these orders do not start from %(currency)s, the company's currency, and Odoo "
                    "has no rate of the currency that they start from. Please enter rates by hand.",
                    currency=refused.company_id[:1].currency_id.name,
                )
            )
        return True

    def _magento_rate_values(self):
        """Values of the rate of the order's day, as Magento has it; None where it cannot be had."""
        company = self.instance_id.company_id
        try:
            order = parse_order(self.payload)
        except NotUnderstood:
            return None
        currency = self.env["res.currency"].search([("name", "=", order.order_currency_code)])
        rate = CurrencyRates(self.instance_id).magentos_own(order, currency)
        return rate and {
            "currency_id": currency.id,
            "name": day_of(order),
            "company_id": company.root_id.id,
            "company_rate": rate,
        }


class MagentoInstance(models.Model):
    """How old a rate may be, and which are missing."""

    _inherit = "magento.instance"

    rate_max_age = fields.Integer(
        "Days a Currency Rate Holds",
        default=7,
        required=True,
        help="An order in a foreign currency is imported when Odoo has a rate of its day, or of so many days before. "
        "Seven days bridge weekends and holidays, on which banks publish none.",
    )
    missing_rates = fields.Char(compute="_compute_missing_rates")

    @api.depends("order_ids.state")
    def _compute_missing_rates(self):
        missing = self._failed_keys("rate")
        for instance in self:
            instance.missing_rates = ", ".join(sorted(missing.get(instance.id, ()))) or False

    def write(self, vals):
        result = super().write(vals)
        if "rate_max_age" in vals:
            self._failed_for_rates()._wait_again()
        return result

    def action_use_magento_rates(self):
        """Enter Magento's own rates for all orders that failed for want of one."""
        return self._failed_for_rates().action_use_magento_rate()

    def _failed_for_rates(self):
        return self.env["magento.order"].search(
            [("instance_id", "in", self.ids), ("state", "=", "failed"), ("reason_kind", "=", "rate")]
        )


def day_of(order):
    """The day of a ``magento_api`` order, in UTC as its date in Odoo."""
    return order.created_at.astimezone(UTC).date()
