"""Which groups of match keys agree, and how many independent witnesses they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.matching.weights import GROUPS, Family
from shared.wire.codes import Rarity

CODE = "match_keys"
"""Used when there is nothing to compare; each agreeing group has a code of its own."""

EXPLANATION = (
    "A match key joins at least three attributes, such as the sounds of both names and the birth year. "
    "Keys that add the same fact are one witness and the best of them counts once. "
    "Each further family adds only what it says beyond the names."
)

_RARER = {Rarity.COMMON: 0, Rarity.MEDIUM: 1, Rarity.RARE: 2}


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """One agreeing group and the weight that it adds; 0 if a better key of its family counts already."""

    group: str
    rarity: Rarity
    weight: int


def group_code(group: str) -> str:
    """The comparator code of a group, `key_n` for N."""
    return f"key_{group.lower()}"


def best_per_group(hits: Iterable[tuple[str, Rarity]]) -> dict[str, Rarity]:
    """The rarest agreeing key of each known group; a group without a weight is left out."""
    best: dict[str, Rarity] = {}
    for group, rarity in hits:
        if group in GROUPS and (group not in best or _RARER[rarity] > _RARER[best[group]]):
            best[group] = rarity
    return best


def families(groups: Iterable[str]) -> set[Family]:
    """The independent witnesses among the agreeing groups (case 42)."""
    return {GROUPS[group].family for group in groups}


def weigh(best: Mapping[str, Rarity]) -> list[GroupFinding]:
    """The weight of every agreeing group: one in full, one of each further family what it adds, others 0."""
    ranked = sorted(best, key=lambda group: (-GROUPS[group].alone[best[group]], group))
    counted: dict[Family, GroupFinding] = {}
    findings = []
    for group in ranked:
        row = GROUPS[group]
        if not counted:
            weight = row.alone[best[group]]
        elif row.family in counted:
            weight = 0
        else:
            # The best further witness of the family, whichever ranks highest alone.
            weight = max(GROUPS[g].further for g in best if GROUPS[g].family is row.family)
        finding = GroupFinding(group, best[group], weight)
        counted.setdefault(row.family, finding)
        findings.append(finding)
    return findings
