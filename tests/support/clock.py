"""A fixed start for tests, and a clock that moves only when told to."""

from datetime import UTC, datetime

from shared.runtime.clock import ManualClock

START = datetime(2026, 11, 21, 21, 40, tzinfo=UTC)


def manual_clock() -> ManualClock:
    """A new clock that reads START."""
    return ManualClock(START)
