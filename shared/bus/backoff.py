"""How long to wait before the next attempt to connect."""

import random

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 15.0


class Backoff:
    """Doubles from 0.2 to 15 seconds, less up to a third by chance so that a whole circle does not come back
    to its relay in the same moment."""

    def __init__(self, first: float = FIRST_SECONDS, longest: float = LONGEST_SECONDS) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def pause(self) -> float:
        """Seconds to wait now; longer each time."""
        base, self._next = self._next, min(self._next * 2, self._longest)
        return base * random.uniform(0.67, 1.0)  # noqa: S311  # nosec B311: spreads load, guards nothing

    def reset(self) -> None:
        """It worked: begin at the short end next time."""
        self._next = self._first
