"""Stamps and locks: what lets several commands share one `.dev/` folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import locks

HOLDER = "import sys; sys.path.insert(0, {bin!r}); from devkit import locks; from pathlib import Path; import time\n"
HOLDER += "locks.try_lock(Path({path!r})); print('held', flush=True); time.sleep(60)"


@pytest.fixture
def stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(locks, "DEV", tmp_path)
    return tmp_path


def test_a_thing_is_built_once_per_key(stamps: Path) -> None:
    built = []
    for key in ("1", "1", "2", "2"):
        locks.once("thing", key, stamps, lambda key=key: built.append(key))
    assert built == ["1", "2"]


def test_a_thing_that_was_removed_is_built_again(stamps: Path) -> None:
    thing = stamps / "thing"
    locks.once("thing", "1", thing, thing.touch)
    thing.unlink()
    locks.once("thing", "1", thing, thing.touch)
    assert thing.exists()


def test_a_thing_whose_building_failed_is_built_again(stamps: Path) -> None:
    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        locks.once("thing", "1", stamps, fail)
    built = []
    locks.once("thing", "1", stamps, lambda: built.append(1))
    assert built == [1]


def test_a_killed_command_lets_go_of_its_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = HOLDER.format(bin=str(Path(locks.__file__).parents[1]), path=str(path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert locks.try_lock(path) is None
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    descriptor = locks.try_lock(path)
    assert descriptor is not None
    os.close(descriptor)
