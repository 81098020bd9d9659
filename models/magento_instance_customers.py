from odoo import fields, models

from ..magento_api import PermissionMissing


class MagentoInstance(models.Model):
    """The customers' part of an instance."""

    _inherit = "magento.instance"

    customer_group_ids = fields.One2many("magento.customer.group", "instance_id")

    def _read_customer_groups(self, client):
        """The customer groups of the shop; none where the API user may not see them, which is among the missing
        permissions.
        """
        try:
            return client.customer_groups()
        except PermissionMissing:
            return []
