"""Times on the wire, and a clock that jumps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.runtime.clock import (
    ClockGuard,
    ClockJumped,
    ManualClock,
    NaiveTime,
    SystemClock,
    from_wire,
    to_wire,
)
from tests.support.clock import START, manual_clock

HOUR = timedelta(hours=1)


@dataclass
class Notebook:
    """What a service's database remembers of the clock."""

    seen: datetime | None = None
    word: str | None = None
    held: timedelta | None = None

    def last_seen(self) -> datetime | None:
        return self.seen

    def accepted(self) -> str | None:
        return self.word

    def note(self, now: datetime) -> None:
        self.seen = now

    def hold(self, by: timedelta) -> None:
        self.held = by


def test_the_wire_form_is_utc_and_whole_seconds() -> None:
    vilnius = timezone(timedelta(hours=2))
    assert to_wire(datetime(2026, 11, 21, 23, 40, 0, 999_999, tzinfo=vilnius)) == "2026-11-21T21:40:00Z"
    assert from_wire("2026-11-21T21:40:00Z") == START
    assert to_wire(datetime(7, 1, 2, tzinfo=UTC)) == "0007-01-02T00:00:00Z"
    with pytest.raises(NaiveTime):
        to_wire(datetime(2026, 11, 21))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-21", "2026-11-21T21:40:00", "2026-11-21T21:40:00+00:00", "2026-11-21t21:40:00z",
        "2026-11-21T21:40:00.0Z", " 2026-11-21T21:40:00Z", "2026-11-21T21:40:00Z\n", "2026-02-30T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T21:40:60Z", "٢٠٢٦-11-21T21:40:00Z", "0000-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_every_other_way_to_write_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(a|such) time"):
        from_wire(text)


def test_the_system_clock_is_aware_and_goes_on() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_steady_clock_is_let_through() -> None:
    clock = manual_clock()
    guard = ClockGuard(clock)
    for _ in range(50):
        clock.advance(timedelta(days=1))
        clock.jump(timedelta(seconds=20))  # slow corrections by a time service
        guard.require_steady()


@pytest.mark.parametrize("jump", [-HOUR, timedelta(days=40)], ids=["back 1 h", "forward 40 d"])
def test_a_jump_stops_expiry_until_a_person_confirms(jump: timedelta) -> None:
    """Case 27."""
    clock = manual_clock()
    guard = ClockGuard(clock)
    clock.advance(HOUR)
    clock.jump(jump)
    with pytest.raises(ClockJumped):
        guard.require_steady()
    clock.advance(HOUR)
    found = guard.check()
    assert found is not None
    assert found.by == jump
    guard.accept()
    guard.require_steady()


def test_a_jump_that_is_undone_needs_nobody() -> None:
    clock = manual_clock()
    guard = ClockGuard(clock)
    clock.jump(-HOUR)
    assert guard.check() is not None
    clock.jump(HOUR)
    guard.require_steady()


@pytest.mark.parametrize(
    ("away", "steady"),
    [(timedelta(days=28), True), (timedelta(days=40), False), (-HOUR, False), (timedelta(0), True)],
)
def test_a_restart_compares_with_what_was_written_down(away: timedelta, steady: bool) -> None:
    """Case 27 over a restart; a node may be away for 28 days (case 19)."""
    guard = ClockGuard(ManualClock(START + away), memory=Notebook(START))
    assert (guard.check() is None) is steady
    guard.accept()
    guard.require_steady()


def test_the_time_is_written_down_only_while_it_is_believed() -> None:
    """Case 27: otherwise a restart would believe the wrong clock."""
    clock, notebook = manual_clock(), Notebook()
    guard = ClockGuard(clock, memory=notebook)
    guard.write_down()
    assert notebook.seen == START
    clock.jump(-HOUR)
    guard.write_down()
    assert (notebook.seen, notebook.held) == (START, -HOUR)
    clock.jump(HOUR)
    clock.advance(HOUR)
    guard.write_down()
    assert notebook.seen == START + HOUR


def test_a_running_service_hears_that_a_person_confirmed_the_clock() -> None:
    """And only a word that came after it began to run: an old one says nothing about today's jump."""
    clock, notebook = manual_clock(), Notebook(START, "an old word")
    guard = ClockGuard(clock, memory=notebook)
    clock.jump(timedelta(days=2))
    guard.write_down()
    assert guard.check() is not None
    notebook.word = "a new word"
    guard.write_down()
    guard.require_steady()
    assert notebook.seen == START + timedelta(days=2)


def test_a_jump_between_the_start_and_the_first_look_is_noticed() -> None:
    clock = manual_clock()
    guard = ClockGuard(clock, memory=Notebook(START))
    clock.jump(timedelta(days=3))
    assert guard.check() is not None


def test_a_manual_clock_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        manual_clock().advance(-HOUR)
