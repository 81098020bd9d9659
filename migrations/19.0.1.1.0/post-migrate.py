"""The statuses that a store view imported become rules: import as quotation, or skip, per status and store view.
Instances get the field mappings that new ones begin with.
"""

from odoo import SUPERUSER_ID, api

RELATION = "magento_order_status_magento_store_view_rel"


def migrate(cr, version):
    """Turn lists of statuses into rules, and make the field mappings of instances that have none."""
    _make_rules(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    for instance in env["magento.instance"].with_context(active_test=False).search([("field_map_ids", "=", False)]):
        env["magento.field.map"]._create_standard(instance)


def _make_rules(cr):
    """Give every status the action that its presence in the store views' lists meant, and drop the lists."""
    cr.execute("SELECT to_regclass(%s)", (RELATION,))
    if not cr.fetchone()[0]:
        return
    cr.execute(
        f"""
        UPDATE magento_order_status status
           SET action = CASE WHEN EXISTS (
                   SELECT 1 FROM {RELATION} rel WHERE rel.magento_order_status_id = status.id
               ) THEN 'quotation' ELSE 'skip' END
        """
    )
    cr.execute(
        f"""
        INSERT INTO magento_order_status_exception (store_view_id, status_id, instance_id, company_id, action)
        SELECT view.id, status.id, view.instance_id, view.company_id, 'skip'
          FROM magento_order_status status
          JOIN magento_store_view view ON view.instance_id = status.instance_id
         WHERE status.action = 'quotation'
           AND NOT EXISTS (
               SELECT 1 FROM {RELATION} rel
                WHERE rel.magento_order_status_id = status.id AND rel.magento_store_view_id = view.id
           )
        """
    )
    cr.execute(f"DROP TABLE {RELATION}")
