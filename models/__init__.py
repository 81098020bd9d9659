from . import sync
from . import shop
from . import catalog
from . import stock
from . import customers
from . import orders
from . import outbox
