"""Where things are: the checkout, and the ignored folder that holds everything fetched or made."""

from pathlib import Path

MODULE = "magento_connector"
ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / ".dev"
LOGS = DEV / "logs"
VENV = DEV / "venv"
DATA_DIR = DEV / "data"
FILESTORE = DATA_DIR / "filestore"
