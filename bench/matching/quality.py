"""The measures of every method from its pairs: those of `myosotis evaluate`, for all alike."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from admin.evaluate import measures
from admin.evaluate.measures import Pair
from shared.wire.codes import Strength

_FINE = 1_000_000
"""Scores become whole numbers, as measures.Pair has them; so many to the unit."""
_FIRST = 5
DAMAGE_AT = 0.90
_FEWEST = 15
"""Damage of fewer true pairs is left out: a share of so few says nothing."""

Truth = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the table says of one method on one set."""

    f1: float
    recall: Mapping[str, float]
    """At precision 0.90, 0.95 and 0.99."""
    first_five: float
    """Of the alerts that have a case, the share whose case is among the first five."""
    by_damage: Mapping[str, float]
    """At the threshold of precision 0.90: the share of the true pairs with this damage that is found."""


def truth(path: Path) -> Truth:
    """The pairs that are one person."""
    with path.open(newline="", encoding="utf-8") as file:
        return frozenset((row["left_id"], row["right_id"]) for row in csv.DictReader(file))


def damages(path: Path) -> dict[str, frozenset[str]]:
    """What went wrong with each row, if the set says so."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["id"]: frozenset(row["damage"].split()) for row in csv.DictReader(file)}


def measure(pairs: Path, known: Truth, damage: Mapping[str, frozenset[str]]) -> Measured:
    """Measure a CSV file of left_id, right_id, score."""
    with pairs.open(newline="", encoding="utf-8") as file:
        found = [_pair(row) for row in csv.DictReader(file)]
    curve = measures.curve(found, known)
    best = measures.best(curve)
    precise = [quality for quality in curve if quality.precision >= DAMAGE_AT]
    floor = max(precise, key=lambda quality: quality.recall).threshold if precise else None
    shown = {(pair.left, pair.right) for pair in found if floor is not None and pair.score >= floor}
    return Measured(
        f1=round(best.f1, 4) if best else 0.0,
        recall={f"{share:.2f}": round(measures.recall_at(curve, share), 4) for share in measures.PRECISIONS},
        first_five=measures.rank_within(found, known, _FIRST),
        by_damage=by_damage(known, damage, shown),
    )


def by_damage(
    known: Truth, damage: Mapping[str, frozenset[str]], shown: set[tuple[str, str]]
) -> dict[str, float]:
    """For each damage that is on one side or both: the share of true pairs that is shown."""
    having: dict[str, list[bool]] = {}
    for pair in known:
        both = damage.get(pair[0], frozenset()) | damage.get(pair[1], frozenset())
        for name in both:
            having.setdefault(name, []).append(pair in shown)
    return {
        name: round(sum(hits) / len(hits), 3) for name, hits in sorted(having.items()) if len(hits) >= _FEWEST
    }


def _pair(row: Mapping[str, str]) -> Pair:
    return Pair(row["left_id"], row["right_id"], round(float(row["score"]) * _FINE), Strength.UNLIKELY)
