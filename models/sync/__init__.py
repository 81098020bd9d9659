from . import trouble
from . import odd_rows
from . import run
from . import direction
