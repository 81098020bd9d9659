"""What is still to be made in Magento has no number there: the numbers are unique where there are any."""


def migrate(cr, version):
    """Drop the constraints that partial indexes replace."""
    for table in ("magento_product", "magento_category"):
        cr.execute(f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {table}_magento_id_uniq")
