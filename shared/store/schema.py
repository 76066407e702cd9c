"""Brings a database to the newest shape: one transaction, one process at a time, safe to kill (case 80).

A service keeps its steps in `<service>/migrations/versions/*.py`; the environment is shared
(shared/store/environment), so no service has an env.py of its own.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, func, select

from shared.store.engine import Database, lock_number
from shared.store.tables import SharedBase

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# Alembic is imported where it is used: every process imports this module and few migrate. It takes 7 MB and a
# tenth of a second.
_ENVIRONMENT = Path(__file__).parent / "environment"


class BrokenSchema(Exception):
    """The database does not fit this version of the program: install the right one or restore a backup."""


class Operations(Protocol):
    """The part of Alembic's `op` that is needed here."""

    def get_bind(self) -> Connection:
        """The connection of the running migration."""


def create_shared_tables(op: Operations) -> None:
    """Create the shared tables, version 1. Called in the first migration of every service.

    A later change of a shared table gets a function of its own here, and a migration in each service.
    """
    SharedBase.metadata.create_all(op.get_bind())


def migrate(database: Database, service: str | Path) -> str:
    """Run every step that is missing. `service`: a package such as 'services.intake', or its folder.

    All steps are one transaction on both databases, under a lock: of two processes that start at once the
    second waits and then finds nothing to do, and a kill at any statement leaves the old shape. Returns the
    revision reached. Raises BrokenSchema when the database is newer than the program, or rows point nowhere.
    """
    from alembic import command

    config = _config(service)
    with database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        sqlite = database.dialect == "sqlite"
        if sqlite and raw is not None:
            # Copying a table (batch mode) would otherwise delete the rows that point to it. Cannot be changed
            # inside a transaction, so before the first statement of ours.
            raw.cursor().execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(select(func.pg_advisory_xact_lock(lock_number("migrate"))))
                _refuse_newer(connection, config)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise BrokenSchema("after the migration some rows point to rows that do not exist")
                return _revision(connection)
        finally:
            connection.invalidate()  # the next connection has its foreign keys on


def needs_migration(database: Database, service: str | Path) -> bool:
    """Whether `migrate` has something to do; for the readiness page. Changes nothing."""
    head = _steps(_config(service)).get_current_head()
    with database.read() as session:
        return _current(session.connection()) != head


def _config(service: str | Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(_folder(service) / "migrations" / "versions"))
    return config


def _folder(service: str | Path) -> Path:
    if isinstance(service, Path):
        return service
    spec = importlib.util.find_spec(service)
    if spec is None or not spec.submodule_search_locations:
        raise BrokenSchema("this service has no package with migrations; install the program again")
    return Path(next(iter(spec.submodule_search_locations)))


def _refuse_newer(connection: Connection, config: Config) -> None:
    current = _current(connection)
    steps = {script.revision for script in _steps(config).walk_revisions()}
    if current is not None and current not in steps:
        raise BrokenSchema(
            "a newer version of the program used this database; install that version or restore a backup"
        )


def _steps(config: Config) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config)


def _current(connection: Connection) -> str | None:
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _revision(connection: Connection) -> str:
    current = _current(connection)
    if current is None:
        raise BrokenSchema("this service has no migration at all; install the program again")
    return current
