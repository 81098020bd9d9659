import re

from odoo import api, models

from ...magento_api import BadUrl
from ...magento_api.url import parse_url


class MagentoInstance(models.Model):
    """The login's part of an instance: key and password go where whoever entered them meant them to go, and nowhere
    else. Few may read them, more may change the address.
    """

    _inherit = "magento.instance"

    @api.model_create_multi
    def create(self, vals_list):
        split = [_split_login(vals) for vals in vals_list]
        instances = super().create([vals for vals, _password in split])
        for instance, (_vals, password) in zip(instances, split, strict=True):
            instance._keep_password(password)
        return instances

    def write(self, vals):
        """A shop that moves, or whose connection is less safe than it was, has to be connected anew: its key and its
        password are forgotten unless they are entered with the change.
        """
        vals, password = _split_login(vals)
        moved = self.filtered(lambda instance: instance._leads_elsewhere(vals))
        result = super().write(vals)
        if moved:
            forgotten = {name: False for name in ("api_key", "basic_password") if not vals.get(name)}
            # sudo: whoever may change the address takes these away, without reading them
            moved.sudo().write(forgotten | {"state": "draft"})
        self._keep_password(password)
        return result

    @api.onchange("url", "verify_tls")
    def _onchange_place(self):
        """Say so while it is being entered."""
        entered = {"url": self.url or "", "verify_tls": self.verify_tls}
        if not self._origin or not self._origin._leads_elsewhere(entered):
            return None
        if self.env.user.has_group("base.group_system"):
            self.update({"api_key": False, "basic_password": False})
            advice = self.env._("Enter the key again, and the HTTP password if there is one: they go to another place.")
        else:
            advice = self.env._(
                "Once this is saved, the key is forgotten, and an administrator of the system has to enter it again."
            )
        return {"warning": {"title": self.env._("Another Place"), "message": advice, "type": "notification"}}

    def _leads_elsewhere(self, vals):
        """Whether the key would go to another place, or travel less safely, after ``vals`` are written."""
        self.ensure_one()
        unverified = self.verify_tls and not vals.get("verify_tls", True)
        return unverified or ("url" in vals and not _same_place(self.url or "", vals["url"] or ""))

    def _keep_password(self, password):
        """Keep a password that was part of the address; whoever enters it need not be able to read it later."""
        if password:
            self.sudo().basic_password = password


def _same_place(old, new):
    """Whether two addresses are of the same shop: one may be longer than needed, or have become https."""
    try:
        was, will = parse_url(old).base, parse_url(new).base
    except BadUrl:
        return old == new
    return will in (was, re.sub("^http:", "https:", was))


def _split_login(vals):
    """Take user and password out of an address, which more people read than a password.

    :returns: the values, and the password if there was one
    """
    try:
        shop = parse_url(vals.get("url") or "")
    except BadUrl:
        return vals, None
    if not shop.basic_auth:
        return vals, None
    user, password = shop.basic_auth
    return vals | {"url": shop.base, "basic_user": user}, password
