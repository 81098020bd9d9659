{
    "name": "Magento Connector",
    "version": "19.0.1.0.0",
    "summary": "Magento 1 and OpenMage orders, to the cent, in Odoo",
    "category": "Sales/Sales",
    "author": "magento_connector contributors",
    "license": "LGPL-3",
    "depends": ["sale_management", "stock_delivery"],
    "external_dependencies": {"python": ["requests", "zeep", "lxml"]},
    "data": [],
    "application": True,
    "installable": True,
}
