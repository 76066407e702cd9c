"""When to try again: the wait doubles up to a cap, with jitter; after the last attempt a person decides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Half a minute, one, two ... fifteen; twenty attempts are about four hours."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    attempts: int = 20
    jitter: float = 0.2
    """Share of the wait by which it may be shorter or longer."""

    def exhausted(self, attempts: int) -> bool:
        """Whether `attempts` failed attempts are enough."""
        return attempts >= self.attempts

    def wait(self, attempts: int, random: Callable[[], float]) -> timedelta:
        """How long to wait after this many failed attempts; `random` gives a value in [0, 1)."""
        doubled = self.first * (1 << min(max(attempts, 1) - 1, 16))
        return min(doubled, self.longest) * (1 + self.jitter * (2 * random() - 1))
