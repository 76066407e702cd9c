"""Time: one port for the wall clock and the monotonic clock, the wire form, and a guard against jumps."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_WIRE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


class NaiveTime(ValueError):
    """A time without a time zone was given; every time in this system is in UTC and says so."""


class Clock(Protocol):
    """What code that needs the time is handed, so that a test can hand it another."""

    def now(self) -> datetime:
        """The wall clock as an aware datetime in UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        # The boot clock goes on while a laptop sleeps, so waking up is not taken for a jump.
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime) -> None:
        self._wall = in_utc(start)
        self._monotonic = 1000.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._wall

    def monotonic(self) -> float:
        with self._lock:
            return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Let time pass: both clocks move. `by` must not be negative."""
        if by < timedelta(0):
            raise ValueError("time does not pass backwards; use jump() to set the wall clock back")
        with self._lock:
            self._wall += by
            self._monotonic += by.total_seconds()

    def jump(self, by: timedelta) -> None:
        """Set the wall clock forward or back while no time passes."""
        with self._lock:
            self._wall += by


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises NaiveTime when the zone is missing."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveTime("this time has no time zone; give an aware datetime")
    return moment.astimezone(UTC)


def to_wire(moment: datetime) -> str:
    """'2026-11-21T21:40:00Z': UTC, whole seconds, rounded down. Raises NaiveTime."""
    # strftime does not pad the years before 1000 on every platform, isoformat does.
    return in_utc(moment).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_wire(text: str) -> datetime:
    """The moment written by `to_wire`. Raises ValueError for every other way to write it."""
    if not isinstance(text, str) or _WIRE.fullmatch(text) is None:
        raise ValueError("a time must look like 2026-11-21T21:40:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such time in the calendar") from None


class ClockJumped(Exception):
    """The clock of this machine jumped; check its time, then confirm it before anything is deleted by age."""


@dataclass(frozen=True)
class ClockJump:
    """How far the wall clock is from where the monotonic clock says it should be (positive: ahead)."""

    by: timedelta
    seen: datetime


class ClockMemory(Protocol):
    """Remembers over restarts when the clock was read last, and that a person confirmed it."""

    def last_seen(self) -> datetime | None:
        """When a clock that was believed was read last; None before the first time."""

    def accepted(self) -> str | None:
        """Something that changes when a person confirms the clock."""

    def note(self, now: datetime) -> None:
        """The clock is believed, and reads this."""

    def hold(self, by: timedelta) -> None:
        """The clock is not believed; it is so far from where it should be."""


LARGEST_ABSENCE = timedelta(days=30)
"""A node may be away for four weeks (case 19)."""


class ClockGuard:
    """Compares the wall clock with the monotonic clock (case 27).

    While the guard is not steady, a loop that expires or purges by age must not run: it calls
    `require_steady()` first. The guard becomes steady again by itself when the clock returns to where it
    should be, or when a person confirms the new time with `accept()`.

    `memory` knows the wall time that was last written down before this process started; it is asked when the
    guard is first asked. A start before that time is a jump back; a start later than `largest_absence` after
    it is held for confirmation, because a machine that was off cannot tell an absence from a jump.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        tolerance: timedelta = timedelta(seconds=60),
        memory: ClockMemory | None = None,
        largest_absence: timedelta = LARGEST_ABSENCE,
    ) -> None:
        self._clock = clock
        self._tolerance = tolerance.total_seconds()
        self._largest_absence = largest_absence.total_seconds()
        self._lock = threading.Lock()
        self._memory, self._remembers = memory, memory is None
        self._accepted: str | None = None
        self._offset = clock.now().timestamp() - clock.monotonic()

    def check(self) -> ClockJump | None:
        """None while the clock is steady, otherwise the jump. Cheap; call it in every round of a loop."""
        with self._lock:
            self._remember()
            now = self._clock.now()
            offset = now.timestamp() - self._clock.monotonic()
            difference = offset - self._offset
            if abs(difference) <= self._tolerance:
                # Follow slow corrections by a time service, which never add up to a jump.
                self._offset = offset
                return None
            return ClockJump(timedelta(seconds=round(difference)), now)

    def require_steady(self) -> None:
        """Raises ClockJumped unless the clock is steady."""
        jump = self.check()
        if jump is not None:
            seconds = int(jump.by.total_seconds())
            raise ClockJumped(
                f"the clock is {seconds} seconds away from where it should be; "
                "check the time of this machine and confirm it"
            )

    def accept(self) -> None:
        """A person confirmed that the wall clock is right as it is now."""
        with self._lock:
            self._remember()
            self._offset = self._clock.now().timestamp() - self._clock.monotonic()

    def write_down(self) -> None:
        """Now and then: hear whether a person confirmed the clock, and remember the time if it is right."""
        memory = self._memory
        if memory is None:
            return
        jump = self.check()
        accepted = memory.accepted()
        if accepted != self._accepted:
            self._accepted = accepted
            self.accept()
            jump = None
        if jump is None:
            memory.note(self._clock.now())
        else:
            memory.hold(jump.by)

    def _remember(self) -> None:
        """Compare with what was written down before this process started; once, and under the lock."""
        if self._remembers or self._memory is None:
            return
        last_seen, self._accepted = self._memory.last_seen(), self._memory.accepted()
        self._remembers = True
        if last_seen is None:
            return
        started = self._offset + self._clock.monotonic()  # where the clock is now had it been right at start
        ahead = started - last_seen.timestamp()
        if ahead < -self._tolerance or ahead > self._largest_absence:
            # The expected offset is where the clock would be had no time passed while we were away.
            self._offset = last_seen.timestamp() - self._clock.monotonic()
