"""A migration can be killed at every statement and be started twice at once (case 80)."""

from __future__ import annotations

import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from shared.store import outbox, schema
from shared.store.engine import Database
from shared.store.schema import BrokenSchema
from shared.store.tables import SettingRow, SharedBase
from tests.contract.store.processes import context, migrate_and_perhaps_die

FIRST = """
from alembic import op
from shared.store.schema import create_shared_tables
revision, down_revision = "0001", None
def upgrade():
    create_shared_tables(op)
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("parent", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")))
    op.execute("INSERT INTO parent (id) VALUES (1)")
    op.execute("INSERT INTO child (id, parent) VALUES (1, 1)")
"""
THIRD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0003", "0002"
def upgrade():
    with op.batch_alter_table("parent", recreate="auto") as batch:
        batch.add_column(sa.Column("code", sa.String(8), nullable=False, server_default="x"))
        batch.create_check_constraint("code", "code <> ''")
"""


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """The folder of an invented service with three migrations."""
    versions = tmp_path / "service" / "migrations" / "versions"
    versions.mkdir(parents=True)
    for number, step in enumerate((FIRST, SECOND, THIRD), start=1):
        (versions / f"000{number}_step.py").write_text(step, encoding="utf-8")
    return tmp_path / "service"


def start(url: str, service: Path, kill_at: int = 0) -> BaseProcess:
    process = context.Process(target=migrate_and_perhaps_die, args=(url, str(service), kill_at))
    process.start()
    return process


def assert_complete(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())
    assert tables == {*SharedBase.metadata.tables, "alembic_version", "parent", "child"}
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM child")) == 1
        assert session.scalar(text("SELECT code FROM parent")) == "x"


def test_it_reaches_the_newest_shape_and_then_does_nothing(empty_url: str, service: Path) -> None:
    database = Database(empty_url)
    assert schema.needs_migration(database, service)
    assert schema.migrate(database, service) == "0003"
    assert schema.migrate(database, service) == "0003"
    assert not schema.needs_migration(database, service)
    assert_complete(database)
    with database.begin() as session:
        assert outbox.depth(session, "relay").waiting == 0
    if database.dialect == "sqlite":
        with database.read() as session:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
    database.dispose()


def test_the_shared_tables_are_what_the_program_expects(empty_url: str, service: Path) -> None:
    database = Database(empty_url)
    schema.migrate(database, service)
    inspector = inspect(database.engine)
    for table in SharedBase.metadata.sorted_tables:
        assert {column["name"] for column in inspector.get_columns(table.name)} == set(table.columns.keys())
    database.dispose()


@pytest.mark.slow
def test_killed_at_every_statement_the_next_run_finishes(empty_url: str, kind: str, service: Path) -> None:
    """Case 80."""
    database = Database(empty_url)
    kills = 0
    while True:
        process = start(empty_url, service, kill_at=kills + 1)
        process.join(60)
        if process.exitcode == 3:
            break
        assert process.exitcode == -signal.SIGKILL
        kills += 1
        # Nothing of a killed run is left, so there is nothing half-made to find.
        assert inspect(database.engine).get_table_names() == [], kind
    assert kills > 20
    assert_complete(database)
    database.dispose()


@pytest.mark.slow
def test_two_processes_that_start_at_once_do_not_collide(empty_url: str, service: Path) -> None:
    processes = [start(empty_url, service) for _ in range(4)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    database = Database(empty_url)
    assert_complete(database)
    database.dispose()


def test_a_newer_database_is_refused_and_left_alone(empty_url: str, service: Path) -> None:
    database = Database(empty_url)
    schema.migrate(database, service)
    with database.begin() as session:
        session.add(SettingRow(name="kept", value="1"))
        session.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    with pytest.raises(BrokenSchema, match="newer version"):
        schema.migrate(database, service)
    with database.read() as session:
        assert session.get(SettingRow, "kept") is not None
    database.dispose()


def test_a_service_without_migrations_is_refused(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "empty" / "migrations" / "versions").mkdir(parents=True)
    database = Database(empty_url)
    with pytest.raises(BrokenSchema, match="no migration"):
        schema.migrate(database, tmp_path / "empty")
    with pytest.raises(BrokenSchema, match="no package"):
        schema.migrate(database, "shared.no_such_service")
    database.dispose()
