"""From what agrees to a score, a strength in words and the reasons (DESIGN 5, Scoring)."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.matching.compare import COMPARATORS, match_keys
from services.matching.compare.port import Finding, Level
from services.matching.weights import (
    DESCRIPTION,
    FLOOR_DESCRIPTION,
    FLOOR_KEYS,
    GROUPS,
    MOST_FROM_DESCRIPTION,
    SPECIFIC_VALUES,
    STRENGTHS,
    WITNESSES,
)
from shared.wire.codes import Rarity, Strength, Verdict
from shared.wire.local import Reason
from shared.wire.messages import Description

Hit = tuple[str, Rarity]
"""The group and the rarity of one own match key whose tag is among the alert's."""


@dataclass(frozen=True, slots=True)
class Score:
    """A pair worth showing to a person."""

    score: int
    """Hundredths of a bit; the prior is not in it."""
    strength: Strength
    reasons: tuple[Reason, ...]
    agreeing: tuple[Hit, ...]
    """The best key of each agreeing group: part of the facts."""


def score(alert: Description, case: Description, hits: Iterable[Hit], *, has_keys: bool) -> Score | None:
    """Weigh one alert against one own case; None if a person need not be asked.

    `hits` are the agreeing keys of this one case, `has_keys` says whether it has any at all. Two independent
    families of keys must agree, or one and a specific description; a case without keys stands on a specific
    description alone (case 42).
    """
    best = match_keys.best_per_group(hits)
    findings = {comparator.code: comparator.compare(alert, case) for comparator in COMPARATORS}
    witnesses = len(match_keys.families(best)) + is_specific(findings)
    if witnesses < (WITNESSES if has_keys else 1) or (has_keys and not best):
        return None
    covered = {code for group in best for code in GROUPS[group].covers}
    reasons = _key_reasons(best) if has_keys else [_no_keys()]
    reasons += [_reason(code, finding, covered) for code, finding in findings.items()]
    total = sum(reason.weight for reason in reasons)
    if total < (FLOOR_KEYS if has_keys else FLOOR_DESCRIPTION):
        return None
    strength = strength_of(total)
    if not has_keys:
        strength = weaker(strength, MOST_FROM_DESCRIPTION)
    return Score(total, strength, tuple(reasons), tuple(sorted(best.items())))


def is_specific(findings: dict[str, Finding]) -> bool:
    """Whether the description alone singles somebody out: a common mark, or enough agreeing values."""
    same = [code for code, finding in findings.items() if finding.level is Level.SAME]
    return "marks" in same or len(same) >= SPECIFIC_VALUES


def strength_of(total: int) -> Strength:
    """The word for a score; absolute, not relative to other matches."""
    return next((word for floor, word in STRENGTHS if total >= floor), Strength.UNLIKELY)


def weaker(one: Strength, other: Strength) -> Strength:
    """The weaker of two strengths."""
    order = list(Strength)
    return max(one, other, key=order.index)


def _key_reasons(best: dict[str, Rarity]) -> list[Reason]:
    return [
        Reason(
            comparator=match_keys.group_code(finding.group),
            verdict=Verdict.FOR,
            weight=finding.weight,
            parameters={"rarity": finding.rarity.value},
        )
        for finding in match_keys.weigh(best)
    ]


def _no_keys() -> Reason:
    return Reason(comparator=match_keys.CODE, verdict=Verdict.UNKNOWN, weight=0, parameters={})


def _reason(code: str, finding: Finding, covered: set[str]) -> Reason:
    weight = DESCRIPTION[code].of(finding.level, finding.times)
    if code in covered:
        weight = min(weight, 0)  # its agreement is inside a key that counted
    return Reason(
        comparator=code, verdict=_VERDICTS[finding.level], weight=weight, parameters=dict(finding.parameters)
    )


_VERDICTS = {
    Level.SAME: Verdict.FOR,
    Level.NEAR: Verdict.FOR,
    Level.DIFFERENT: Verdict.AGAINST,
    Level.UNKNOWN: Verdict.UNKNOWN,
}
