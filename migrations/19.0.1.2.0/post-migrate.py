"""What stored data needs with this version; each function says why."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _keep_logins_apart(env)
    env.flush_all()
    _look_again_where_time_stamps_were_wrong(cr)
    _note_the_last_ids(cr)


def _keep_logins_apart(env):
    """A user and password written into a shop's address are kept where few may read them."""
    for instance in env["magento.instance"].with_context(active_test=False).search([("url", "like", "@")]):
        instance.url = instance.url  # writing it takes them out


def _look_again_where_time_stamps_were_wrong(cr):
    """An order with a time stamp from the future moved the cursor there, and hid those that came after it: the list of
    orders is gone through once more, which reads none that is known.
    """
    cr.execute(
        """
        UPDATE magento_instance instance
           SET history_done = FALSE, history_order_id = 0, orders_seen_until = NULL
         WHERE orders_seen_until > now() AT TIME ZONE 'UTC'
            OR EXISTS (
                SELECT FROM magento_order
                 WHERE instance_id = instance.id AND updated_at > write_date + INTERVAL '10 minutes'
            )
        """
    )
    now = "now() AT TIME ZONE 'UTC'"
    for cursor in ("products_seen_until", "customers_seen_until"):
        cr.execute(f"UPDATE magento_instance SET {cursor} = {now} WHERE {cursor} > {now}")


def _note_the_last_ids(cr):
    """What is new is looked for by its number, too."""
    for table, cursor, done in (
        ("magento_order", "history_order_id", "history_done"),
        ("magento_product", "products_history_id", "products_history_done"),
        ("magento_customer", "customers_history_id", "customers_history_done"),
    ):
        cr.execute(
            f"""
            UPDATE magento_instance instance
               SET {cursor} = GREATEST({cursor}, (SELECT max(magento_id) FROM {table} WHERE instance_id = instance.id))
             WHERE {done}
            """
        )
