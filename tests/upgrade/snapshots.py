"""All rows of a database, to see what became of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from typing import Any, NamedTuple

from devkit.environment import Environment

# Rows by table and by id; those of relations, which have none, by their content.
Snapshot = dict[str, dict[str, dict[str, Any]]]
LOST = "lost"


class Change(NamedTuple):
    """A value that is another one now; all of a row, or of a column, may be lost."""

    table: str
    row: str
    column: str = ""
    before: Any = None
    after: Any = LOST

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column}: {str(self.before)[:80]} -> {str(self.after)[:80]}"


def take(environment: Environment, database: str) -> Snapshot:
    """All rows of all tables."""

    def ask(statement: str) -> list[str]:
        return environment.server.sql(statement, database).splitlines()

    tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    rows = [f"SELECT '{table}', to_jsonb(one) FROM \"{table}\" one" for table in tables]
    found: Snapshot = {table: {} for table in tables}
    for line in ask(" UNION ALL ".join(rows)):
        table, _bar, content = line.partition("|")
        row = json.loads(content)
        found[table][str(row.get("id") or json.dumps(row, sort_keys=True))] = row
    return found


def changes(before: Snapshot, after: Snapshot, besides: Collection[str] = ()) -> Iterator[Change]:
    """What is lost or changed of what was there; what is new does not count.

    :param besides: patterns of tables, and of columns as ``table.column``, that may change
    """

    def counts(name: str) -> bool:
        return not any(fnmatch(name, pattern) for pattern in besides)

    for table, rows in before.items():
        if not rows or not counts(table):
            continue
        columns = [column for column in next(iter(rows.values())) if counts(f"{table}.{column}")]
        for key, row in rows.items():
            now = after.get(table, {}).get(key)
            if now is None:
                yield Change(table, key)
                continue
            for column in columns:
                if row[column] != now.get(column, LOST):
                    yield Change(table, key, column, row[column], now.get(column, LOST))
