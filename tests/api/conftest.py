"""What the tests against the sandbox store share: each runs once per side, against the ``store`` of its file."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from magento_api import Client, connect
from sandbox import Sandbox

# A protocol, and the version whose part the store takes: where calls go in batches, both forms of these.
SIDES = [
    ("xmlrpc", "19.4"),
    ("xmlrpc", "20.18"),
    ("soap_v1", "19.4"),
    ("soap_v1", "20.18"),
    ("soap_v2", "19.4"),
    ("soap_v2_wsi", "19.4"),
]


@pytest.fixture(params=SIDES, ids=["-".join(side) for side in SIDES])
def side(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """One protocol and version after another; nobody waits between attempts."""
    monkeypatch.setattr("magento_api.transport._PAUSE", 0.01)
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
def protocol(side: tuple[str, str]) -> str:
    """The protocol of this side."""
    return side[0]


@pytest.fixture
def like(side: tuple[str, str]) -> str:
    """The version whose part the store takes."""
    return side[1]


@pytest.fixture
def shop(store: Sandbox, protocol: str, like: str) -> Iterator[Client]:
    """A client of the store, which knows how the store takes many calls in one request, if it does."""
    form = "struct" if like == "20.18" else None
    with connect(store.url, store.user, store.key, protocol=protocol, timeout=(5, 5), batch_form=form) as client:
        yield client


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A certificate that nobody signed, with its key."""
    program = shutil.which("openssl")
    if not program:
        pytest.skip("openssl is not installed")
    path = str(tmp_path_factory.mktemp("tls") / "both.pem")
    options = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-keyout",
        path,
        "-out",
        path + ".crt",
    ]
    subprocess.run([program, "req", "-x509", *options], check=True, capture_output=True)
    with open(path, "a") as both, open(path + ".crt") as signed:
        both.write(signed.read())
    return path
