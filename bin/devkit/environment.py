"""Everything that Odoo needs to run, put together: fetched on the first call, checked by stamps afterwards."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from . import chromium, odoo_source, postgres, python_env
from .paths import DATA_DIR, DEV, LOGS, MODULE, ROOT

LAUNCHER = Path(__file__).with_name("launcher") / "odoo-bin"
ADDONS = DEV / "addons"
CONFIG = DEV / "odoo.conf"


@dataclass(frozen=True)
class Environment:
    """A ready Odoo: its source, its database server, and the variables to run it with."""

    source: odoo_source.Source
    server: postgres.Server
    variables: dict[str, str]

    def command(self, *args: str) -> list[str]:
        """The command that runs Odoo with these arguments."""
        return [str(python_env.PYTHON), str(LAUNCHER), *args]

    def with_addons(self, folder: Path) -> Environment:
        """The same, with another folder in the place of the one that holds this checkout."""
        addons = ",".join(str(path) for path in (folder, *self.source.addons))
        return replace(self, variables=self.variables | {"ODOO_ADDONS_PATH": addons})


def prepare() -> Environment:
    """Fetch and start what is missing, and return the environment. The database server is ours until we end."""
    DEV.mkdir(exist_ok=True)
    LOGS.mkdir(exist_ok=True)
    python_env.ensure()
    source = odoo_source.find()
    server = postgres.use()
    link_addon()
    CONFIG.touch()
    return Environment(source, server, _variables(source, server))


def link_addon() -> None:
    """Make the folder that Odoo sees as the addon, with a link to each entry of the checkout.

    A link to the checkout as a whole would contain itself by way of `.dev/`, and Odoo's export of translations
    follows links without end.
    """
    addon = ADDONS / MODULE
    addon.mkdir(parents=True, exist_ok=True)
    wanted = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".") and entry.name != "__pycache__"}
    for link in addon.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink(missing_ok=True)
    for name in wanted:
        try:
            (addon / name).symlink_to(Path("../../..") / name)
        except FileExistsError:
            continue


def _variables(source: odoo_source.Source, server: postgres.Server) -> dict[str, str]:
    """The environment of an Odoo process. What the command line says goes before, as Odoo has it."""
    addons = ",".join(str(path) for path in (ADDONS, *source.addons))
    path = (chromium.FOLDER, python_env.PYTHON.parent, server.bin)
    return {
        **os.environ,
        **server.environment,
        "PATH": os.pathsep.join([*map(str, path), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(source.python_path),
        "ODOO_RC": str(CONFIG),
        "ODOO_ADDONS_PATH": addons,
        "ODOO_DATA_DIR": str(DATA_DIR),
        "ODOO_HTTP_INTERFACE": os.environ.get("ODOO_HTTP_INTERFACE", "127.0.0.1"),
    }


def free_port(preferred: int = 0) -> int:
    """A free TCP port of this machine: the preferred one or the next ones after it; any when 0."""
    candidates = range(preferred, preferred + 100) if preferred else [0]
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port from {preferred} on")
