"""How much of what an attacker read is right."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.privacy.attack import Attacker, Read
from bench.privacy.people import Alert
from bench.privacy.reading import Says


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of all alerts, between 0 and 1; every figure counts what is right and proven by a hit."""

    both: float
    """Given and family name, as the pair of skeletons."""
    spelled: float
    """Both names letter by letter, taking the commonest spelling that fits."""
    one: float
    """At least one of the two names."""
    year: float
    """Both names and the year of birth."""
    date: float
    """Both names and the full date of birth."""
    wrong: float
    """Both names, proven by a hit, and not those of the person."""
    used: int


def judge(attacker: Attacker, read: Mapping[int, Read], used: int, details: bool) -> Figures:
    """Compare what was read with the truth."""
    counts = dict.fromkeys(("both", "spelled", "one", "year", "date", "wrong"), 0)
    alerts = attacker.population.alerts
    for number, one in read.items():
        alert = alerts[number]
        names = {one.given, one.family} == {alert.given, alert.family} and one.proven
        year = names and one.years is not None and one.years == frozenset({_born(alert)[0]})
        counts["both"] += names
        counts["one"] += bool(
            names or (one.given and one.given == alert.given) or (one.family and one.family == alert.family)
        )
        counts["spelled"] += names and _spelled(attacker, number, one, details)
        counts["year"] += year
        counts["date"] += year and _day(attacker, number, one, details) == _born(alert)[1:]
        counts["wrong"] += one.proven and not names
    return Figures(**{name: count / len(alerts) for name, count in counts.items()}, used=used)


def _born(alert: Alert) -> tuple[int, int, int]:
    born = alert.person.known_birth_date
    return (born.year, born.month or 0, born.day or 0) if born else (0, 0, 0)


def _spelled(attacker: Attacker, number: int, one: Read, details: bool) -> bool:
    told = attacker.filter(number) if details else None
    person = attacker.population.alerts[number].person
    said = Says(given=one.given, family=one.family)
    given, family = (attacker.lists.fitting(said, which, told) for which in (True, False))
    return bool(given and family) and (given[0].text, family[0].text) == (
        person.given_name,
        person.family_name,
    )


def _day(attacker: Attacker, number: int, one: Read, details: bool) -> tuple[int, int]:
    """Month and day; a key does not tell which is which, the details may."""
    if not one.day:
        return -1, -1
    low, high = int(one.day[:2]), int(one.day[2:])
    orders = [(low, high), (high, low)] if high <= 12 else [(low, high)]
    if details:
        fits = set(attacker.filter(number).days())
        orders = [order for order in orders if order in fits] or orders
    return orders[0]
