"""Invented people for these tests."""

from datetime import date
from typing import Any

from services.intake.domain.codes import Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.person import Age, LastSeen, Person

TODAY = date(2026, 11, 21)


def born(text: str) -> PartialDate:
    """A date of birth."""
    return PartialDate.parse(text, TODAY)


def person(given: str = "", family: str = "", birth: str = "", **others: Any) -> Person:
    """A woman from Vilnius unless said otherwise; `age` as text, `place` as last seen."""
    values: dict[str, Any] = {"sex": "female", **others}
    if "age" in values:
        values["age"] = Age.parse(values["age"])
        values["age_as_of"] = TODAY
    if "place" in values:
        values["last_seen"] = LastSeen.at(values.pop("place"))
    values["sex"] = Sex(values["sex"]) if values["sex"] else None
    return Person(
        given_name=given, family_name=family, date_of_birth=born(birth) if birth else None, **values
    )
