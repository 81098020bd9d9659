from . import magento_customer_import_wizard
from . import magento_erase_wizard
from . import magento_import_wizard
from . import magento_product_export_wizard
from . import magento_product_import_wizard
from . import magento_stock_wizard
