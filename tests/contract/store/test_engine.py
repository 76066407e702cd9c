"""Transactions behave the same on both databases, and no update is lost."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from shared.runtime.clock import NaiveTime
from shared.store import sequence
from shared.store.engine import Database, UnsupportedDatabase
from shared.store.tables import RejectedRow, SettingRow
from tests.contract.store.processes import increment, together


@pytest.mark.slow
@pytest.mark.parametrize("how", ["for-update", "lock", "sequence"])
def test_four_processes_lose_no_increment(database: Database, url: str, how: str) -> None:
    with database.begin() as session:
        session.add(SettingRow(name="counter", value="0"))
    together(increment, 4, url, how, 300)
    with database.read() as session:
        counted = sequence.last(session, "counter")
        written = int(session.get_one(SettingRow, "counter").value)
    assert counted + written == 1200


def test_what_raises_is_rolled_back_whole(database: Database) -> None:
    def fails(session: Session) -> None:
        session.add(SettingRow(name="a", value="1"))
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError), database.begin() as session:
        fails(session)
    with database.read() as session:
        assert session.get(SettingRow, "a") is None


def test_a_reader_can_write_nothing(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as session:  # noqa: PT012 - a transaction that fails
        session.add(SettingRow(name="a", value="1"))
        session.flush()
    with database.begin() as session:
        session.add(SettingRow(name="b", value="1"))
    with database.read() as session:
        assert [row.name for row in session.scalars(select(SettingRow))] == ["b"]


def test_a_reader_is_not_blocked_by_a_writer_and_sees_no_half(database: Database) -> None:
    with database.begin() as writer:
        writer.add(SettingRow(name="a", value="1"))
        writer.flush()
        with database.read() as reader:
            assert reader.get(SettingRow, "a") is None


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    vilnius = timezone(timedelta(hours=2))
    moment = datetime(2026, 11, 21, 23, 40, 1, 123456, tzinfo=vilnius)
    with database.begin() as session:
        session.add(RejectedRow(lane="relay", code="x", size=1, sha256=b"", received=moment, envelope=None))
    with database.read() as session:
        received = session.scalars(select(RejectedRow.received)).one()
        found = session.scalars(select(RejectedRow).where(RejectedRow.received == moment)).all()
    assert received == moment
    assert received.tzinfo is UTC
    assert len(found) == 1


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 21, 23, 40)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError) as caught, database.begin() as session:
        session.add(RejectedRow(lane="relay", code="x", size=1, sha256=b"", received=naive, envelope=None))
    assert isinstance(caught.value.orig, NaiveTime)


def test_an_error_of_the_database_does_not_show_the_values(database: Database) -> None:
    with database.begin() as session:
        session.add(SettingRow(name="secret-name", value="Žydrūnė"))
    with pytest.raises(IntegrityError) as caught, database.begin() as session:
        session.add(SettingRow(name="secret-name", value="Žydrūnė"))
    assert "Žydrūnė" not in str(caught.value)


def test_check_raises_when_the_database_is_gone(kind: str) -> None:
    """Case 79."""
    gone = "sqlite:////nowhere/at/all.db"
    if kind == "postgresql":
        gone = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    database = Database(gone)
    with pytest.raises(DBAPIError):
        database.check()
    database.dispose()


def test_sqlite_is_set_up_to_survive_a_power_cut(database: Database) -> None:
    """Case 86: WAL with synchronous=FULL writes the log to the disk at every commit."""
    if database.dialect == "postgresql":
        with database.read() as session:
            assert session.scalar(text("SHOW synchronous_commit")) == "on"
        return
    with database.read() as session:
        settings = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql+pg8000://x/y"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabase):
        Database(url)


def test_a_database_shows_no_password() -> None:
    database = Database("postgresql+psycopg://user@127.0.0.1/name", "verysecret")
    assert "verysecret" not in repr(database) + repr(database.engine)
