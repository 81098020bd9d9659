from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..sync.problem import Problem
from .amounts import round_to
from .settlement import simplest_rate

PRECISION = Decimal("0.0001")
HIGHEST_RATE = 1000


class MagentoTax(models.Model):
    """Which Odoo taxes stand for a tax rate that Magento charged in a country.

    Magento's API tells no tax by name: an order carries rates and amounts, and two taxes of 4 % and 4.375 % arrive as
    8.375 %. So a row may name several Odoo taxes; Magento's amount is shared out by their rates. Rows come by
    themselves with the orders that need them, with a suggestion where exactly one Odoo tax fits.
    """

    _name = "magento.tax"
    _description = "Magento Tax Mapping"
    _order = "instance_id, country_id, rate"
    _check_company_auto = True

    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    country_id = fields.Many2one(
        "res.country", help="Where the goods go; empty for every country without a row of its own."
    )
    rate = fields.Float("Rate in Magento (%)", digits=(16, 4), required=True)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('amount_type', '!=', 'group')]",
        help="The Odoo taxes that orders with this rate get. Several, where Magento adds several taxes up to one rate.",
    )
    suggested = fields.Boolean(
        readonly=True, help="Chosen by the connector, because only this tax fits rate and country."
    )
    needs_mapping = fields.Boolean(compute="_compute_needs_mapping", search="_search_needs_mapping")

    _country_rate_uniq = models.UniqueIndex(
        "(instance_id, COALESCE(country_id, 0), rate)", "This rate has a row for this country already."
    )

    @api.depends("country_id", "rate")
    def _compute_display_name(self):
        for tax in self:
            place = tax.country_id.name or self.env._("All countries")
            tax.display_name = f"{place} {tax.rate:g} %"

    @api.depends("tax_ids", "rate")
    def _compute_needs_mapping(self):
        for tax in self:
            tax.needs_mapping = not tax.tax_ids and tax.rate != 0

    def _search_needs_mapping(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("tax_ids", "=", False), ("rate", "!=", 0)]

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        taxes._wake_orders()
        return taxes

    def write(self, vals):
        if "tax_ids" in vals and "suggested" not in vals:
            vals = vals | {"suggested": False}
        result = super().write(vals)
        if "tax_ids" in vals:
            self._wake_orders()
        return result

    def _wake_orders(self):
        # sudo: whoever maps a tax may have the orders imported that waited for it
        orders = self.env["magento.order"].sudo()
        for instance in self.filtered("tax_ids").instance_id:
            orders._whose_cause_is_gone(instance)._wait_again()

    @api.model
    def _is_mapped(self, instance, name):
        """Whether the rate that an order missed (``19:DE``, as in its key) has its taxes now."""
        rate, _colon, code = name.partition(":")
        return self.search_count(
            [
                ("instance_id", "=", instance.id),
                ("rate", "=", float(rate)),
                ("tax_ids", "!=", False),
                "|",
                ("country_id", "=", False),
                ("country_id.code", "=", code),
            ],
            limit=1,
        )

    @api.model
    def _suggestion(self, instance, country, rate):
        """The one sale tax of the company that has this rate and fits the country, if there is exactly one."""
        fitting = self._taxes_in(instance, country).filtered(lambda tax: _rate(tax.amount) == rate)
        return fitting if len(fitting) == 1 else self.env["account.tax"]

    @api.model
    def _taxes_in(self, instance, country):
        """Percentage sale taxes of the company for goods that go to ``country``.

        Those of a fiscal position for the country (distance sales, foreign VAT registrations); without one, the
        company's own.
        """
        company = instance.company_id
        taxes = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
            ]
        )
        home = taxes.filtered(lambda tax: tax.is_domestic and tax.country_id == company.account_fiscal_country_id)
        if country == company.account_fiscal_country_id:
            return home
        positions = self._positions_for(company, country)
        abroad = taxes.filtered(
            lambda tax: (
                tax.fiscal_position_ids & positions
                or (tax.country_id == country and any(positions.mapped("foreign_vat")))
            )
        )
        return abroad or home

    @api.model
    def _positions_for(self, company, country):
        """The company's fiscal positions for one country."""
        return self.env["account.fiscal.position"].search(
            [*self.env["account.fiscal.position"]._check_company_domain(company), ("country_id", "=", country.id)]
        )

    @api.constrains("tax_ids", "instance_id")
    def _check_tax_country(self):
        """Odoo posts an invoice only with taxes of the fiscal country, or of one with a foreign VAT registration."""
        for mapping in self:
            home = mapping.company_id.account_fiscal_country_id
            for country in mapping.tax_ids.country_id - home:
                if not any(self._positions_for(mapping.company_id, country).mapped("foreign_vat")):
                    raise ValidationError(
                        self.env._(
                            "The tax belongs to %(country)s, where the company has no VAT registration. Choose a tax "
                            "of %(home)s, or add a fiscal position with a foreign tax ID for %(country)s.",
                            country=country.name,
                            home=home.name,
                        )
                    )


