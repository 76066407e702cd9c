"""How good proposed pairs are, beside the pairs that are known to be one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.wire.codes import Strength

PRECISIONS = (0.90, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Pair:
    """One proposed pair; `score` in hundredths of a bit."""

    left: str
    right: str
    score: int
    strength: Strength


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and F1 of all pairs from `threshold` on."""

    threshold: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def curve(pairs: Iterable[Pair], truth: frozenset[tuple[str, str]]) -> list[Quality]:
    """The quality at every score that occurs, the highest first."""
    found: list[Quality] = []
    right = 0
    ordered = sorted(pairs, key=lambda pair: -pair.score)
    for shown, pair in enumerate(ordered, start=1):
        right += (pair.left, pair.right) in truth
        if shown == len(ordered) or ordered[shown].score != pair.score:
            found.append(Quality(pair.score, right / shown, right / len(truth) if truth else 0.0))
    return found


def best(qualities: Sequence[Quality]) -> Quality | None:
    """The one with the highest F1."""
    return max(qualities, key=lambda quality: quality.f1, default=None)


def recall_at(qualities: Sequence[Quality], precision: float) -> float:
    """The most that is found where at least this share of what is shown is right."""
    return max((quality.recall for quality in qualities if quality.precision >= precision), default=0.0)


def by_strength(pairs: Sequence[Pair], truth: frozenset[tuple[str, str]]) -> list[dict[str, object]]:
    """For each strength: how many pairs, how many true, and the share; `from_here`: with all stronger ones.

    A share of no pairs is None.
    """
    rows: list[dict[str, object]] = []
    shown = right = 0
    for strength in Strength:
        mine = [pair for pair in pairs if pair.strength is strength]
        correct = sum((pair.left, pair.right) in truth for pair in mine)
        shown, right = shown + len(mine), right + correct
        reached = Quality(0, right / shown if shown else 0.0, right / len(truth) if truth else 0.0)
        rows.append(
            {
                "strength": strength.value,
                "pairs": len(mine),
                "true": correct,
                "precision": _share(correct, len(mine)) if mine else None,
                "precision_from_here": _share(right, shown) if shown else None,
                "recall_from_here": _share(right, len(truth)),
                "f1_from_here": round(reached.f1, 4),
            }
        )
    return rows


def at(qualities: Sequence[Quality], threshold: int) -> Quality:
    """The quality of all pairs that score `threshold` or more; 0 throughout if none does."""
    reached = [quality for quality in qualities if quality.threshold >= threshold]
    last = reached[-1] if reached else Quality(threshold, 0.0, 0.0)
    return Quality(threshold, last.precision, last.recall)


def rank_within(pairs: Sequence[Pair], truth: frozenset[tuple[str, str]], places: int) -> float:
    """Of the alerts that have a case, the share whose case is among the first `places`."""
    of_alert: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_alert.setdefault(pair.right, []).append(pair)
    wanted: dict[str, set[str]] = {}
    for left, right in truth:
        wanted.setdefault(right, set()).add(left)
    hits = 0
    for right, lefts in wanted.items():
        first = sorted(of_alert.get(right, []), key=lambda pair: (-pair.score, pair.left))[:places]
        hits += any(pair.left in lefts for pair in first)
    return _share(hits, len(wanted))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
