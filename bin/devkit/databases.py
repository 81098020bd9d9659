"""Databases: a template with everything that the addon depends on, and clones of it that cost a second.

Names: mc_template_<hash>, mc_cached_<hash>_<n> (kept for the next run), mc_fresh_<purpose>_<pid> (dropped at the end).
A lock per database tells whether a run is using it.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import run
from .environment import Environment
from .locks import digest, locked, try_lock
from .paths import DEV, FILESTORE, LOGS, ROOT

# To be raised when templates are to be made in another way.
VERSION = "1"
LOCKS = DEV / "locks"


def template(environment: Environment) -> str:
    """Return the name of the template, made first when it is missing (about a minute)."""
    name = f"mc_template_{template_key(environment)}"
    if exists(environment, name):
        return name
    with locked(LOCKS / name, "it is making the template database"):
        if not exists(environment, name):
            _build_template(environment, name)
    return name


def template_key(environment: Environment) -> str:
    """What the template depends on, in one short text."""
    return digest(VERSION, environment.source.identity, ",".join(sorted(_dependencies())))


def exists(environment: Environment, name: str) -> bool:
    """Whether there is a database of this name."""
    return environment.server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == "1"


def clone(environment: Environment, name: str) -> None:
    """Make a database as a copy of the template, with its files."""
    source = template(environment)
    _copy(environment, source, name)


def drop(environment: Environment, name: str) -> None:
    """Remove a database and its files."""
    environment.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def keep_guesses(environment: Environment, name: str) -> None:
    """Keep autovacuum off a database where tests roll everything back.

    It would note that the tables, which have pages, have no rows; PostgreSQL then plans for none, and joins of a test's
    hundreds of rows take minutes.
    """
    environment.server.sql(
        """
        DO $$ DECLARE one regclass; BEGIN
            FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', one);
            END LOOP;
        END $$
        """,
        name,
    )


@contextmanager
def fresh(environment: Environment, purpose: str, source: str | None = None) -> Iterator[str]:
    """A new copy of the template, or of another database that nobody uses, for the length of a block."""
    _drop_leftovers(environment)
    name = f"mc_fresh_{purpose}_{os.getpid()}"
    descriptor = try_lock(LOCKS / name)
    try:
        _copy(environment, source or template(environment), name)
        yield name
    finally:
        drop(environment, name)
        (LOCKS / name).unlink(missing_ok=True)
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def cached(environment: Environment, anew: bool = False) -> Iterator[tuple[str, bool]]:
    """A database that is kept for the next run, and whether it was there before (so that the addon is installed)."""
    prefix = f"mc_cached_{template_key(environment)}"
    name, descriptor = _free_slot(prefix)
    try:
        if anew:
            drop(environment, name)
        existed = exists(environment, name)
        if not existed:
            clone(environment, name)
        yield name, existed
    finally:
        os.close(descriptor)


def _free_slot(prefix: str) -> tuple[str, int]:
    """The first numbered name that no other run is using, and its lock."""
    for number in range(100):
        name = f"{prefix}_{number}"
        descriptor = try_lock(LOCKS / name)
        if descriptor is not None:
            return name, descriptor
    raise RuntimeError("a hundred runs at the same time")


def _dependencies() -> list[str]:
    """The modules that the manifest names."""
    manifest = ROOT / "__manifest__.py"
    return list(ast.literal_eval(manifest.read_text(encoding="utf-8"))["depends"])


def _build_template(environment: Environment, name: str) -> None:
    """Install the dependencies into a new database, then give it its name."""
    draft = f"{name}_draft"
    drop(environment, draft)
    modules = ",".join(_dependencies())
    command = environment.command("-d", draft, "-i", modules, "--stop-after-init", "--no-http", "--max-cron-threads=0")
    title = f"making a template database with {modules} (about a minute)"
    run(command, LOGS / "template.log", title, env=environment.variables, progress=loading_news)
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
    if (FILESTORE / draft).exists():
        (FILESTORE / draft).rename(FILESTORE / name)
    environment.server.sql(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def loading_news(line: str) -> str | None:
    """What is worth telling of Odoo's log while it installs modules."""
    match = re.search(r"Loading module (\w+) \((\d+/\d+)\)", line)
    return f"module {match.group(2)}: {match.group(1)}" if match else None


def _copy(environment: Environment, source: str, name: str) -> None:
    """Copy a database and its files. Odoo never writes to a file of its store twice, so links will do."""
    new_enough = int(environment.server.sql("SHOW server_version_num")) >= 150000
    strategy = " STRATEGY FILE_COPY" if new_enough else ""
    environment.server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{strategy}')
    shutil.rmtree(FILESTORE / name, ignore_errors=True)
    if (FILESTORE / source).exists():
        shutil.copytree(FILESTORE / source, FILESTORE / name, copy_function=os.link)


def _drop_leftovers(environment: Environment) -> None:
    """Remove the databases of runs that were killed."""
    listing = environment.server.sql(r"SELECT datname FROM pg_database WHERE datname LIKE 'mc\_fresh\_%'")
    for name in listing.splitlines():
        descriptor = try_lock(LOCKS / name)
        if descriptor is None:
            continue
        drop(environment, name)
        Path(LOCKS / name).unlink(missing_ok=True)
        os.close(descriptor)
