from . import instance
from . import run
from . import product_stock
from . import stock_sending
from . import stock_take
from . import stock_quant
from . import stock_move
