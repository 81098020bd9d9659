"""A product that is still to be made in Magento has no number there: the numbers are unique where there are any."""


def migrate(cr, version):
    """Drop the constraint that the partial index replaces."""
    cr.execute("ALTER TABLE magento_product DROP CONSTRAINT IF EXISTS magento_product_magento_id_uniq")
