"""What can be said on the store's command line. Imports nothing of it, so that its help needs no environment."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path


def arguments() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A small Magento store for demos, tests and benchmarks."
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0 (the default): any free one")
    add("--ready-file", type=Path, help="write url, user, key and pid there, as JSON, once the store answers")
    add("--like", default="19.4", metavar="VERSION", help="the version whose part it takes: 1.9, 19.4 (default), 20.18")
    add("--latency", type=float, default=0.0, metavar="MS", help="each API call takes that long, also in a multiCall")
    add(
        "--orders-from",
        type=Path,
        metavar="DIR",
        help="the store of these orders alone: a JSON file each, as sales_order.info answers them",
    )
    add("--recorded-only", action="store_true", help="only the recorded store, no made-up one")
    add("--bare", action="store_true", help="only what is made up by the three numbers that follow")
    add("--no-cases", dest="cases", action="store_false", help="leave out the sixty orders that show every case")
    add("--products", type=int, help="how many products to make up")
    add("--orders", type=int, help="how many orders to make up")
    add("--customers", type=int, help="how many customers to make up")
    add("--seed", type=int, default=1, help="the same seed makes the same store")
    add("--now", type=datetime.fromisoformat, help="the store's clock stands still there (UTC); default: it runs")
    add("--string-types", action="store_true", help="numbers as strings, as servers before PHP 8.1 answer them")
    add("--wsi", action="store_true", help="SOAP v2 in its WS-I dialect")
    add("--gzip", action="store_true", help="compress answers for those who accept it")
    add("--store-code-in-url", action="store_true")
    add("--base-url", help="what the store believes its address to be (in its WSDL)")
    add("--basic-auth", metavar="USER:PASSWORD", help="ask for HTTP Basic credentials")
    add("--session-timeout", type=float, default=3600.0, metavar="SECONDS")
    add("--order-list-limit", type=int, default=5000, help="a longer list dies with HTTP 500")
    add("--product-list-limit", type=int, default=50000, help="a longer list dies with HTTP 500")
    return parser
