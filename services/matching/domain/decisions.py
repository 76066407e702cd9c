"""What happens to a possible match when its facts change or a person decides (rule 6).

Nothing here decides that two people are one. It only decides whether a person is asked, and never asks
twice about the same facts.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

NEW = "new"
EXCLUDED = "excluded"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Match:
    """One pair of an alert and an own case, by reference."""

    reference: str
    version: int
    """Counts what was shown, so that a newer proposal replaces an older one."""
    state: str
    """A code of `MatchState`; `withdrawn` while the facts do not suffice."""
    facts: str
    """Digest of what was compared when it was last looked at."""
    excluded_facts: str | None
    """The facts for which a person said no."""


class Step(StrEnum):
    """What to tell intake."""

    NOTHING = "nothing"
    PROPOSE = "propose"
    """Show it, and tell the people on duty that something waits."""
    REFRESH = "refresh"
    """It is shown already: show the changed facts."""
    RETRACT = "retract"


def found(known: Match, facts: str) -> tuple[Step, Match]:
    """The comparison reached the threshold for a pair that is on record."""
    if facts == known.excluded_facts:
        # Excluded stays excluded until a fact changes, also when the facts went and came back.
        if known.state == EXCLUDED:
            return Step.NOTHING, known
        step = Step.NOTHING if known.state == WITHDRAWN else Step.RETRACT
        return step, replace(known, state=EXCLUDED, facts=facts)
    if facts == known.facts and known.state not in (WITHDRAWN, EXCLUDED):
        return Step.NOTHING, known
    shown = known.state not in (WITHDRAWN, EXCLUDED)
    changed = replace(known, version=known.version + 1, facts=facts, state=known.state if shown else NEW)
    return (Step.REFRESH if shown else Step.PROPOSE), changed


def lost(known: Match) -> tuple[Step, Match]:
    """The comparison no longer reaches the threshold."""
    if known.state == WITHDRAWN:
        return Step.NOTHING, known
    return Step.RETRACT, replace(known, state=WITHDRAWN)


def decided(known: Match, state: str, facts: str) -> Match:
    """A person decided, looking at these facts; a decision about older facts does not hide newer ones."""
    if state == EXCLUDED:
        excluded = replace(known, excluded_facts=facts)
        return replace(excluded, state=EXCLUDED) if facts == known.facts else excluded
    undone = None if known.excluded_facts == facts else known.excluded_facts
    return replace(known, state=state, excluded_facts=undone)
