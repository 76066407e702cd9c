"""Fits the weights of services/matching/weights.py on labelled pairs, and says how well they do.

    python -m bench.matching.fit build/bench-matching/sets/missing-1 ...

Logistic regression over what the comparators saw, in bits, so that a weight is what one fact adds to all the
others (Fellegi and Sunter's m/u, where facts depend on each other). Every set counts as much as any other.
Prints the figures of each set left out of the fit in turn, then the table to be put into weights.py. Nothing
is applied by itself.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from admin.evaluate.measures import Pair as ScoredPair
from admin.evaluate.measures import best, curve, recall_at
from bench.matching.plain import Candidate, Joined, join
from services.matching.compare.names import AGREEING
from services.matching.compare.port import Level
from services.matching.fitting import Name, fit, matrix, scores
from services.matching.scoring import findings
from shared.wire.codes import Strength

WITH_BITS = frozenset({"given_name", "family_name"})
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Features:
    """One row a candidate, one column a weight."""

    names: list[Name]
    values: NDArray[np.float64]
    labels: NDArray[np.float64]
    pairs: list[tuple[str, str]]
    true_pairs: int


def features(joined: Joined, names: list[Name] | None = None) -> Features:
    """What every comparator saw of every candidate."""
    seen = [_seen(one) for one in joined.candidates]
    names = names or sorted({name for row in seen for name in row})
    values = matrix(seen, names)
    labels = np.array([one.is_true for one in joined.candidates], dtype=np.float64)
    return Features(
        names, values, labels, [(one.left, one.right) for one in joined.candidates], joined.true_pairs
    )


def _seen(candidate: Candidate) -> dict[Name, float]:
    row: dict[Name, float] = {}
    for code, finding in findings(candidate.pair).items():
        if finding.level is Level.UNKNOWN:
            continue
        row[code, finding.row, "times"] = float(min(finding.times, 2))
        if code in WITH_BITS and finding.row in AGREEING:
            row[code, finding.row, "bits"] = finding.bits
    return row


def towards_nothing(values: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """Draws what is rarely seen towards 0, and the constant nowhere."""
    return np.append(np.full(values.shape[1], ridge), 0.0)


def quality(found: Features, given: NDArray[np.float64]) -> str:
    """F1 at the best threshold and recall at three precisions."""
    truth = frozenset(pair for pair, label in zip(found.pairs, found.labels, strict=True) if label)
    scored = [
        ScoredPair(left, right, round(float(score) * 100), Strength.UNLIKELY)
        for (left, right), score in zip(found.pairs, given, strict=True)
    ]
    missing = found.true_pairs - len(truth)
    everything = truth | {("", str(number)) for number in range(missing)}
    qualities = curve(scored, everything)
    top = best(qualities)
    if top is None:
        return "nothing found"
    recalls = " ".join(f"R{int(p * 100)} {recall_at(qualities, p):.3f}" for p in (0.90, 0.95, 0.99))
    return (
        f"F1 {top.f1:.3f} at {top.threshold / 100:.1f} (P {top.precision:.3f} R {top.recall:.3f}) {recalls}"
    )


def across(found: Features, ridge: float) -> str:
    """The quality with weights fitted on four fifths of the same set at a time."""
    fold = np.random.default_rng(1).integers(0, _FOLDS, len(found.labels))
    given = np.zeros(len(found.labels))
    for part in range(_FOLDS):
        rest = fold != part
        weights = fit(
            found.values[rest],
            found.labels[rest],
            np.ones(int(rest.sum())),
            towards_nothing(found.values, ridge),
        )
        given[~rest] = scores(weights, found.values[~rest])
    return quality(found, given)


def together(
    sets: Sequence[Features], ridge: float, weighing: Sequence[float] | None = None
) -> NDArray[np.float64]:
    """Weights fitted on all sets, each as important as any other, or as `weighing` says."""
    largest = max(len(one.labels) for one in sets)
    importance = np.concatenate(
        [
            np.full(len(one.labels), times * largest / len(one.labels))
            for one, times in zip(sets, weighing or [1.0] * len(sets), strict=True)
        ]
    )
    values = np.vstack([one.values for one in sets])
    labels = np.concatenate([one.labels for one in sets])
    return fit(values, labels, importance, towards_nothing(values, ridge))


def table(names: Iterable[Name], weights: NDArray[np.float64]) -> str:
    """The rows for weights.py."""
    rows: dict[str, dict[str, dict[str, int]]] = {}
    for (code, row, what), weight in zip(names, weights, strict=False):
        rows.setdefault(code, {}).setdefault(what, {})[row] = round(float(weight) * 100)
    lines = [f"START = {round(float(weights[-1]) * 100)}"]
    for code, kinds in rows.items():
        bits = f", per_bit={kinds['bits']}" if "bits" in kinds else ""
        lines.append(f'    "{code}": Row({kinds["times"]}, FITTED{bits}),')
    return "\n".join(lines)


def main() -> None:
    """Join, fit, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ridge", type=float, default=3.0)
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 7, 1))
    parser.add_argument("--weigh", nargs="*", type=float, help="how much each folder counts (1 each)")
    arguments = parser.parse_args()
    joined: list[Joined] = []
    for folder in arguments.folders:
        one = join(folder, arguments.today)
        joined.append(one)
        print(
            f"{folder.name}: {one.keys_per_case:.1f} keys a case, {one.keys_per_alert:.1f} an alert; "
            f"{len(one.candidates)} candidates, {one.recall:.3f} of the true pairs",
            flush=True,
        )
    names = sorted({name for one in joined for candidate in one.candidates for name in _seen(candidate)})
    sets = [features(one, names) for one in joined]
    for folder, found in zip(arguments.folders, sets, strict=True):
        print(f"{folder.name}: fitted on itself (5 folds): {across(found, arguments.ridge)}")
    for place, (folder, found) in enumerate(zip(arguments.folders, sets, strict=True)):
        others = [one for index, one in enumerate(sets) if index != place]
        if others:
            given = scores(together(others, arguments.ridge), found.values)
            print(f"{folder.name}: fitted on the others: {quality(found, given)}")
    weights = together(sets, arguments.ridge, arguments.weigh)
    for folder, found in zip(arguments.folders, sets, strict=True):
        print(f"{folder.name}: fitted on all: {quality(found, scores(weights, found.values))}")
    print(table(names, weights))


if __name__ == "__main__":
    main()
