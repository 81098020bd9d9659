"""What stored data needs with this version; each function says why."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _keep_logins_apart(env)


def _keep_logins_apart(env):
    """A user and password written into a shop's address are kept where few may read them."""
    for instance in env["magento.instance"].with_context(active_test=False).search([("url", "like", "@")]):
        instance.url = instance.url  # writing it takes them out
