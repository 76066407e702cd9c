"""From what agrees to a score, a strength in words and the reasons (DESIGN 5, Scoring)."""

from collections.abc import Collection
from dataclasses import dataclass

from services.matching.compare import COMPARATORS, DESCRIBED
from services.matching.compare.port import Comparator, Finding, Level, Pair
from services.matching.weights import (
    ALONE,
    BESIDE_NAMES,
    FLOOR_DESCRIPTION,
    FLOOR_NAMES,
    MOST_FROM_DESCRIPTION,
    SPECIFIC_VALUES,
    START,
    STRENGTHS,
    STRENGTHS_ALONE,
    Row,
)
from shared.wire.codes import Strength, Verdict
from shared.wire.local import Agreement, Reason
from shared.wire.messages import Description


@dataclass(frozen=True, slots=True)
class Score:
    """A pair worth showing to a person."""

    score: int
    """Hundredths of a bit of the odds. Absolute: what other pairs score changes nothing."""
    strength: Strength
    reasons: tuple[Reason, ...]
    agreeing: tuple[str, ...]
    """The letters of the agreeing match keys, in order: part of the facts."""


def score(
    alert: Description,
    case: Description,
    groups: Collection[str],
    agreement: Agreement | None,
    *,
    has_keys: bool,
) -> Score | None:
    """Weigh one alert against one own case; None if a person need not be asked.

    `groups` are the letters of the match keys that agree, `agreement` the finer comparison (None: it was not
    made), `has_keys` says whether the own case has any keys. A case without keys stands on a specific
    description alone (case 42); one with keys needs at least one that agrees.
    """
    pair = Pair(alert, case, frozenset(groups), agreement)
    if not has_keys:
        return _described(pair)
    if not groups:
        return None
    reasons = _reasons(pair, COMPARATORS, BESIDE_NAMES)
    total = START + sum(reason.weight for reason in reasons)
    if total < FLOOR_NAMES:
        return None
    return Score(total, strength_of(total, STRENGTHS), tuple(reasons), tuple(sorted(pair.groups)))


def findings(pair: Pair) -> dict[str, Finding]:
    """What every comparator saw, by code."""
    return {comparator.code: comparator.compare(pair) for comparator in COMPARATORS}


def is_specific(found: dict[str, Finding]) -> bool:
    """Whether a description alone singles somebody out: a common mark, or enough agreeing values."""
    same = [code for code, finding in found.items() if finding.level is Level.SAME]
    return "marks" in same or len(same) >= SPECIFIC_VALUES


def strength_of(total: int, floors: tuple[tuple[int, Strength], ...]) -> Strength:
    """The word for a score."""
    return next((word for floor, word in floors if total >= floor), Strength.UNLIKELY)


def weaker(one: Strength, other: Strength) -> Strength:
    """The weaker of two strengths."""
    order = list(Strength)
    return max(one, other, key=order.index)


def _described(pair: Pair) -> Score | None:
    if not is_specific({comparator.code: comparator.compare(pair) for comparator in DESCRIBED}):
        return None
    reasons = [Reason(comparator="match_keys", verdict=Verdict.UNKNOWN, weight=0, parameters={})]
    reasons += _reasons(pair, DESCRIBED, ALONE)
    total = sum(reason.weight for reason in reasons)
    if total < FLOOR_DESCRIPTION:
        return None
    strength = weaker(strength_of(total, STRENGTHS_ALONE), MOST_FROM_DESCRIPTION)
    return Score(_beside_names(total), strength, tuple(reasons), ())


def _beside_names(total: int) -> int:
    """The score of a description alone on the scale of the others, so that lists sort by strength.

    What makes it about even there does here; the most that it can reach stays below the next strength.
    """
    most = sum(max(row.outcomes.values()) * row.most for row in ALONE.values())
    even, above = _floor(STRENGTHS, MOST_FROM_DESCRIPTION), _floor(STRENGTHS, _next(MOST_FROM_DESCRIPTION))
    even_alone = _floor(STRENGTHS_ALONE, MOST_FROM_DESCRIPTION)
    return even + (total - even_alone) * (above - 1 - even) // (most - even_alone)


def _floor(floors: tuple[tuple[int, Strength], ...], strength: Strength) -> int:
    return next(floor for floor, word in floors if word is strength)


def _next(strength: Strength) -> Strength:
    order = list(Strength)
    return order[order.index(strength) - 1]


def _reasons(pair: Pair, comparators: tuple[Comparator, ...], table: dict[str, Row]) -> list[Reason]:
    return [
        _reason(comparator.code, finding, table[comparator.code])
        for comparator in comparators
        if (finding := comparator.compare(pair)).level is not Level.UNKNOWN or comparator.tells_unknown
    ]


def _reason(code: str, finding: Finding, row: Row) -> Reason:
    return Reason(
        comparator=f"{code}_{finding.outcome}" if finding.outcome else code,
        verdict=_VERDICTS[finding.level],
        weight=row.of(finding),
        parameters=dict(finding.parameters),
    )


_VERDICTS = {
    Level.SAME: Verdict.FOR,
    Level.NEAR: Verdict.FOR,
    Level.DIFFERENT: Verdict.AGAINST,
    Level.UNKNOWN: Verdict.UNKNOWN,
}
