"""Which worker processes live, so that what a killed one held is taken over at once and not after a lease.

A process that claims rows holds a lock for as long as it lives: a locked file beside an SQLite database, a
session's advisory lock on PostgreSQL. The operating system gives it back in the moment of a kill -9, so there
is no heartbeat and no clock to be wrong. Whoever can take the lock of a registered process knows that it is
gone for good (each start has a new id), and gives its claims back. They stay counted, so that a message over
which workers die is still set aside in the end.

It makes nothing less safe: a process that lost its lock while it lives (its line to PostgreSQL broke) loses
its claims, and `inbox.done` raises LostClaim as if the lease had ended. The lease stays the upper bound, for
a process that hangs, and for a machine that vanished while PostgreSQL believes that its line is open.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.runtime import ids, log
from shared.store.bulk import count
from shared.store.engine import Database, lock_number
from shared.store.tables import InboxRow, OutboxRow, SettingRow

EVERY_SECONDS = 2.0
_REGISTERED = "running."


def is_mark(path: Path) -> bool:
    """Whether this file is only the sign of life of a process, and holds nothing."""
    return ids.is_id(path.name.rpartition("-")[2], "run")


class _Lock(Protocol):
    """The sign of life of one process, as one kind of database can hold it."""

    def held(self) -> bool:
        """Whether this process holds its lock now; takes it if it can."""

    def is_gone(self, session: Session, owner: str) -> bool:
        """Whether no living process holds the lock of `owner`."""

    def forget(self, owner: str) -> None:
        """Remove what `owner`, who is gone, left behind."""

    def give_back(self) -> None:
        """Let others see that this process is gone."""


@dataclass(slots=True)
class Presence:
    """One worker process among those of its database. Its `owner` is the name for claims of rows."""

    database: Database
    lanes: Sequence[str]
    """Where this service's messages lie: the index of the outbox begins with the lane."""
    every_seconds: float = EVERY_SECONDS
    owner: str = field(default_factory=lambda: ids.new_id("run"))
    _lock: _Lock = field(init=False, repr=False)

    def __post_init__(self) -> None:
        kind = _FileLock if self.database.dialect == "sqlite" else _LineLock
        self._lock = kind(self.database, self.owner)

    def run(self, stop: threading.Event) -> None:
        """Be seen until `stop`, and give back what others held who are gone.

        The end of the process gives the lock back, and not this: other loops still finish their batch.
        """
        while not stop.is_set():
            self.step()
            stop.wait(self.every_seconds)

    def step(self) -> int:
        """One round. Returns how many claims of processes that are gone were given back."""
        registered = self._registered()
        # The lock first: who is registered without it counts as gone.
        if self._lock.held() and self.owner not in registered:
            with self.database.begin() as session:
                session.add(SettingRow(name=_REGISTERED + self.owner, value="1"))
        with self.database.read() as session:
            others = [owner for owner in registered if owner != self.owner]
            gone = [owner for owner in others if self._lock.is_gone(session, owner)]
        freed = sum(self._take_over(owner) for owner in gone)
        if freed:
            log.get("presence").warning("claims_taken_over", count=freed)
        return freed

    def close(self) -> None:
        """Be gone without ending the process: what is still claimed under `owner` is taken over."""
        self._lock.give_back()

    def _registered(self) -> list[str]:
        names = select(SettingRow.name).where(SettingRow.name.startswith(_REGISTERED, autoescape=True))
        with self.database.read() as session:
            return [
                name.removeprefix(_REGISTERED) for name in session.scalars(names.order_by(SettingRow.name))
            ]

    def _take_over(self, owner: str) -> int:
        """Of two that do so at once one finds nothing left to do."""
        freed = 0
        with self.database.begin() as session:
            for table in (InboxRow, OutboxRow):
                claimed = (
                    table.lane.in_(self.lanes),
                    table.state.in_(("waiting", "early")),
                    table.owner == owner,
                )
                free = update(table).where(*claimed).values(owner=None, lease_until=None)
                freed += count(session.execute(free))
            session.execute(delete(SettingRow).where(SettingRow.name == _REGISTERED + owner))
        self._lock.forget(owner)
        return freed


class _FileLock:
    """An SQLite database has all its processes on one machine: a locked file tells who lives."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner
        self._mine: int | None = None

    def held(self) -> bool:
        path = self._path(self._owner)
        if self._mine is not None and not _is_at(self._mine, path):
            os.close(self._mine)  # somebody deleted the file, which is to others as if we were gone
            self._mine = None
        if self._mine is None:
            self._mine = _locked(path)
        return self._mine is not None

    def is_gone(self, session: Session, owner: str) -> bool:
        del session
        handle = _locked(self._path(owner))
        if handle is None:
            return False
        os.close(handle)
        return True

    def forget(self, owner: str) -> None:
        self._path(owner).unlink(missing_ok=True)

    def give_back(self) -> None:
        if self._mine is not None:
            os.close(self._mine)
            self._mine = None

    def _path(self, owner: str) -> Path:
        return Path(f"{self._database.engine.url.database}-{owner}")


class _LineLock:
    """An advisory lock of a line of its own to PostgreSQL; the server drops it when the line ends."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._number = database, _number(owner)
        self._line: Connection | None = None

    def held(self) -> bool:
        if self._line is not None:
            if _alive(self._line):
                return True
            self.give_back()
        line = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if line.scalar(select(func.pg_try_advisory_lock(self._number))):
            self._line = line
            return True
        line.close()  # the server has not noticed yet that our line before this one broke
        return False

    def is_gone(self, session: Session, owner: str) -> bool:
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_number(owner)))))

    def forget(self, owner: str) -> None:
        """The lock went with its line."""

    def give_back(self) -> None:
        if self._line is not None:
            self._line.invalidate()  # closed, and not given to the pool together with its lock
            self._line.close()
            self._line = None


def _alive(line: Connection) -> bool:
    try:
        line.execute(select(1))
    except DBAPIError:
        return False
    return True


def _number(owner: str) -> int:
    return lock_number(f"presence|{owner}")


def _locked(path: Path) -> int | None:
    """The descriptor of this file with its lock, which ends with the descriptor; None when another has it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if _is_at(handle, path):
            return handle
        os.close(handle)  # whoever had the lock before removed the file, so this lock is seen by nobody


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
