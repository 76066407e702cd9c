"""How soon people are told again of what they were told of already.

What was settled may wait again: facts changed, a partner took an alert back and shared another one. A partner
that changed sides can do that without end, so the pauses grow. Nothing is dropped: at the end of the pause
people are told, if it still waits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

PAUSES: Sequence[timedelta] = (timedelta(0), timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
"""Between one time and the next; the last one counts for all that follow."""
QUIET = timedelta(days=1)
"""After so long without any, the pauses begin anew."""


def next_time(last: datetime, before: int, now: datetime) -> datetime:
    """When people are told once more, after `last`, the latest of `before` times (1 or more)."""
    return max(now, last + PAUSES[min(before, len(PAUSES)) - 1])
