"""An Odoo server, and somebody who uses it as a browser does: over HTTP, with a session."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from ..console import DevError, shown, tail
from ..environment import Environment, free_port


class Browser:
    """Calls the methods of models as Odoo's web client does."""

    def __init__(self, url: str, database: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._post("/web/session/authenticate", {"db": database, "login": "admin", "password": "admin"})

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model; DevError with Odoo's own sentence when it refuses."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}", {"model": model, "method": method, "args": args, "kwargs": kwargs}
        )

    def read(self, model: str, domain: list[Any], fields: list[str], **options: Any) -> list[dict[str, Any]]:
        """Records that match, as dictionaries."""
        return list(self.call(model, "search_read", domain, fields, **options))

    def count(self, model: str, domain: list[Any]) -> int:
        """How many records match."""
        return int(self.call(model, "search_count", domain))

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        with self._opener.open(request, timeout=600) as response:
            answer = json.load(response)
        if "error" in answer:
            raise DevError(answer["error"]["data"]["message"])
        return answer.get("result")  # absent where the method returns nothing


@contextmanager
def server(environment: Environment, database: str, log: Path, port: int = 8069) -> Iterator[str]:
    """Run Odoo on 127.0.0.1 for the length of a block, with its scheduled actions; yields its address."""
    port = free_port(port)
    command = environment.command(
        "-d", database, "--http-port", str(port), "--max-cron-threads=1", "--no-database-list", "--workers=0"
    )
    url = f"http://127.0.0.1:{port}"
    with log.open("w", encoding="utf-8") as sink:
        process = subprocess.Popen(command, env=environment.variables, stdout=sink, stderr=subprocess.STDOUT)
        try:
            _wait(process, url, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _attempt in range(240):
        if process.poll() is not None:
            raise DevError(f"Odoo did not start; the last lines of {shown(log)}:\n{tail(log)}")
        try:
            with urllib.request.urlopen(f"{url}/web/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise DevError(f"Odoo does not answer; see {shown(log)}")
