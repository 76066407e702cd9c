"""The last time that a service's clock was seen, over restarts: a ClockGuard's memory (case 27).

A machine whose clock battery is empty starts in the past, and one whose clock was set wrong may start years
ahead. Within one process the monotonic clock shows that; after a restart only what was written down does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import Session

from shared.runtime import clock as clocks
from shared.runtime import ids
from shared.store.engine import Database
from shared.store.tables import SettingRow

_SEEN, _ACCEPTED, _HELD = "clock_seen", "clock_accepted", "clock_held"


class ClockSeen:
    """Written by the upkeep of a service, every half minute."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_seen(self) -> datetime | None:
        """When a clock that was believed was read last; None before the first time."""
        with self._database.read() as session:
            return last_seen(session)

    def accepted(self) -> str | None:
        """Something that changes with every `accept`."""
        with self._database.read() as session:
            row = session.get(SettingRow, _ACCEPTED)
            return None if row is None else row.value

    def note(self, now: datetime) -> None:
        """The clock is believed, and reads this."""
        with self._database.begin() as session:
            _seen(session, now)

    def hold(self, by: timedelta) -> None:
        """The clock is not believed: it is so far from where it should be."""
        with self._database.begin() as session:
            _write(session, _HELD, str(int(by.total_seconds())))


def last_seen(session: Session) -> datetime | None:
    """When a clock that was believed was read last."""
    row = session.get(SettingRow, _SEEN)
    return None if row is None else clocks.from_wire(row.value)


def held_by(session: Session) -> timedelta | None:
    """How far the clock is from where a running service believes it to be; None while it is believed."""
    row = session.get(SettingRow, _HELD)
    return None if row is None else timedelta(seconds=int(row.value))


def accept(session: Session, now: datetime) -> None:
    """A person confirmed that the clock is right. Running services believe it in their next round."""
    _write(session, _ACCEPTED, ids.new_id("word"))
    _seen(session, now)


def _seen(session: Session, now: datetime) -> None:
    _write(session, _SEEN, clocks.to_wire(now))
    session.execute(delete(SettingRow).where(SettingRow.name == _HELD))


def _write(session: Session, name: str, value: str) -> None:
    """Write it; of two workers that do so at once for the first time neither fails."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (PostgresqlInsert if postgresql else SqliteInsert)(SettingRow).values(name=name, value=value)
    session.execute(insert.on_conflict_do_update(index_elements=[SettingRow.name], set_={"value": value}))
