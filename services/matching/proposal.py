"""New weights that the decisions of people speak for. Proposed in a table; nothing is applied by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.domain.precision import RIGHT, WRONG
from services.matching.fitting import Name, Numbers, fit, matrix, scores, surprise
from services.matching.store.kept import Kept
from services.matching.weights import BESIDE_NAMES, START

LEAST_OF_EACH = 50
"""So many right and so many excluded pairs are needed before anything is fitted."""
LEAST_BEHIND = 10
"""A row of the table that fewer decisions speak about is not fitted and not told of: it would be chance, and
the table leaves the house."""
RIDGE = 3.0
"""How strongly a weight is held to the shipped one: as if that were known to 0.8 bits."""
_RIDGE_BITS = RIDGE * 64
"""The same for weights that count eight and more times, once for each bit of rarity."""
_HELD = 1e9
"""A weight that is held to this is not fitted."""
_FOLDS = 5
START_ROW: Name = ("START", "", "times")


class TooFewDecisions(Exception):
    """Not enough decisions of one kind or the other."""

    def __init__(self, right: int, wrong: int) -> None:
        self.missing_right = max(0, LEAST_OF_EACH - right)
        self.missing_wrong = max(0, LEAST_OF_EACH - wrong)
        super().__init__(
            f"New weights need {LEAST_OF_EACH} pairs that people called probable and {LEAST_OF_EACH} that "
            f"they excluded, with match keys of the present rules. {self.missing_right} probable and "
            f"{self.missing_wrong} excluded ones are missing: there are {right} and {wrong}."
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """One weight that would change; weights are hundredths of a bit."""

    name: Name
    old: int
    new: int
    behind: int
    """Decisions in which it counted."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the decisions speak for."""

    moved: Sequence[Moved]
    """The largest difference first."""
    right: int
    wrong: int
    left_out: int
    """Decisions under older rules, about pairs without match keys, or that settle nothing."""
    surprise_now: float
    surprise_then: float
    """Bits a decision, by the shipped weights and by new ones, each fitted without the decision: of the
    shipped ones only the constant."""


def propose(kept: Sequence[Kept], keys_version: int) -> Proposal:
    """Fit what is kept under these rules for match keys. Raises TooFewDecisions."""
    usable = [
        one
        for one in kept
        if one.has_keys and one.keys_version == keys_version and one.state.value in RIGHT | WRONG
    ]
    labels = np.array([one.state.value in RIGHT for one in usable], dtype=np.float64)
    right = int(labels.sum())
    wrong = len(usable) - right
    if min(right, wrong) < LEAST_OF_EACH:
        raise TooFewDecisions(right, wrong)
    rows = [_row(one) for one in usable]
    # What nobody saw keeps its weight: beside 70 columns of zeros the fit would take ten times as long.
    seen = {name for row in rows for name, value in row.items() if value}
    everything = sorted(seen & shipped().keys())
    values = matrix(rows, everything)
    behind = np.count_nonzero(values, axis=0)
    prior = np.array([*(shipped()[name] for name in everything), START], dtype=np.float64) / 100
    shrink = np.array([_RIDGE_BITS if what == "bits" else RIDGE for _, _, what in everything] + [0.0])
    # How many of all pairs are right differs from house to house: nothing holds the constant, or the other
    # weights would have to make up for it. What few speak about stays as it is, whatever they say.
    shrink[:-1][behind < LEAST_BEHIND] = _HELD
    fitted = fit(values, labels, np.ones(len(labels)), shrink, prior)
    counts = [*map(int, behind), len(usable)]
    moved = [
        Moved(name, round(float(old) * 100), round(float(new) * 100), count)
        for name, old, new, count in zip([*everything, START_ROW], prior, fitted, counts, strict=True)
    ]
    changed = [one for one in moved if one.old != one.new]
    changed.sort(key=lambda one: (-abs(one.new - one.old), one.name))
    return Proposal(
        changed,
        right,
        wrong,
        len(kept) - len(usable),
        surprise(_unseen(values, labels, np.append(np.full(len(everything), _HELD), 0.0), prior), labels),
        surprise(_unseen(values, labels, shrink, prior), labels),
    )


def shipped() -> dict[Name, int]:
    """The shipped weights beside names, in hundredths of a bit."""
    found: dict[Name, int] = {}
    for code, row in BESIDE_NAMES.items():
        found |= {(code, outcome, "times"): weight for outcome, weight in row.outcomes.items()}
        found |= {(code, outcome, "bits"): weight for outcome, weight in row.per_bit.items()}
    return found


def _row(kept: Kept) -> dict[Name, float]:
    found: dict[Name, float] = {}
    for code, seen in kept.seen.items():
        found[code, seen.row, "times"] = seen.times
        found[code, seen.row, "bits"] = seen.bits
    return found


def _unseen(values: Numbers, labels: Numbers, shrink: Numbers, prior: Numbers) -> Numbers:
    """Scores of each decision by weights that were fitted on four fifths of the others."""
    fold = np.random.default_rng(1).integers(0, _FOLDS, len(labels))
    given = np.zeros(len(labels))
    for part in range(_FOLDS):
        rest = fold != part
        weights = fit(values[rest], labels[rest], np.ones(int(rest.sum())), shrink, prior)
        given[~rest] = scores(weights, values[~rest])
    return given
