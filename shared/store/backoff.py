"""How long to wait before the next try."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=15)


def pause(attempts: int, *, first: timedelta = FIRST, longest: timedelta = LONGEST) -> timedelta:
    """The pause after the given number of failed tries (1, 2, …).

    It doubles up to `longest`. Half of it is chance, so that what failed together is not tried together.
    """
    doubled = first * (1 << min(max(attempts, 1) - 1, 30))
    full = min(doubled, longest)
    return full * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, protects nothing
