"""Invented people, and who is taken for them: siblings, twins, parents, children, spouses, namesakes."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from bench.matching.generator.forms import of_woman
from bench.matching.generator.names import COUNTRIES, LISTS, book

RELATIONS = {
    "sibling": 44,
    "namesake": 20,
    "parent": 12,
    "child": 12,
    "spouse": 6,
    "namesake_of_year": 4,
    "twin": 2,
}
"""Who the hard negatives are, in a hundred."""
_TWO_GIVEN = ("LT", "LV", "PL", "DE", "FR", "GB")
_OLDEST, _YOUNGEST = date(1936, 1, 1), date(2021, 12, 31)


@dataclass(frozen=True, slots=True)
class Place:
    """A town: as it is written there, in Russian letters, and otherwise."""

    country: str
    own: str
    russian: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Human:
    """One invented person, names in the letters of the own country."""

    country: str
    female: bool
    given: str
    second: str
    """Another given name in the papers; may be empty."""
    root: str
    """The surname as a man bears it."""
    father: str
    married: bool
    born: date
    place: Place

    @property
    def family(self) -> str:
        """The surname as this person bears it."""
        return of_woman(self.root, self.country, self.married) if self.female else self.root


@cache
def places() -> tuple[Place, ...]:
    """All towns."""
    found = []
    for line in (LISTS / "places.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, own, russian, others = line.split("|")
            found.append(Place(country, own, russian, tuple(others.split())))
    return tuple(found)


def draw(rng: random.Random, country: str | None = None) -> Human:
    """Somebody."""
    country = country or rng.choices(list(COUNTRIES), weights=list(COUNTRIES.values()))[0]
    female, names = rng.random() < 0.5, book(country)
    born = _OLDEST + timedelta(days=rng.randrange((_YOUNGEST - _OLDEST).days))
    given, second = _given(rng, country, female), _given(rng, country, female)
    two = country in _TWO_GIVEN and second != given and rng.random() < 0.35
    return Human(
        country=country,
        female=female,
        given=given,
        second=second if two else "",
        root=names.draw("family", rng),
        father=names.draw("given_m", rng),
        married=female and born.year < 2003 and rng.random() < 0.55,
        born=born,
        place=_place(rng, country),
    )


def relative(human: Human, how: str, rng: random.Random) -> Human:
    """Somebody who is easily taken for `human`; `how` is one of RELATIONS."""
    other = draw(rng, human.country)
    near = human.place if rng.random() < 0.6 else other.place
    if how.startswith("namesake"):
        born = other.born
        while how == "namesake_of_year" and (born.year != human.born.year or born == human.born):
            born = date(human.born.year, rng.randint(1, 12), rng.randint(1, 28))
        return replace(human, second="", father=other.father, born=born, place=other.place)
    years = {
        "sibling": rng.choice((-1, 1)) * rng.uniform(1, 9),
        "twin": 0.0,
        "parent": -rng.uniform(18, 40),
        "child": rng.uniform(18, 40),
        "spouse": rng.uniform(-6, 6),
    }[how]
    born = human.born + timedelta(days=round(years * 365.25))
    if how == "spouse":
        other = replace(other, female=not human.female, married=not human.female)
        other = replace(other, given=_given(rng, human.country, other.female))
    given, father = other.given, human.father
    if how == "parent" and not other.female:
        given, father = human.father, other.father
    if how == "child":
        father = human.given if not human.female else other.father
        if other.female == human.female and rng.random() < 0.15:
            given = human.given
    while given == human.given and how != "child":
        given = _given(rng, human.country, other.female)
    return replace(other, given=given, father=father, root=human.root, born=born, place=near, second="")


def _given(rng: random.Random, country: str, female: bool) -> str:
    return book(country).draw("given_f" if female else "given_m", rng)


def _place(rng: random.Random, country: str) -> Place:
    home = [place for place in places() if place.country == country]
    return rng.choice(home if rng.random() < 0.6 else places())
