from odoo import api, models


class ResCountry(models.Model):
    """Countries and states as Magento names them."""

    _inherit = "res.country"

    @api.model
    def _magento_by_code(self, codes):
        """Countries by ISO 3166 code, as Magento writes it; codes that Odoo does not know are absent."""
        return {country.code: country for country in self.search([("code", "in", list(codes))])}

    def _magento_state(self, name):
        """The state or province of this country that has this name or code; empty when there is none."""
        wanted = (name or "").casefold().strip()
        if not wanted:
            return self.env["res.country.state"]
        return self.state_ids.filtered(lambda state: wanted in (state.name.casefold(), state.code.casefold()))[:1]
