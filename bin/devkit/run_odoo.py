"""`bin/odoo`: Odoo in the environment of this checkout."""

from __future__ import annotations

import os

from .console import say
from .environment import free_port, prepare

HELP = """\
usage: bin/odoo ARGUMENTS...

Runs Odoo 19 with this checkout as the addon `magento_connector`, for example

  bin/odoo -d mydb -i magento_connector                    a server on http://127.0.0.1:8069 (or the next free port)
  bin/odoo -d mydb -u magento_connector --stop-after-init  update the addon and end
  bin/odoo shell -d mydb                                   a Python shell with `env`
  bin/odoo db drop mydb                                    databases: init, dump, load, duplicate, rename, drop
  bin/odoo server --help                                   Odoo's own options

The first call fetches what is missing into the ignored folder .dev/: a virtual environment, Odoo, and a private
PostgreSQL, which listens on a socket in there only and stops by itself 20 s after the last command that uses it.
Remove .dev/ to begin anew.

Variables: ODOO_SOURCE=FOLDER uses that checkout of Odoo 19 instead of Debian's package.
Odoo's own variables work as well, for example ODOO_HTTP_PORT.
"""


def main(args: list[str]) -> int:  # noqa: RET503
    """Become Odoo with the given arguments."""
    if args[:1] in (["--help"], ["-h"]):
        print(HELP)
        return 0
    environment = prepare()
    variables = environment.variables
    if "ODOO_HTTP_PORT" not in variables:
        variables["ODOO_HTTP_PORT"] = str(free_port(8069))
        if _serves(args):
            say(f"Odoo will be at http://127.0.0.1:{variables['ODOO_HTTP_PORT']}")
    command = environment.command(*args)
    os.execve(command[0], command, variables)


def _serves(args: list[str]) -> bool:
    """Whether these arguments start a web server on the port chosen here."""
    quiet = ("--stop-after-init", "--no-http", "--http-port", "-p", "--version")
    is_server = not args or args[0].startswith("-") or args[0] == "server"
    return is_server and not any(arg.split("=")[0] in quiet for arg in args)
