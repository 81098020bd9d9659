from odoo import models
from odoo.http import request

# Of a message that says nothing but "look": more than this is none.
LONGEST_BODY = 4096


class IrHttp(models.AbstractModel):
    """How a shop is let in: what it signed is its body as it was sent."""

    _inherit = "ir.http"

    @classmethod
    def _auth_method_magento_shop(cls):
        """Nobody in particular; the body is kept before Odoo takes it apart as a form, which PHP's cURL calls it unless
        told otherwise.

        :raises werkzeug.exceptions.RequestEntityTooLarge: it is no such message
        """
        request.httprequest.max_content_length = LONGEST_BODY
        request.httprequest.get_data()
        cls._auth_method_public()
