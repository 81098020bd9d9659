from . import test_import_recorded
from . import test_money
from . import test_inbox
from . import test_trouble
from . import test_parties
from . import test_access
from . import test_payload_view
from . import test_browser
