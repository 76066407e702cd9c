"""What a comparator is: a small function whose docstring is its explanation to people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType

from shared.wire.local import Agreement
from shared.wire.messages import Description


class NoExplanation(Exception):
    """A comparator has no explanation; write a docstring that says what it compares and why."""


class Level(StrEnum):
    """How two values agree."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


Parameters = Mapping[str, str | int]
"""What fills the sentence shown to a person: codes and numbers, never text."""


@dataclass(frozen=True, slots=True)
class Pair:
    """All that is known of an alert and an own case together."""

    alert: Description
    """What the alert released."""
    case: Description
    """What is known of the own case."""
    groups: frozenset[str] = frozenset()
    """The letters of the match keys that agree."""
    agreement: Agreement | None = None
    """The finer comparison; None if there was none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one comparator saw; the weight follows from the table in weights.py."""

    level: Level
    parameters: Parameters = field(default_factory=dict)
    times: int = 1
    """How many values agree, where several can (marks); each counts, up to the table's limit."""
    outcome: str = ""
    """The row of the table, where levels are not enough: `swapped`, `initial`. Else the level."""
    bits: float = 0.0
    """How rare the agreeing value is: log2 of one in how many people."""

    @property
    def row(self) -> str:
        """Under what its weight stands."""
        return self.outcome or self.level.value


UNKNOWN = Finding(Level.UNKNOWN)
Compare = Callable[[Pair], Finding]


@dataclass(frozen=True, slots=True)
class Comparator:
    """One comparator, ready to use. `code` is its name in reasons and in the table of weights."""

    code: str
    compare: Compare
    explanation: str
    tells_unknown: bool = True
    """Whether a person is told that it had nothing to compare."""


def load(module: ModuleType) -> Comparator:
    """Make a comparator of a module with `CODE` and `compare`. Raises NoExplanation."""
    code: str = module.CODE
    compare: Compare = module.compare
    explanation = " ".join((compare.__doc__ or "").split())
    if not explanation:
        raise NoExplanation(f"the comparator {code} has no docstring that explains it")
    return Comparator(code, compare, explanation, getattr(module, "TELLS_UNKNOWN", True))
