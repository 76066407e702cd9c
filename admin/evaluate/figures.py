"""How good the proposed pairs are, and what they took: for a program, and in words for a person."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from admin import console
from admin.evaluate import measures
from admin.evaluate.measures import Pair, Quality
from admin.evaluate.pipeline import Costs
from services.matching.weights import STRENGTHS
from shared.wire.codes import Strength

FIRST = 5
FEW = 30
"""With fewer true pairs the shares mean little: one pair more is three in 100."""


def of(
    cases: int, alerts: int, pairs: Sequence[Pair], truth: frozenset[tuple[str, str]] | None, costs: Costs
) -> dict[str, Any]:
    """Everything that is reported; without `truth` only how many there are and what it took."""
    figures: dict[str, Any] = {
        "cases": cases,
        "alerts": alerts,
        "pairs": len(pairs),
        "tags_per_alert": costs.tags_per_alert,
        "keys_per_alert": round(costs.keys_per_alert, 1),
        "evaluations_per_case": round(costs.evaluations_per_case, 1),
        "seconds": round(costs.seconds, 1),
        "memory_mb": round(costs.memory_mb),
    }
    if truth is None:
        counts = Counter(pair.strength for pair in pairs)
        return {**figures, "pairs_by_strength": {strength.value: counts[strength] for strength in Strength}}
    qualities = measures.curve(pairs, truth)
    best = measures.best(qualities)
    return {
        **figures,
        "true_pairs": len(truth),
        "true_pairs_proposed": sum((pair.left, pair.right) in truth for pair in pairs),
        "best": None if best is None else _quality(best),
        "as_shipped": _quality(measures.at(qualities, STRENGTHS[-1][0])),
        "recall_at_precision": {
            f"{precision:.2f}": round(measures.recall_at(qualities, precision), 4)
            for precision in measures.PRECISIONS
        },
        "right_case_among_first_5": measures.rank_within(pairs, truth, FIRST),
        "by_strength": measures.by_strength(pairs, truth),
    }


def _quality(quality: Quality) -> dict[str, float]:
    return {
        "score": quality.threshold / 100,
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "f1": round(quality.f1, 4),
    }


def tell(figures: dict[str, Any]) -> None:
    """The same for a person, on standard output."""
    if "true_pairs" in figures:
        console.show(figures["by_strength"], as_json=False, empty="")
        console.say("  (from here: the pairs of this strength and of all stronger ones)")
    else:
        rows = [{"strength": name, "pairs": count} for name, count in figures["pairs_by_strength"].items()]
        console.show(rows, as_json=False, empty="")
    for line in _lines(figures):
        console.say(line)


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    compared = (
        f"{console.several(figures['alerts'], 'alert')} with {console.several(figures['cases'], 'case')}"
    )
    yield f"Compared {compared}: {console.several(figures['pairs'], 'pair')} proposed."
    if "true_pairs" in figures:
        yield from _quality_lines(figures)
    yield (
        f"It took {figures['seconds']} seconds and {figures['memory_mb']} MB of memory; "
        f"{figures['tags_per_alert']} tags per alert (about {figures['keys_per_alert']} of them match keys, "
        f"the others random); {figures['evaluations_per_case']} blind evaluations per case."
    )


def _quality_lines(figures: dict[str, Any]) -> Iterator[str]:
    true, proposed = figures["true_pairs"], figures["true_pairs_proposed"]
    yield (
        f"True pairs: {true}; {proposed} of them proposed, {true - proposed} not found. Precision is the "
        "share of proposed pairs that are true, recall the share of true pairs that are proposed, F1 the "
        "harmonic mean of both."
    )
    if true < FEW:
        yield f"Fewer than {FEW} true pairs: these figures say little."
    if figures["best"] is not None:
        yield f"At the best threshold for these tables, {_said(figures['best'])}."
    yield f"As shipped, with all that the people on duty would be told of, {_said(figures['as_shipped'])}."
    reached = ", ".join(f"{recall} at {share}" for share, recall in figures["recall_at_precision"].items())
    yield f"Recall where the precision has to be so high: {reached}."
    yield (
        f"Share of the alerts with a case whose case is among the first {FIRST}: "
        f"{figures['right_case_among_first_5']}."
    )


def _said(quality: dict[str, float]) -> str:
    return (
        f"score {quality['score']:.2f}: precision {quality['precision']}, recall {quality['recall']}, "
        f"F1 {quality['f1']}"
    )
