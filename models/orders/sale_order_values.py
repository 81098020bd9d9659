"""The values of a sale order, out of Magento's order and what its lines must come to."""

from odoo import Command

from ..catalog.product import product_key
from ..sync.clock import naive
from ..sync.problem import Problem
from .amounts import CENT, unit_of
from .currency_rates import CurrencyRates
from .sale_order_line import line_amounts
from .sale_order_quantities import PRECISION, kept_quantity
from .tax import TaxMapping


class SaleOrderBuilder:
    """Builds the sale orders of one batch; what the batch has in common (countries, taxes, currencies) is looked up
    once.
    """

    def __init__(self, instance, candidates, products, rules):
        self.instance = instance
        self.env = instance.env
        self.products = products
        self.rules = rules
        self.countries = self.env["res.country"]._magento_by_code(
            {place.country_id for candidate in candidates for place in _addresses(candidate.order) if place.country_id}
        )
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        self.currencies = {currency.name: currency for currency in currencies}
        self.service_products = {
            kind: self.env.ref(f"magento_connector.product_{kind}")
            for kind in ("shipping", "discount", "fpt", "adjustment")
        }
        self.taxes = TaxMapping(instance)
        self.rates = CurrencyRates(instance)
        self.digits = self.env["decimal.precision"].precision_get(PRECISION)
        self._pricelists = {}
        self._positions = {}
        self._line_defaults = self._defaults_of_lines()

    def values(self, candidate):
        """Values for ``sale.order.create``, but for the partners.

        :raises Problem: when something that the order needs is missing, or its amounts do not add up
        """
        row, order = candidate.row, candidate.order
        view = row.store_view_id
        currency = self._currency(order.order_currency_code)
        self.rates.check(order, currency)
        for place in _addresses(order):
            self._country(place)
        self._check_lines(candidate, currency)
        self._settle_leftovers(candidate)
        lines = [
            self._line_values(candidate, line, number, currency)
            for number, line in enumerate(candidate.settlement.lines, start=1)
        ]
        return {
            "name": f"{view.order_prefix or ''}{order.increment_id}",
            "client_order_ref": order.increment_id,
            "origin": order.increment_id,
            "date_order": naive(order.created_at),
            "company_id": self.instance.company_id.id,
            "currency_id": currency.id,
            "pricelist_id": self._pricelist(view, currency).id,
            **self._chosen(warehouse_id=view.website_id.warehouse_id, team_id=view.team_id),
            "user_id": False,
            "order_line": [Command.create(line) for line in lines],
            **self._fiscal_position(lines),
            **self.rules.sale_order_values(order),
            **self._magento_fields(row, order),
            "magento_rounded": self._rounded_quantities(candidate.settlement.lines),
        }

    def _chosen(self, **settings):
        """What the administrator chose; Odoo chooses the rest itself."""
        return {field: record.id for field, record in settings.items() if record}

    def _magento_fields(self, row, order):
        comments = [
            f"{naive(entry.created_at)} {entry.status or ''}: {entry.comment}"
            for entry in order.status_history
            if entry.comment
        ]
        if order.customer_note:
            comments.append(order.customer_note)
        return {
            "magento_instance_id": self.instance.id,
            "magento_store_view_id": row.store_view_id.id,
            "magento_number": order.increment_id,
            "magento_state": order.state,
            "magento_status": order.status,
            "magento_created_at": naive(order.created_at),
            "magento_payment_method": order.payment and order.payment.method,
            "magento_shipping_method": order.shipping_description or order.shipping_method,
            "magento_coupon_code": order.coupon_code,
            "magento_comments": "\n".join(comments) or False,
            "magento_gift_message": order.gift_message,
            "magento_lacks": ", ".join(sorted(order.lacks)) or False,
        }

    def _line_values(self, candidate, line, sequence, currency):
        product = self._product(line)
        taxes = self.taxes.taxes_for(
            self._tax_country(candidate.order),
            line,
            [other.rate for other in candidate.settlement.lines],
            unit_of(currency),
        )
        kept = kept_quantity(line.quantity, self.digits)
        is_rounded = kept != line.quantity
        return {
            "sequence": sequence,
            "product_id": product.id,
            "name": self._line_name(line, candidate.order, product),
            "product_uom_id": product.uom_id.id,
            "magento_item_id": line.item.item_id if line.item else False,
            "magento_quantity": float(line.quantity) if is_rounded else 0.0,
            "magento_rounded_to": float(kept) if is_rounded else 0.0,
            **self._line_defaults,
            **line_amounts(line, taxes, currency, kept),
        }

    def _rounded_quantities(self, lines):
        """A sentence that names each quantity which Odoo cannot keep as Magento has it; False if there is none."""
        rounded = [
            self.env._("%(quantity)s of %(sku)s", quantity=f"{line.quantity.normalize():f}", sku=line.item.sku)
            for line in lines
            if line.item and kept_quantity(line.quantity, self.digits) != line.quantity
        ]
        return bool(rounded) and self.env._(
            "Odoo keeps quantities with %(digits)s decimals; Magento has %(quantities)s. The amounts are Magento's, "
            "and Magento is told its own quantities. The instance's set-up offers to keep four decimals for the orders "
            "to come.",
            digits=self.digits,
            quantities=", ".join(rounded),
        )

    def _line_name(self, line, order, product):
        if line.kind == "shipping":
            return order.shipping_description or product.display_name
        if not line.item:
            return product.display_name
        details = [f"{label}: {value}" for label, value in line.item.options]
        if line.item.gift_message:
            details.append(self.env._("Gift message: %(text)s", text=line.item.gift_message))
        return "\n".join([line.item.name or line.item.sku, *details])

    def _product(self, line):
        if not line.product_item:
            kind = line.kind if line.kind in self.service_products else "adjustment"
            return self.service_products["discount" if kind == "adjustment" and line.net < 0 else kind]
        product = self.products.get(product_key(line.product_item))
        if isinstance(product, Problem):
            raise product
        if product:
            return product
        sku = line.product_item.sku
        raise Problem(
            "product",
            self.env._(
                'No product has the internal reference "%(sku)s" (%(name)s). Add it to Odoo, or let the store view '
                "import unknown products; the order is then imported by itself.",
                sku=sku,
                name=line.product_item.name,
            ),
            f"sku:{sku}",
        )

    def _check_lines(self, candidate, currency):
        """What no line of Odoo can carry.

        :raises Problem: an amount without a quantity, or one that is finer than the currency in Odoo
        """
        for line in candidate.settlement.lines:
            if not line.quantity and (line.net or line.tax):
                raise Problem(
                    "money",
                    self.env._(
                        "The item %(sku)s has the quantity 0 but comes to %(amount)s %(currency)s. Correct the order "
                        "in Magento, then ask Magento anew for it.",
                        sku=line.item.sku,
                        amount=f"{line.net + line.tax:f}",
                        currency=currency.name,
                    ),
                )
        if candidate.settlement.too_fine is not None:
            raise Problem(
                "rounding",
                self.env._(
                    "The order comes to %(amount)s %(currency)s, but Odoo keeps amounts of %(currency)s in steps of "
                    "%(unit)s only. Set the rounding factor of %(currency)s to %(needed)s under Accounting > "
                    "Configuration > Currencies; the order is then imported by itself.",
                    amount=f"{candidate.settlement.too_fine.normalize():f}",
                    currency=currency.name,
                    unit=f"{unit_of(currency):f}",
                    needed=CENT,
                ),
                f"rounding:{currency.name}",
            )

    def _settle_leftovers(self, candidate):
        """Put what no line explains into a visible line, where the instance allows it.

        :raises Problem: where it does not, naming each part of Magento's total and the amount
        """
        settlement = candidate.settlement
        if not settlement.leftovers and not settlement.unexplained:
            return
        if self.instance.leftover_policy == "line":
            if settlement.unexplained:
                settlement.add_unexplained()
            return
        places = self._currency(candidate.order.order_currency_code).decimal_places
        raise Problem(
            "money",
            self.env._(
                "Magento's amounts do not add up: the lines leave %(amount)s %(currency)s unexplained (%(parts)s). "
                "Let the instance put such amounts into a line of their own, or correct the order in Magento.",
                amount=f"{settlement.unexplained:.{places}f}",
                currency=candidate.order.order_currency_code,
                parts=", ".join(f"{part} {amount:+.{places}f}" for part, amount in settlement.leftovers),
            ),
        )

    def _tax_country(self, order):
        place = order.shipping_address or order.billing_address
        return self.countries.get(place.country_id) or self.instance.company_id.account_fiscal_country_id

    def _pricelist(self, view, currency):
        key = view, currency
        if key not in self._pricelists:
            self._pricelists[key] = view._pricelist_for(currency)
        return self._pricelists[key]

    def _defaults_of_lines(self):
        """Without a rule for analytic distribution there is none to look for: Odoo would ask for each line, in two
        queries.
        """
        # sudo: whether there are such rules decides, not who may read them
        if self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1):
            return {}
        return {"analytic_distribution": False}

    def _fiscal_position(self, lines):
        """The foreign VAT registration whose taxes the lines have; for other taxes Odoo chooses."""
        company = self.instance.company_id
        taxes = self.env["account.tax"].browse({tax_id for line in lines for tax_id in line["tax_ids"][0][2]})
        abroad = taxes.country_id - company.account_fiscal_country_id
        if not abroad:
            return {}
        country = abroad[:1]
        if country not in self._positions:
            positions = self.env["magento.tax"]._positions_for(company, country)
            self._positions[country] = positions.filtered("foreign_vat")[:1].id
        return {"fiscal_position_id": self._positions[country]}

    def _currency(self, code):
        currency = self.currencies.get(code)
        if not currency or not currency.active:
            raise Problem(
                "currency",
                self.env._(
                    "The currency %(code)s is not active in Odoo. Activate it, with its rate, under Accounting > "
                    "Configuration > Currencies; the order is then imported by itself.",
                    code=code,
                ),
                f"currency:{code}",
            )
        return currency

    def _country(self, place):
        if place.country_id and place.country_id not in self.countries:
            raise Problem(
                "country",
                self.env._(
                    'Odoo knows no country with the code "%(code)s", which an address of the order has. Correct the '
                    "address in Magento and ask Magento anew for the order.",
                    code=place.country_id,
                ),
                f"country:{place.country_id}",
            )


def _addresses(order):
    return [place for place in (order.billing_address, order.shipping_address) if place]