class TaxMapping:
    """The mapping rows of one instance, by country and rate; rates that are new get their row here."""

    def __init__(self, instance):
        self.instance = instance
        self.env = instance.env
        rows = self.env["magento.tax"].search([("instance_id", "=", instance.id)])
        self._rows = {(row.country_id.id, _rate(row.rate)): row for row in rows}
        self._rates_in_odoo = {}

    def taxes_for(self, country, line, other_rates, unit):
        """The Odoo taxes of a settled line, and what each of them comes to.

        :param country: where the goods go
        :param other_rates: rates of the order's other lines, among which that of the shipping is looked for
        :param unit: the smallest amount of the order's currency
        :returns: list of ``(account.tax, Decimal amount)``; empty for a line without tax
        :raises Problem: when the rate is not mapped, or no rate at all
        """
        rate = _rate(self._rate_of(country, line, other_rates, unit))
        row = self._find(country, rate)
        if not row and line.tax:
            row = self._add(country, rate)
        if row and row.tax_ids:
            return _share_out(line.tax, row.tax_ids, unit)
        if line.tax:
            raise self._unmapped(country, rate)
        return []

    def _find(self, country, rate):
        """The row for a rate in a country; the row for all countries stands in while that has no taxes."""
        at_place, anywhere = self._rows.get((country.id, rate)), self._rows.get((False, rate))
        if at_place and (at_place.tax_ids or not anywhere):
            return at_place
        return anywhere

    def _add(self, country, rate):
        taxes = self.env["magento.tax"]._suggestion(self.instance, country, rate)
        row = self.env["magento.tax"].create(
            {
                "instance_id": self.instance.id,
                "country_id": country.id,
                "rate": float(rate),
                "tax_ids": taxes.ids,
                "suggested": bool(taxes),
            }
        )
        self._rows[country.id, rate] = row
        return row

    def _rate_of(self, country, line, other_rates, unit):
        """The rate of a line; where Magento does not say it, the known rate that explains its amount best, else the
        simplest.

        The rates of the order's other lines come first, then those mapped for the country, then those of Odoo's taxes.
        Shops may tax the amount before its discount, so that even a shipping that costs nothing can have a tax.
        """
        if line.rate is not None:
            return line.rate
        known = [rate for rate in other_rates if rate]
        known += [rate for place, rate in self._rows if place in (country.id, False)]
        known += self._rates_at(country)
        before_discount = line.price * line.quantity
        for net in (line.net, before_discount):
            best = min(known, key=lambda rate: abs(net * rate / 100 - line.tax), default=None)
            if best is not None and abs(net * best / 100 - line.tax) <= unit:
                return best
        rate = simplest_rate(line.net or before_discount, line.tax, unit)
        if 0 <= rate <= HIGHEST_RATE:
            return rate
        raise Problem(
            "money",
            self.env._(
                "A tax of %(tax)s on %(net)s is no tax. Look at the order in Magento, then ask Magento anew for it.",
                tax=line.tax,
                net=line.net,
            ),
        )

    def _rates_at(self, country):
        """The rates of the Odoo taxes that fit a country, looked up once."""
        if country not in self._rates_in_odoo:
            taxes = self.env["magento.tax"]._taxes_in(self.instance, country)
            self._rates_in_odoo[country] = [_rate(tax.amount) for tax in taxes]
        return self._rates_in_odoo[country]

    def _unmapped(self, country, rate):
        return Problem(
            "tax",
            self.env._(
                "No Odoo tax is mapped to Magento's rate of %(rate)s %% in %(country)s. Choose one under Magento > "
                "Configuration > Tax Mapping; the order is then imported by itself.",
                rate=f"{rate.normalize():f}",
                country=country.name or self.env._("any country"),
            ),
            f"tax:{float(rate):g}:{country.code or ''}",
        )


def _rate(value):
    return Decimal(str(value)).quantize(PRECISION)


def _share_out(amount, taxes, unit):
    """Share Magento's tax amount out by the rates of ``taxes``; the last one takes what rounding leaves."""
    shares, left = [], amount
    weights = sum(Decimal(str(tax.amount)) for tax in taxes)
    for position, tax in enumerate(taxes, start=1):
        share = left
        if position < len(taxes):
            share = round_to(amount * Decimal(str(tax.amount)) / weights, unit) if weights else Decimal(0)
        left -= share
        shares.append((tax, share))
    return shares
