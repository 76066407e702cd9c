"""What is different since a possible match was decided: named by field, never by value."""

from collections.abc import Mapping, Sequence
from typing import Any

ALERT, CASE = "alert", "case"
"""Whose facts changed: the partner's alert, or the own case."""
NAMES = ("family_name", "given_name")
_FIELD_OF: Mapping[str, str] = {
    "family_name": "family_name",
    "given_name": "given_name",
    "columns": "family_name",
    "birth": "date_of_birth",
    "twins": "date_of_birth",
    "place": "last_seen_place",
}
"""Comparators by their beginning, where they look at more than one coded value of the same name."""
_TOGETHER = ("keys_", "match_keys")
"""Combinations of what the others look at one by one."""


def changed(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    told_before: Mapping[str, Any],
    told_after: Mapping[str, Any],
) -> list[str]:
    """Fields of which the reasons, or what the alert tells, read otherwise than before; in a fixed order."""
    fields = {name for name in {*told_before, *told_after} if told_before.get(name) != told_after.get(name)}
    was, now = _readings(before), _readings(after)
    different = {name for name in {*was, *now} if was.get(name) != now.get(name)}
    fields |= {_field(name) for name in different if not name.startswith(_TOGETHER)}
    if not fields and different:
        return list(NAMES)  # only combinations of names with something else agree otherwise
    return sorted(fields)


def _readings(reasons: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, Any]]:
    return {one["comparator"]: (one["verdict"], one["parameters"]) for one in reasons}


def _field(comparator: str) -> str:
    if comparator == "birth_decade":
        return comparator
    return next((field for start, field in _FIELD_OF.items() if comparator.startswith(start)), comparator)
