from odoo import api, fields, models

# The carriers to which Magento 1 can add tracking numbers; every other number is sent as "custom".
TRACKING_CARRIERS = ("ups", "usps", "fedex", "dhl", "dhlint")


class MagentoShippingMethod(models.Model):
    """Which Odoo carrier stands for a shipping method of a shop, and by which carrier Magento tracks it.

    Rows come by themselves with the orders that show them, with a suggestion.
    """

    _name = "magento.shipping.method"
    _description = "Magento Shipping Method"
    _order = "instance_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Magento's code of the method, e.g. flatrate_flatrate.")
    instance_id = fields.Many2one("magento.instance", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    carrier_id = fields.Many2one(
        "delivery.carrier", "Odoo Carrier", check_company=True, help="Carrier that the sale orders get."
    )
    carrier_code = fields.Char(
        "Tracked in Magento by",
        default="custom",
        required=True,
        help="Magento's code of the carrier for tracking numbers: ups, usps, fedex, dhl, dhlint or custom.",
    )
    suggested = fields.Boolean(readonly=True, help="The carrier was chosen by the connector.")

    _code_uniq = models.Constraint("unique(instance_id, code)", "This shipping method exists already.")

    def write(self, vals):
        if "carrier_id" in vals and "suggested" not in vals:
            vals = vals | {"suggested": False}
        return super().write(vals)

    @api.model
    def _ensure(self, instance, names):
        """Add the methods that are new, each with a suggestion.

        :param names: dict of codes that orders show to their descriptions
        """
        known = set(self.search([("instance_id", "=", instance.id)]).mapped("code"))
        self.create(
            [
                {
                    "name": names[code] or code,
                    "code": code,
                    "instance_id": instance.id,
                    **self._suggestion(instance, code, names[code] or ""),
                }
                for code in sorted(names.keys() - known)
                if code
            ]
        )

    @api.model
    def _suggestion(self, instance, code, name):
        """The carrier whose name is the method's, or its last part ("Flat Rate - Fixed"), where there is just one."""
        prefix = code.split("_")[0]
        values = {"carrier_code": prefix if prefix in TRACKING_CARRIERS else "custom"}
        names = {part.strip().lower() for part in (name, *name.split(" - ")) if part.strip()}
        carriers = self.env["delivery.carrier"].search([("company_id", "in", [False, instance.company_id.id])])
        fitting = carriers.filtered(lambda carrier: carrier.name.lower() in names)
        return values | ({"carrier_id": fitting.id, "suggested": True} if len(fitting) == 1 else {})

    def _carrier_of(self, picking, order):
        """By which carrier, and under which title, Magento tracks a delivery.

        :param self: the shipping methods of the shop
        :param order: the order's row in the inbox
        :returns: ``(Magento's code, title)``
        """
        carrier = picking.carrier_id
        chosen = self.filtered(lambda method: method.code == (order.payload or {}).get("shipping_method"))
        if carrier and chosen.carrier_id and chosen.carrier_id != carrier:  # it left by another carrier
            chosen = self.filtered(lambda method: method.carrier_id == carrier)[:1]
        title = carrier.name or chosen.name or self.env._("Tracking number")
        return chosen.carrier_code or "custom", title
