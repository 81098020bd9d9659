from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.roles import ADMINISTRATOR, check_role


class ProductCategory(models.Model):
    """To which shops a category is exported, and which categories there stand for it.

    One that is deleted in Odoo is reported on its link, and stays in Magento.
    """

    _inherit = "product.category"

    magento_instance_ids = fields.Many2many(
        "magento.instance",
        string="Export to Magento",
        copy=False,
        groups="magento_connector.group_manager",
        help="The shops that this category is made in. Products of a category that is not exported stand under the "
        "nearest one above it that is. What is linked to a shop already needs no mark here.",
    )
    magento_category_ids = fields.One2many(
        "magento.category", "category_id", string="In Magento", groups="magento_connector.group_user"
    )

    def action_export_to_magento(self):
        """Export these to the shops that they are marked for, else to the only shop there is; opens the run."""
        check_role(self.env, ADMINISTRATOR)
        shops = self.magento_instance_ids | self.magento_category_ids.instance_id
        connected = self.env["magento.instance"].search([("state", "=", "connected")])
        shops = (shops or connected) & connected
        if len(shops) != 1:
            raise UserError(
                self.env._("Connect a shop first.")
                if not connected
                else self.env._(
                    "Choose the shops that these categories go to, in the field Export to Magento; then press Export "
                    "Categories on the instance."
                )
            )
        unlinked = self - self.magento_category_ids.filtered("magento_id").category_id
        # sudo: whoever may start an export need not have rights on Odoo's categories to mark what it is about
        unlinked.sudo().magento_instance_ids |= shops
        return self.env["magento.run"]._start(shops, "categories_export")._open()

    @api.ondelete(at_uninstall=False)
    def _report_to_magento_links(self):
        # sudo: whoever may delete a category need not have rights on the connector
        links = self.env["magento.category"].sudo().search([("category_id", "child_of", self.ids)])
        never_made = links.filtered(lambda link: not link.magento_id)
        never_made.unlink()
        (links - never_made).write(
            {
                "category_id": False,
                "state": "unlinked",
                "error": self.env._("It was deleted in Odoo. Magento keeps its category; Import Again makes it anew."),
            }
        )
