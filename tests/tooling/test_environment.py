"""What is put together for Odoo."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from devkit import debian, environment, odoo_source
from devkit.console import DevError
from devkit.paths import MODULE, ROOT


def test_the_addon_does_not_contain_itself() -> None:
    """Odoo's export of translations follows links: it must come to an end."""
    environment.link_addon()
    folders = [folder for folder, _, _ in os.walk(environment.ADDONS / MODULE, followlinks=True)]
    assert folders
    assert not any(".dev" in Path(folder).relative_to(environment.ADDONS).parts for folder in folders)


def test_a_given_odoo_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odoo").mkdir()
    (tmp_path / "addons").mkdir()
    monkeypatch.setenv("ODOO_SOURCE", str(tmp_path))
    with pytest.raises(DevError, match="holds no Odoo"):
        odoo_source.find()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')", encoding="utf-8")
    with pytest.raises(DevError, match="not an Odoo 19"):
        odoo_source.find()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')", encoding="utf-8")
    source = odoo_source.find()
    assert (source.python_path, source.addons) == (tmp_path, (tmp_path / "addons",))


@pytest.mark.skipif(not debian.available(), reason="not a Debian")
def test_debian_packages_are_verified_by_its_key() -> None:
    sources = debian._sources("sid").splitlines()
    assert sources
    assert all(f"[signed-by={debian.KEYRING}]" in line for line in sources)


@pytest.mark.skipif(not shutil.which("git"), reason="the build back-end needs git")
def test_the_wheel_holds_the_addon(tmp_path: Path) -> None:
    """The build back-end takes the name from the folder, which therefore has to be the addon's."""
    copy = tmp_path / MODULE
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path, copy]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    assert f"odoo/addons/{MODULE}/__manifest__.py" in names
    assert f"odoo/addons/{MODULE}/magento_api/__init__.py" in names
