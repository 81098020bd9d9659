"""The two roles of the connector. What each may do is said in ``docs/roles.md``, method by method."""

from odoo.exceptions import AccessError

USER, ADMINISTRATOR = "magento_connector.group_user", "magento_connector.group_manager"


def check_role(env, role):
    """Stop who has not got a role.

    :param role: ``USER`` or ``ADMINISTRATOR``
    :raises AccessError: the sentence names the role
    """
    # what the connector does by itself needs none
    if not env.su and not env.user.has_group(role):
        name = env.ref(role).sudo().full_name
        raise AccessError(env._("This needs the role %(role)s, which an administrator of the system gives.", role=name))
