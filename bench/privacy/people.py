"""Alerts of invented people, as an attacker has them: keys, details, and what is said in the open."""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from bench.matching.generator.people import places
from bench.privacy.names import Book, book, draw
from services.intake.domain.alert import Choices, released
from services.intake.domain.codes import Sex
from services.intake.domain.dates import PartialDate
from services.intake.domain.description import Description
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import Details, of_person
from services.intake.domain.matchkey_facts import of_case
from services.intake.domain.matchkeys import MatchKey, alert_keys
from services.intake.domain.person import LastSeen, Person

SEED = 20_261_122
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Kind:
    """What the people of a population are like."""

    name: str
    countries: Mapping[str, float]
    """Country -> its part of the people."""
    born: tuple[int, int] = (1940, 2020)
    place_told: bool = False
    """Somebody recorded of everybody that the place may be told; it is protected otherwise (rule 3)."""


@dataclass(frozen=True, slots=True, repr=False)
class Alert:
    """One alert and, for the judge, whom it is about."""

    number: int
    person: Person
    given: str
    family: str
    """The skeletons, as cases have them."""
    salt: bytes
    details: Details
    open: Description
    keys: tuple[MatchKey, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Population:
    """Alerts that one partner was sent, and the books that an attacker has."""

    kind: Kind
    alerts: Sequence[Alert]
    books: Mapping[str, Book]
    index: Mapping[bytes, Sequence[int]]
    """Text of a match key -> the alerts that have it: equal texts meet as equal pseudonyms do."""

    def decades(self) -> Counter[int]:
        """Alerts by the birth decade that they say in the open."""
        return Counter(
            alert.open.birth_decade for alert in self.alerts if alert.open.birth_decade is not None
        )


def population(kind: Kind, count: int, seed: int = SEED) -> Population:
    """So many alerts; the same from the same seed."""
    rng = random.Random(f"{seed} {kind.name}")
    books = {country: book(country) for country in kind.countries}
    people = [_person(kind, books, rng) for _ in range(count)]
    return of_people(kind, people, books)


def of_people(kind: Kind, people: Sequence[Person], books: Mapping[str, Book]) -> Population:
    """A population of given people."""
    alerts = [alert(number, person) for number, person in enumerate(people)]
    index: defaultdict[bytes, list[int]] = defaultdict(list)
    for one in alerts:
        for key in one.keys:
            index[key.text].append(one.number)
    return Population(kind, alerts, books, dict(index))


def alert(number: int, person: Person) -> Alert:
    """The alert about a person, released as the desk proposes it."""
    facts, salt = of_case(person), hashlib.sha256(f"salt {number}".encode()).digest()[:SALT_BYTES]
    return Alert(
        number=number,
        person=person,
        given=next(iter(facts.given), ""),
        family=next(iter(facts.family), ""),
        salt=salt,
        details=of_person(person, DEALT),
        open=released(person, Choices()),
        keys=tuple(alert_keys(person)),
    )


def _person(kind: Kind, books: Mapping[str, Book], rng: random.Random) -> Person:
    country = rng.choices(list(kind.countries), weights=list(kind.countries.values()))[0]
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    first, last = date(kind.born[0], 1, 1), date(kind.born[1], 12, 31)
    person = Person(
        given_name=draw(books[country].given[sex.value], rng),
        family_name=draw(books[country].family, rng),
        sex=sex,
        date_of_birth=PartialDate.of(first + timedelta(days=rng.randrange((last - first).days + 1))),
        nationality=country,
    )
    if kind.place_told:
        towns = _towns(country)
        place = rng.choices(towns, weights=[1 / rank for rank in range(1, len(towns) + 1)])[0]
        person = replace(person, last_seen=LastSeen.at(place), protect_location=False)
    return person


@cache
def _towns(country: str) -> list[str]:
    """The capital first; people are seen at a town as often as one over its place in the list."""
    return [place.own for place in places() if place.country == country]
