from . import magento_import_wizard
