"""Magento's times in Odoo's form."""

from datetime import UTC


def naive(moment):
    """A time as Odoo keeps it: in UTC without saying so, to the second; False for none.

    :param moment: an aware datetime, or None
    """
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0) if moment else False
