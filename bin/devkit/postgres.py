"""A private PostgreSQL: its own cluster, its own socket, no network port, started when a command needs it.

Each command holds a shared lock while it uses the server; when nobody has held it for a while, the keeper
(`devkit/keeper.py`) stops the server. The lock is a `flock`, so a command that is killed lets go of it as well.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import postgres_setup as setup
from .console import DevError, say, shown, tail
from .locks import locked, open_lock, try_lock

USER = "odoo"
PORT = 5432


@dataclass(frozen=True)
class Server:
    """A cluster: its private folder, the folder of PostgreSQL's programs, and the user it runs as (None: ours)."""

    home: Path
    bin: Path
    user: str | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        return self.home / "run"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead libpq, and so Odoo, to this server."""
        return {"PGHOST": str(self.socket), "PGPORT": str(PORT), "PGUSER": USER}

    def running(self) -> bool:
        """Whether the server accepts connections."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return self.sql("SELECT 1", check=False) == "1"

    def program(self, name: str, *args: str) -> subprocess.CompletedProcess[str]:
        """Run one of the server's own programs as its user."""
        return setup.run_as(self.user, [str(self.bin / name), *args], self.home)

    def sql(self, statement: str, database: str = "postgres", check: bool = True) -> str:
        """Run SQL and return what it answers, one row a line. Raises DevError with PostgreSQL's message."""
        command = [str(self.bin / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
        env = {**os.environ, **self.environment}
        answer = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if check and answer.returncode:
            raise DevError(f"PostgreSQL refused {statement!r}: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def stop(self) -> None:
        """Stop the server, by the process id in its data folder."""
        self.program("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = self.home / "log" / "postgresql.log"
        say("starting PostgreSQL")
        answer = self.program("pg_ctl", "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "start")
        if answer.returncode:
            detail = tail(log) if log.exists() else answer.stderr
            raise DevError(f"PostgreSQL does not start; the last lines of {shown(log)}:\n{detail}")


def use() -> Server:
    """Return the running server, started when needed.

    This process holds the shared lock from now on to its end. A program that replaces it by `exec` inherits it.
    """
    home, user = setup.home()
    _hold(home)
    binaries = setup.ensure(home, user)
    server = Server(home, binaries, user)
    if not server.running():
        with locked(home / "start.lock", "it is starting PostgreSQL"):
            if not server.running():
                server.start()
    _keep(server)
    return server


def _hold(home: Path) -> None:
    """Take the shared lock of the server's users and never let go of it."""
    descriptor = open_lock(home / "users.lock")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.set_inheritable(descriptor, True)


def _keep(server: Server) -> None:
    """Start the keeper unless it is there."""
    descriptor = try_lock(server.home / "keeper.lock")
    if descriptor is None:
        return
    os.close(descriptor)
    command: Sequence[str] = [
        sys.executable,
        str(Path(__file__).with_name("keeper.py")),
        str(server.home),
        str(server.bin),
        server.user or "",
    ]
    null = subprocess.DEVNULL
    subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True, cwd="/")


def keep(server: Server, grace: float) -> None:
    """Be the keeper: wait until nobody has used the server for `grace` seconds, stop it, and end."""
    keeper = try_lock(server.home / "keeper.lock")
    if keeper is None:
        return
    users = open_lock(server.home / "users.lock")
    while True:
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(grace)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        server.stop()
        os.close(keeper)
        return
