"""The store alone: ``python -m sandbox --help``."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from .arguments import arguments
from .sandbox import start


def main() -> None:
    """Run a store until it is told to end."""
    parser = arguments()
    given = vars(parser.parse_args())
    ready_file: Path | None = given.pop("ready_file")
    if given["basic_auth"]:
        name, _, password = given["basic_auth"].partition(":")
        given["basic_auth"] = (name, password)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        shop = start(**given)
    except ValueError as problem:
        parser.error(str(problem))
    ready = json.dumps({"url": shop.url, "user": shop.user, "key": shop.key, "pid": os.getpid()})
    if ready_file:
        partial = ready_file.with_name(ready_file.name + ".part")
        partial.write_text(ready + "\n", encoding="utf-8")
        partial.replace(ready_file)
    print(ready, flush=True)
    ended.wait()
    shop.stop()


if __name__ == "__main__":
    main()
