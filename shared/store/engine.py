"""The database of one service: SQLite in one file, or PostgreSQL. Both behave alike under tests/contract.

Measured here: with the library's defaults four writers on SQLite lost 676 of 1,200 updates without a word,
because the driver opens a transaction only at the first write. So every write transaction begins with
BEGIN IMMEDIATE, and a second writer waits instead of working on what it read too early.

On PostgreSQL (read committed) writers run side by side. Code that reads a row and writes what follows from it
asks for the row with `with_for_update=True`, or takes `lock()`; on SQLite both change nothing.
"""

from __future__ import annotations

import copy
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session, sessionmaker

from shared.store.turn import Turn

BUSY_SECONDS = 30.0
_READ_ONLY = "myosotis_read_only"


class UnsupportedDatabase(ValueError):
    """The database address must name an SQLite file or a PostgreSQL database."""


class Database:
    """Engine and sessions of one database. Make one per process and `dispose()` of it at the end."""

    def __init__(self, url: str, password: str | None = None, *, pool_size: int = 10) -> None:
        """`url`: sqlite:////folder/file.db or postgresql+psycopg://user@host/name. Opens nothing yet."""
        parsed = make_url(url)
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            self._engine = _sqlite(parsed, pool_size)
        elif self.dialect == "postgresql":
            self._engine = _postgresql(parsed, password, pool_size)
        else:
            raise UnsupportedDatabase("a database is sqlite:///file or postgresql+psycopg://user@host/name")
        read_only = {_READ_ONLY: True, "postgresql_readonly": self.dialect == "postgresql"}
        # expire_on_commit=False: what was read stays readable after the transaction, without a new one.
        self._writers = sessionmaker(self._engine, expire_on_commit=False)
        self._turn = Turn(Path(parsed.database or "")) if self.dialect == "sqlite" else None
        self._first_lock = ""
        self._readers = sessionmaker(self._engine.execution_options(**read_only), expire_on_commit=False)

    @property
    def engine(self) -> Engine:
        """For migrations and for bulk work in Core; its transactions are write transactions."""
        return self._engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in one write transaction: committed at the end, rolled back when anything is raised."""
        with self._my_turn(), self._writers.begin() as session:
            if self._first_lock:
                lock(session, self._first_lock)
            yield session

    def one_at_a_time(self, name: str) -> Database:
        """The same database, whose write transactions take the lock called `name` before anything else.

        For work that takes that lock sooner or later: on PostgreSQL two transactions that take the same locks
        in different orders would wait for each other until one is undone. SQLite is like that anyway.
        """
        orderly = copy.copy(self)
        orderly._first_lock = name
        return orderly

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state and can change nothing: a write raises DBAPIError."""
        with self._readers() as session:
            yield session

    def _my_turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turn is None else self._turn.taken(BUSY_SECONDS)

    def check(self) -> None:
        """For the readiness page: raises when the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        if self._turn is not None:
            self._turn.close()

    def __repr__(self) -> str:
        return f"Database({self.dialect})"


def lock(session: Session, name: str) -> None:
    """Until the end of this transaction nobody else holds the lock called `name`.

    PostgreSQL: an advisory lock. SQLite: a write transaction is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock_number(name))))


def lock_number(name: str) -> int:
    """The signed 64-bit number under which PostgreSQL knows the lock called `name`."""
    digest = hashlib.sha256(b"myosotis lock v1|" + name.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _sqlite(url: URL, pool_size: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UnsupportedDatabase("an SQLite database needs a file: several connections have to see it")
    engine = create_engine(
        url,
        hide_parameters=True,  # the parameters of a statement can be somebody's data
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    """On every new connection."""
    del record
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    for pragma in (
        f"busy_timeout = {int(BUSY_SECONDS * 1000)}",
        "journal_mode = WAL",
        "synchronous = FULL",  # a commit survives a power cut (case 86)
        "foreign_keys = ON",
        "secure_delete = ON",  # what was deleted is overwritten in the file
        "temp_store = MEMORY",  # sorting writes no temporary file
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _postgresql(url: URL, password: str | None, pool_size: int) -> Engine:
    if url.drivername != "postgresql+psycopg":
        raise UnsupportedDatabase("a PostgreSQL address begins with postgresql+psycopg://")
    return create_engine(
        url if password is None else url.set(password=password),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": 5,
            "application_name": "myosotis",
            "options": f"-c timezone=UTC -c lock_timeout={int(BUSY_SECONDS * 1000)}",
            "keepalives_idle": 30,
        },
    )
