"""Fixed slots: what is told at a boundary does not betray when it happened within the slot (rule 4)."""

from datetime import UTC, datetime, timedelta

_START = datetime(2020, 1, 1, tzinfo=UTC)


def number(moment: datetime, seconds: int) -> int:
    """The slot that `moment` lies in; slots of all nodes with the same length begin together."""
    if seconds < 1:
        raise ValueError("a slot lasts at least one second")
    return int((moment - _START) // timedelta(seconds=seconds))


def start(slot: int, seconds: int) -> datetime:
    """The boundary at which a slot begins."""
    return _START + timedelta(seconds=slot * seconds)
