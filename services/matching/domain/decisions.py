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
    decided_seq: int = 0
    decided_facts: str | None = None
    """The number of the latest decision by the order in which they were sent, and what it was about."""
    quiet: bool = False
    """What is shown is so unlikely that nobody on duty was told of it."""


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


def told(step: Step, match: Match, *, wakes: bool) -> tuple[bool, Match]:
    """Whether the people on duty are told with this step, and the match after it.

    `wakes` says whether what was found is worth it. What was too unlikely is told once it no longer is,
    unless somebody has looked at it.
    """
    if step is Step.PROPOSE:
        return wakes, replace(match, quiet=not wakes)
    if step is Step.REFRESH and match.state == NEW:
        return wakes and match.quiet, replace(match, quiet=not wakes)
    return False, match


def lost(known: Match) -> tuple[Step, Match]:
    """The comparison no longer reaches the threshold."""
    if known.state == WITHDRAWN:
        return Step.NOTHING, known
    return Step.RETRACT, replace(known, state=WITHDRAWN)


def decided(known: Match, state: str, facts: str, seq: int) -> Match:
    """A person decided, looking at these facts; a decision about older facts does not hide newer ones.

    `seq` orders the decisions: one that comes late still counts for the facts that it was about.
    """
    late = seq < known.decided_seq
    if late and facts == known.decided_facts:
        return known
    excluded_facts = known.excluded_facts
    if state != EXCLUDED:
        excluded_facts = None if excluded_facts == facts else excluded_facts
    elif not late or excluded_facts is None or excluded_facts != known.decided_facts:
        excluded_facts = facts
    weighed = replace(known, excluded_facts=excluded_facts)
    if late:
        return weighed
    weighed = replace(weighed, decided_seq=seq, decided_facts=facts)
    if state == EXCLUDED:
        return replace(weighed, state=EXCLUDED) if facts == known.facts else weighed
    # A retraction that crossed this decision stands: nothing is shown until it is proposed again.
    return weighed if known.state == WITHDRAWN else replace(weighed, state=state)
