"""What comes first, and what never rings as real (CAP 1.2 urgency and status)."""

from enum import StrEnum

PRIORITY = {"Immediate": 0, "Expected": 3, "Unknown": 4, "Future": 6, "Past": 8}
"""The smaller number goes first. What is not known is looked at before what can wait."""

REHEARSAL_PRIORITY = 9
_SERIOUS = ("Test", "Exercise", "Actual")


class Reach(StrEnum):
    """How far a notice goes."""

    PEOPLE = "people"
    DESK_ONLY = "desk_only"


def priority(urgency: str, status: str) -> int:
    """0 to 9, 0 first. An Exercise or a Test stands behind everything that is real."""
    if status != "Actual":
        return REHEARSAL_PRIORITY
    return PRIORITY.get(urgency, PRIORITY["Unknown"])


def reach(status: str) -> Reach:
    """A Test is shown on the desk only; an Exercise reaches people, under its own name."""
    return Reach.DESK_ONLY if status == "Test" else Reach.PEOPLE


def is_more_serious(urgency: str, status: str, *, than_urgency: str, than_status: str) -> bool:
    """Whether people who were told must be told again: it became real, or more urgent."""
    if status != than_status:
        return _SERIOUS.index(status) > _SERIOUS.index(than_status)
    return priority(urgency, status) < priority(than_urgency, than_status)
