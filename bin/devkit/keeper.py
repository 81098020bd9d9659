"""The program that stops PostgreSQL when no command has used it for a while: keeper.py HOME BIN USER."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from devkit.postgres import Server, keep

    home, binaries, user = sys.argv[1:4]
    keep(Server(Path(home), Path(binaries), user or None), grace=20.0)
