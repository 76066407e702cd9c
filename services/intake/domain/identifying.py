"""How identifying a description is: whether what is ticked may say by itself who the person is.

Two things are weighed: how many own cases share the ticked values, and how many people of the country should,
by a rough reckoning. Matching needs no description narrower than that where names are compared as well.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.intake.domain.codes import CaseKind
from services.intake.domain.description import Description

FEWEST = 5
"""Fewer than so many are never told apart: 0 to 4 read alike."""
STEPS = (FEWEST, 20, 100)
"""Counts are told as the largest of these that they reach."""
CROWD = 200
"""A description that fewer people of the country should share may say who it is."""
SPECIFIC_VALUES = 5
"""Without a name matching looks at a description of so many values, or with one mark on the body."""

POPULATION: Mapping[str, int] = {"fr": 67_000_000, "lt": 2_800_000, "lv": 1_900_000}
"""Residents in January 2021, rounded down: the census figures of Insee (France), of the State Data Agency
(Lithuania, 2,810,761) and of the Central Statistical Bureau (Latvia, 1,893,223)."""
SMALLEST = 1_000_000
"""Taken for a country that is not in the table: rather too careful."""
_COMMON_LANGUAGES: Mapping[str, frozenset[str]] = {
    "fr": frozenset({"fr", "en"}),
    "lt": frozenset({"lt", "ru", "en", "pl"}),
    "lv": frozenset({"lv", "ru", "en"}),
}
ONE_IN: Mapping[str, int] = {
    "sex": 2,
    "birth_decade": 8,
    "height": 4,
    "eye_colour": 4,
    "hair_colour": 4,
    "region": 10,
    "last_seen": 12,
}
"""Estimates, no statistics: one person in so many shares a usual value. `last_seen` is a month of a year."""
RARE: Mapping[tuple[str, str], int] = {
    ("sex", "other"): 200,
    ("height", "under_100"): 20,
    ("height", "190_and_over"): 25,
    ("eye_colour", "green"): 10,
    ("eye_colour", "other"): 50,
    ("hair_colour", "red"): 50,
    ("hair_colour", "none"): 20,
    ("hair_colour", "white"): 20,
    ("hair_colour", "other"): 50,
}
"""The same for values that are not usual."""
OTHER_NATIONALITY = 50
OTHER_LANGUAGE = 20
ONE_MARK = 30
"""Matching estimates one kind at one place in 3 of 100 people."""


class Standing(StrEnum):
    """What the meter says."""

    TOO_IDENTIFYING = "too_identifying"
    FINE = "fine"
    TOO_VAGUE = "too_vague"


@dataclass(frozen=True, slots=True)
class Meter:
    """A description, weighed. `people` is None where the size of the country is not known."""

    standing: Standing
    one_in: int
    """One person in so many should fit."""
    people: int | None
    """How many of the country that makes, to one significant digit."""
    alike: Mapping[CaseKind, int]
    """Own open cases that share it, by kind, as the step that is reached: 0 is fewer than five."""


def weigh(
    description: Description, country: str, *, names_compared: bool, alike: Mapping[CaseKind, int]
) -> Meter:
    """Weigh a released description in a country (ISO 3166, any case). `alike` has steps, see `step_of`."""
    values = description.to_plain()
    one_in = 1
    for name, value in values.items():
        one_in *= _one_in(name, value, country.lower())
    residents = POPULATION.get(country.lower())
    people = (residents or SMALLEST) // one_in
    standing = Standing.FINE
    if people < CROWD and alike.get(CaseKind.MISSING, 0) < FEWEST:
        standing = Standing.TOO_IDENTIFYING
    elif not names_compared and len(values) < SPECIFIC_VALUES and not description.marks:
        standing = Standing.TOO_VAGUE
    return Meter(standing, one_in, _rounded(people) if residents else None, alike)


def shares(description: Description, other: Description) -> bool:
    """Whether another person fits as well: every value that is told is theirs, too."""
    for name, value in description.to_plain().items():
        theirs = getattr(other, name)
        if isinstance(value, list):
            if not set(value) <= set(theirs or ()):
                return False
        elif theirs != value:
            return False
    return True


def step_of(own: int, others: int) -> int:
    """How many cases, as a step: 0, 5, 20 or 100.

    What other teams hold is made a step by itself first. Or somebody could make four cases that look like a
    person, and read off the fifth whether another team holds that person.
    """
    return _step(own + _step(others))


def _step(count: int) -> int:
    return max((step for step in STEPS if step <= count), default=0)


def _one_in(name: str, value: str | int | list[str], country: str) -> int:
    if isinstance(value, list):
        if name == "marks":
            return math.prod([ONE_MARK] * len(value))
        common = _COMMON_LANGUAGES.get(country, frozenset({"en"}))
        return math.prod([OTHER_LANGUAGE] * len(set(value) - common))
    if name == "nationality":
        return 1 if str(value).lower() == country else OTHER_NATIONALITY
    return RARE.get((name, str(value)), ONE_IN[name])


def _rounded(count: int) -> int:
    """To one significant digit, because it is no more than that."""
    digits = str(count)
    return int(digits[0] + "0" * (len(digits) - 1))
