from odoo import api, fields, models

# Names of the methods that come with Magento 1; the API gives codes only.
NAMES = {
    "banktransfer": "Bank Transfer",
    "cashondelivery": "Cash on Delivery",
    "ccsave": "Saved Credit Card",
    "checkmo": "Check / Money Order",
    "free": "No Payment Required",
    "paypal_direct": "PayPal Payments Pro",
    "paypal_express": "PayPal Express Checkout",
    "paypal_standard": "PayPal Standard",
    "purchaseorder": "Purchase Order",
}
# Parts of codes that name a payment provider: a journal with such a name is suggested.
PROVIDERS = ("paypal", "stripe", "adyen", "braintree", "klarna", "amazon", "mollie", "authorize", "ogone", "payone")


class MagentoPaymentMethod(models.Model):
    """How orders that are paid by one of the shop's methods are treated.

    Rows come by themselves with the orders that show them, with a suggestion. A method without settings never stops an
    order whose rules do not need them.
    """

    _name = "magento.payment.method"
    _description = "Magento Payment Method"
    _order = "instance_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Magento's code of the method, e.g. checkmo.")
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Where payments are registered, when the rule of a status says so.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        "Odoo Payment Method",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'inbound')]",
        compute="_compute_payment_method_line_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    suggested = fields.Boolean(readonly=True, help="The journal was chosen by the connector.")
    payment_term_id = fields.Many2one(
        "account.payment.term", check_company=True, help="Payment terms that the sale orders get."
    )
    only_paid = fields.Boolean("Only Once Paid", help="Orders wait until Magento has their payment.")
    give_up_days = fields.Integer(
        "Give Up After",
        help="Days after which an order that is still not paid is given up: it is not imported any more, and its "
        "quotation is cancelled. 0: never.",
    )
    send_invoices = fields.Boolean(
        "Invoices to Magento",
        help="Invoices that are posted in Odoo are made in Magento too, where the store view says: by payment method.",
    )
    capture_invoices = fields.Boolean(
        "Capture",
        help="Magento takes the money of an invoice that Odoo sent, where its payment method does that online. This "
        "may charge a card.",
    )
    lacks_journal = fields.Boolean(compute="_compute_lacks_journal", search="_search_lacks_journal")

    _code_uniq = models.Constraint("unique(instance_id, code)", "This payment method exists already.")
    _days_positive = models.Constraint("CHECK(give_up_days >= 0)", "A number of days cannot be negative.")

    @api.depends("journal_id")
    def _compute_payment_method_line_id(self):
        for method in self:
            if method.payment_method_line_id.journal_id != method.journal_id:
                method.payment_method_line_id = method.journal_id.inbound_payment_method_line_ids[:1]

    @api.depends("journal_id", "code", "instance_id.status_ids.action", "instance_id.status_ids.exception_ids.action")
    def _compute_lacks_journal(self):
        for method in self:
            method.lacks_journal = (
                not method.journal_id and method.code != "free" and method.instance_id._registers_payments()
            )

    def _search_lacks_journal(self, operator, value):
        if operator != "in":
            return NotImplemented
        candidates = self.search([("journal_id", "=", False), ("code", "!=", "free")])
        return [("id", "in", candidates.filtered("lacks_journal").ids)]

    def write(self, vals):
        if "journal_id" in vals and "suggested" not in vals:
            vals = vals | {"suggested": False}
        result = super().write(vals)
        if {"only_paid", "give_up_days"} & set(vals):
            # sudo: whoever may change the rules may wake the orders they held back
            self.env["magento.order"].sudo()._wake_held_back(
                [("instance_id", "in", self.instance_id.ids), ("payment_method", "in", self.mapped("code"))]
            )
        return result

    @api.model
    def _ensure(self, instance, codes):
        """Add the methods that are new, each with a suggestion.

        :param codes: set of codes that orders show
        """
        new = codes - set(self.search([("instance_id", "=", instance.id)]).mapped("code")) - {False, None, ""}
        self.create(
            [
                {
                    "name": NAMES.get(code) or code.replace("_", " ").title(),
                    "code": code,
                    "instance_id": instance.id,
                    **self._suggestion(instance, code),
                }
                for code in sorted(new)
            ]
        )

    @api.model
    def _suggestion(self, instance, code):
        """The journal for a method: one named as the provider, cash for cash, else the only bank journal."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", instance.company_id.id), ("type", "in", ("bank", "cash", "credit"))]
        )
        provider = next((name for name in PROVIDERS if name in code.lower()), None)
        if code == "free":
            return {}
        if provider:
            fitting = journals.filtered(lambda journal: provider in journal.name.lower())
        elif "cash" in code.lower():
            fitting = journals.filtered(lambda journal: journal.type == "cash")
        else:
            fitting = journals.filtered(lambda journal: journal.type == "bank")
        return {"journal_id": fitting.id, "suggested": True} if len(fitting) == 1 else {}
