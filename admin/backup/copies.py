"""Consistent copies of a database that is in use.

SQLite: its own online backup, page by page. PostgreSQL: every row of one snapshot, as lines of JSON.
The rows need no tool of the right version beside this program, and they are tested as every other part of it.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, func, insert, select, text
from sqlalchemy.engine import make_url

from admin.errors import AdminError
from shared.store.engine import Database

VERSION_TABLE = "alembic_version"
_INSERTED_AT_ONCE = 500


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database, None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a file that others are writing to; the copy is one state of it, without a log beside it."""
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing, pages=2000)
        writing.execute("PRAGMA journal_mode = DELETE")
    finally:
        writing.close()
        reading.close()


def write_rows(database: Database, target: Path) -> None:
    """Write every row of a PostgreSQL database, as one state of it."""
    with database.engine.connect() as connection, target.open("w", encoding="utf-8") as file:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        metadata = MetaData()
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            for row in connection.execution_options(yield_per=500).execute(select(table)).mappings():
                values = {name: _plain(value) for name, value in row.items()}
                file.write(json.dumps([table.name, values], separators=(",", ":")) + "\n")


def load_rows(database: Database, source: Path) -> int:
    """Put rows into a database that was just migrated and holds none; all or nothing. Returns how many."""
    metadata, count = MetaData(), 0
    with database.engine.begin() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name != VERSION_TABLE and connection.scalar(select(func.count()).select_from(table)):
                raise AdminError(
                    "The database is not empty: a backup goes into a new one only. Make it anew first."
                )
        for table, rows in _batches(source, metadata):
            connection.execute(insert(table), rows)
            count += len(rows)
        for table in metadata.sorted_tables:
            for column in table.primary_key.columns:
                sequence = (
                    connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
                    if column.autoincrement
                    else None
                )
                if sequence is not None:
                    highest = connection.scalar(select(func.max(column))) or 0
                    connection.execute(
                        text("SELECT setval(:name, :last, :used)"),
                        {"name": sequence, "last": max(highest, 1), "used": highest > 0},
                    )
    return count


def _batches(source: Path, metadata: MetaData) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    name = ""
    rows: list[dict[str, Any]] = []
    with source.open(encoding="utf-8") as file:
        for line in file:
            table, values = json.loads(line)
            if table == VERSION_TABLE:
                continue
            if table != name or len(rows) >= _INSERTED_AT_ONCE:
                if rows:
                    yield metadata.tables[name], rows
                name, rows = table, []
            rows.append({column: _typed(value) for column, value in values.items()})
    if rows:
        yield metadata.tables[name], rows


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, dict | list):
        return {"json": value}
    return value


def _typed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    (kind, inner), *_ = value.items()
    if kind == "bytes":
        return base64.b64decode(inner)
    return datetime.fromisoformat(inner) if kind == "time" else inner
