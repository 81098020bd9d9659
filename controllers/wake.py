from odoo import http
from odoo.http import request


class WakeController(http.Controller):
    """Where a shop calls when something has happened."""

    @http.route(
        "/magento_connector/wake/<int:instance_id>",
        type="http",
        auth="magento_shop",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def wake(self, instance_id, **_parameters):
        """Wake the synchronisation, if the message is signed with the secret of that instance; nothing in its body is
        read.

        :returns: 204; the same 404 for whatever is wrong, so that nobody learns what
        """
        headers = request.httprequest.headers
        # sudo: the signature is what lets the shop in, not a user
        known = (
            request.env["magento.instance"]
            .sudo()
            ._wake(
                instance_id,
                headers.get("X-Magento-Timestamp", ""),
                headers.get("X-Magento-Signature", ""),
                request.httprequest.get_data(),
            )
        )
        return request.make_response("", status=204 if known else 404)
