import hashlib
import hmac
import secrets
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError

# How far the clocks of shop and server may differ; older messages are none of today's.
WINDOW = 300


class MagentoInstance(models.Model):
    """How a shop that can call out wakes the synchronisation: by a message signed with the instance's secret."""

    _inherit = "magento.instance"

    wake_by_shop = fields.Boolean(
        "Woken by the Shop",
        automatic=True,
        copy=False,
        help="The shop may call the address below, signed with the secret, and what is due is done at once.",
    )
    wake_secret = fields.Char("Secret", readonly=True, copy=False, groups="base.group_system")
    wake_address = fields.Char("Address to Call", compute="_compute_wake_address")
    wake_ids = fields.One2many("magento.wake", "instance_id", groups="base.group_system")

    def _compute_wake_address(self):
        for instance in self:
            path = f"/magento_connector/wake/{instance._origin.id}"
            instance.wake_address = instance._origin.id and f"{instance.get_base_url()}{path}"

    @api.model_create_multi
    def create(self, vals_list):
        instances = super().create(vals_list)
        instances.filtered("wake_by_shop")._ensure_wake_secret()
        return instances

    def write(self, vals):
        result = super().write(vals)
        if vals.get("wake_by_shop"):
            self._ensure_wake_secret()
        return result

    def _ensure_wake_secret(self):
        # sudo: managers of the connector let the shop call, the secret is shown to the system's only
        for instance in self.sudo():
            if not instance.wake_secret:
                instance.wake_secret = secrets.token_urlsafe(32)
            if not instance.wake_ids:
                instance.wake_ids.create({"instance_id": instance.id})

    def action_renew_wake_secret(self):
        """Make a new secret; messages signed with the old one do nothing from now on."""
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only a system administrator may renew the secret."))
        self.ensure_one()
        self.wake_secret = False
        self._ensure_wake_secret()
        return True

    @api.model
    def _wake(self, instance_id, moment, signature, body):
        """Wake the scheduled action, if the shop itself says so, for the first time, and not a moment ago.

        :param moment: when the message was sent: seconds since 1970, as text
        :param signature: HMAC-SHA256, in hexadecimal, of that text, a dot and the body, with the instance's secret
        :param body: bytes, of which nothing is believed
        :returns: whether the message is one of an instance that may be woken
        """
        instance = self.search_fetch(
            [("id", "=", instance_id), ("state", "=", "connected"), ("wake_by_shop", "=", True)], ["wake_secret"]
        )
        # without an instance a secret that nobody knows: the answer takes the same time
        secret = instance.wake_secret or secrets.token_urlsafe(32)
        if not hmac.compare_digest(_signature(secret, moment, body).encode(), signature.lower().encode()):
            return False
        sent_at = _seconds(moment)
        if abs(time.time() - sent_at) > WINDOW:
            return False
        instance.wake_ids.try_lock_for_update()._take(sent_at)
        return True


def _signature(secret, moment, body):
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _seconds(moment):
    """The time, to the millisecond; 0, which is long ago, for what is none."""
    return round(float(moment), 3) if moment.replace(".", "", 1).isdecimal() and len(moment) < 20 else 0.0
