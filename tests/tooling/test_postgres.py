"""The private PostgreSQL: shared by commands, stopped when nobody uses it."""

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import postgres, postgres_setup
from devkit.console import DevError
from devkit.locks import open_lock


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """A cluster of its own, in a folder that PostgreSQL's user can reach."""
    home = Path(tempfile.mkdtemp(prefix="mc-", dir="/var/tmp"))
    home.chmod(0o711)
    user = postgres_setup._user()
    server = postgres.Server(home, postgres_setup.ensure(home, user), user)
    yield server
    if server.running():
        server.stop()
    shutil.rmtree(home)


def test_the_keeper_waits_for_the_last_user(server: postgres.Server) -> None:
    server.start()
    user = open_lock(server.home / "users.lock")
    fcntl.flock(user, fcntl.LOCK_SH)
    keeper = threading.Thread(target=postgres.keep, args=(server, 0.1))
    keeper.start()
    time.sleep(0.5)
    assert server.sql("SELECT 41 + 1") == "42"
    os.close(user)
    keeper.join(30)
    assert not server.running()


def test_it_has_no_network_port(server: postgres.Server) -> None:
    server.start()
    assert server.sql("SHOW listen_addresses") == ""
    with pytest.raises(DevError, match="nonsense"):
        server.sql("nonsense")
