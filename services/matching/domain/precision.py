"""How often people agreed with what was shown, by strength, and how sure that figure is."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RIGHT = frozenset({"probable", "confirmed"})
"""Said to be one person. A colleague confirms later what one said is probable."""
WRONG = frozenset({"excluded"})
ELSEWHERE = frozenset({"reunited_elsewhere"})
"""Settled, but not a word about this pair."""
ENOUGH = 30
"""With fewer decisions a share means nothing: at 30 of them half is anything from 33 to 67 in 100."""
_Z = 1.96
"""Of the normal distribution, 95 in 100 lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the pairs of one strength."""

    right: int = 0
    """Called probable, or confirmed."""
    wrong: int = 0
    """Excluded."""
    elsewhere: int = 0
    """The person came home by another way."""
    open: int = 0
    """In review, or information is needed; perhaps the alert went before anybody decided."""
    undecided: int = 0
    """On the desk, and nobody has said anything yet."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.right + other.right,
            self.wrong + other.wrong,
            self.elsewhere + other.elsewhere,
            self.open + other.open,
            self.undecided + other.undecided,
        )

    @property
    def decided(self) -> int:
        """Pairs of which a person said what they are."""
        return self.right + self.wrong

    @property
    def shown(self) -> int:
        """All that is known to have been shown."""
        return self.decided + self.elsewhere + self.open + self.undecided

    @property
    def precision(self) -> float | None:
        """The share that was right among those decided; None if none was."""
        return self.right / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what the precision lies, 95 times in 100."""
        return wilson(self.right, self.decided) if self.decided else None

    @property
    def enough(self) -> bool:
        """Whether the precision means anything."""
        return self.decided >= ENOUGH


def wilson(right: int, count: int) -> tuple[float, float]:
    """The interval of E. B. Wilson (1927) for a share: never outside 0 to 1, and honest for few.

    ValueError unless 0 <= right <= count and count > 0.
    """
    if not 0 <= right <= count or count == 0:
        raise ValueError("a share is of something, and not more than all of it")
    share, square = right / count, _Z * _Z
    middle = share + square / (2 * count)
    half = _Z * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    low, high = (middle - half) / (1 + square / count), (middle + half) / (1 + square / count)
    return max(0.0, low), min(1.0, high)


def tally(decided: Iterable[tuple[str, str]], undecided: Iterable[str]) -> Mapping[str, Tally]:
    """By strength: `decided` are strengths with states, `undecided` the strengths of what waits."""
    found: dict[str, Tally] = {}
    for strength, state in decided:
        found[strength] = found.get(strength, Tally()) + _one(state)
    for strength in undecided:
        found[strength] = found.get(strength, Tally()) + Tally(undecided=1)
    return found


def _one(state: str) -> Tally:
    if state in RIGHT:
        return Tally(right=1)
    if state in WRONG:
        return Tally(wrong=1)
    return Tally(elsewhere=1) if state in ELSEWHERE else Tally(open=1)
