"""What a service does by the clock: new sealing keys, destroyed old ones, rows past their time, gauges.

Whatever deletes by age first asks whether the clock is steady: a clock that jumped would destroy keys that
are needed, and forget ids that make a replay a replay (case 27).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from shared.post import pace
from shared.post.routes import Lane
from shared.runtime import log
from shared.runtime.clock import Clock, ClockGuard, ClockJumped
from shared.runtime.metrics import ServiceMetrics
from shared.store import inbox, outbox, quarantine
from shared.store.engine import Database

EVERY_SECONDS = 30.0
REPLAYS_KNOWN_FOR = timedelta(days=75)
"""Longer than a message can live and a clock be wrong, so that a forgotten id can never be replayed."""
EARLY_WAITS_FOR = timedelta(days=60)
"""The life of a message: what it waited for has not come and could do nothing with it any more."""
PARKED_SHOWN_FOR = timedelta(days=180)
REFUSED_SHOWN_FOR = timedelta(days=90)

KeyChanged = Callable[[Session, bytes], None]
"""Told the signed set when there is a new sealing key, in the transaction that made it."""


class RotatingKeys(Protocol):
    """The sealing keys of a role, as upkeep sees them; notify has none and imports none."""

    def rotate(self, session: Session, now: datetime) -> bool:
        """Make a new sealing key if the newest is a week old; True when the set has to be sent out."""
        ...

    def prekey_set(self, session: Session) -> bytes:
        """The signed set with the newest sealing key."""
        ...

    def prune(self, session: Session, now: datetime) -> int:
        """Destroy the private halves that are past their time."""
        ...


@dataclass(slots=True)
class Upkeep:
    """One service's upkeep. `keys` is None for notify, which has none."""

    database: Database
    clock: Clock
    guard: ClockGuard
    metrics: ServiceMetrics
    lanes: tuple[Lane, ...]
    keys: RotatingKeys | None = None
    key_changed: KeyChanged | None = None
    every_seconds: float = field(default=EVERY_SECONDS)

    def run(self, stop: threading.Event) -> None:
        """Do it now and then again and again until `stop`."""
        while not stop.is_set():
            self.step()
            stop.wait(self.every_seconds)

    def step(self) -> None:
        """One round."""
        self.guard.write_down()
        now = self.clock.now()
        self._rotate(now)
        self._measure(now)
        try:
            self.guard.require_steady()
        except ClockJumped as jump:
            log.get("upkeep").error("clock_jumped", error=jump)
            return
        self._forget(now)

    def _rotate(self, now: datetime) -> None:
        if self.keys is None:
            return
        with self.database.begin() as session:
            if self.keys.rotate(session, now) and self.key_changed is not None:
                self.key_changed(session, self.keys.prekey_set(session))

    def _forget(self, now: datetime) -> None:
        with self.database.begin() as session:
            if self.keys is not None:
                self.keys.prune(session, now)
            outbox.purge(session, now)
            inbox.purge(
                session,
                now - REPLAYS_KNOWN_FOR,
                early_before=now - EARLY_WAITS_FOR,
                parked_before=now - PARKED_SHOWN_FOR,
            )
            quarantine.purge(session, now - REFUSED_SHOWN_FOR)

    def _measure(self, now: datetime) -> None:
        jump = self.guard.check()
        self.metrics.clock_jump.set(jump.by.total_seconds() if jump else 0)
        with self.database.read() as session:
            depths = {lane: outbox.depth(session, lane) for lane in self.lanes}
            held = sum(backlog.count for backlog in pace.backlogs(session, now))
        self.metrics.inbox_held.set(held)
        for lane, depth in depths.items():
            self.metrics.outbox_waiting.set(depth.waiting, lane.value)
            self.metrics.outbox_parked.set(depth.parked, lane.value)
            age = (now - depth.oldest).total_seconds() if depth.oldest else 0
            self.metrics.outbox_age.set(age, lane.value)
