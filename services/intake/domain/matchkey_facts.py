"""What match keys are made from: one best reading for a case, several for an alert."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.intake.domain.codes import Sex
from services.intake.domain.dates import EARLIEST_YEAR, PartialDate
from services.intake.domain.names.placeholders import is_nobody
from services.intake.domain.names.skeleton import best, initial, readings, words
from services.intake.domain.person import Person
from services.intake.domain.places import city_of

BAND_YEARS = 5
CASE_FAMILY_NAMES = 2
"""Either half of a double surname may be the one that the other side knows."""
ALERT_GIVEN = 4
ALERT_FAMILY = 5
ALERT_INITIALS = 2
READINGS_PER_WORD = 3
YEARS_OF_CASE = (0,)
YEARS_OF_ALERT = (0, -1, 1)
YEARS_OF_AGE = (0, 1, -1, 2, -2, 3, -3)
BAND_REACH = 4
"""An estimate on the other side is met this far from the year of an alert."""
BAND_REACH_OF_AGE = 5
NO_SEX = "-"
"""No sex is recorded. It is a value: one side may know it and the other not."""


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Values ready to be joined; in every list the most usual comes first."""

    given: list[str]
    family: list[str]
    initials: list[str]
    years: list[str]
    """`1990`."""
    bands: list[str]
    """`b1990`: the five years that begin then. A case has one only if its age was estimated."""
    dates: list[str]
    """`19900515`: full dates with day and month in ascending order, because people swap them."""
    sexes: list[str]
    """The recorded one and `-`; an alert without one has all three."""
    place: str


def of_case(person: Person) -> Facts:
    """The plainest reading of an own case."""
    given, family = columns(person)
    return Facts(
        given=distinct(best(word, given=True) for word in _long(given)[:1]),
        family=distinct(best(word) for word in _long(family)[:CASE_FAMILY_NAMES]),
        initials=_initials(given)[:1],
        years=_years(person, YEARS_OF_CASE),
        bands=_bands(person, spread=False),
        dates=[_date(born) for born in _full_dates(person)[:1]],
        sexes=[person.sex.value if person.sex else NO_SEX],
        place=place_of(person),
    )


def of_alert(person: Person) -> Facts:
    """Every likely reading; the place only if somebody recorded that it may be told (rule 3)."""
    given, family = columns(person)
    initials = _initials(given)[:ALERT_INITIALS]
    for alternate in person.alternate_names:
        # One word may be either name; of several, the last is taken for the family name.
        *front, last = words(alternate) or [""]
        given += front or [last]
        family += [last]
    # In swapped columns a given name stands among the family names: its full form goes last.
    full = [best(word, given=True) for word in _long(family)[:1]]
    return Facts(
        given=_readings(given, ALERT_GIVEN, given=True),
        family=distinct([*_readings(family, ALERT_FAMILY, given=False), *full]),
        initials=initials,
        years=_years(person, YEARS_OF_ALERT),
        bands=_bands(person, spread=True),
        dates=[_date(born) for born in _full_dates(person)],
        sexes=[person.sex.value, NO_SEX] if person.sex else [NO_SEX, Sex.FEMALE.value, Sex.MALE.value],
        place="" if person.location_protected else place_of(person),
    )


def columns(person: Person) -> tuple[list[str], list[str]]:
    """The words of the given and of the family name; of both names in one column the first is the given one.

    Which of the two is which hardly matters: most keys leave it open. John Doe and Unknown Male have none.
    Where neither has a word with a sound, the first other name in use counts as both names in one column.
    """
    given, family = words(person.given_name), words(person.family_name)
    if is_nobody(person.given_name, person.family_name):
        given, family = [], []
    if person.alternate_names and not any(map(best, _long([*given, *family]))):
        others = filter(None, map(words, person.alternate_names))
        given, family = next(((other, []) for other in others), (given, family))
    both = given or family
    if (given and family) or len(_long(both)) < 2:
        return given, family
    return both[:1], both[1:]


def distinct(values: Iterable[str]) -> list[str]:
    """The values that are not empty, each once, in order."""
    return list(dict.fromkeys(filter(None, values)))


def _years(person: Person, steps: tuple[int, ...]) -> list[str]:
    """The year and its neighbours; of an estimated age an alert says the years around its middle."""
    years = person.birth_years()
    if years is None:
        return []
    centre = sum(years) // 2
    if person.known_birth_date is None:
        return [] if steps == YEARS_OF_CASE else [str(centre + step) for step in YEARS_OF_AGE]
    return [str(centre + step) for step in steps]


def _bands(person: Person, *, spread: bool) -> list[str]:
    """The band of an estimated age; an alert adds what stands next to it, and has bands of a date as well."""
    years = person.birth_years()
    if years is None or (person.known_birth_date is not None and not spread):
        return []
    centre = sum(years) // 2
    reach = BAND_REACH if person.known_birth_date else BAND_REACH_OF_AGE
    return distinct(_band(centre + step) for step in ((0, -reach, reach) if spread else (0,)))


def _band(year: int) -> str:
    return f"b{year - year % BAND_YEARS}"


def _full_dates(person: Person) -> list[PartialDate]:
    """The full date and its neighbours a year away; none for 1 January, which forms fill in."""
    born = person.known_birth_date
    if born is None or not born.is_full or (born.month, born.day) == (1, 1):
        return []
    if (born.month, born.day) == (2, 29):
        return [born]
    years = [born.year + step for step in (0, -1, 1) if born.year + step >= EARLIEST_YEAR]
    return [PartialDate(year, born.month, born.day) for year in years]


def _date(born: PartialDate) -> str:
    low, high = sorted((born.month or 0, born.day or 0))
    return f"{born.year}{low:02d}{high:02d}"


def place_of(person: Person) -> str:
    """The sound of the first word of the place, after a known city got its one name."""
    place = city_of(person.last_seen.place) or person.last_seen.place
    return next(filter(None, (best(word) for word in words(place))), "")


def _initials(given: Iterable[str]) -> list[str]:
    return distinct(initial(word) for word in given)


def _long(names: Iterable[str]) -> list[str]:
    return [word for word in names if len(word) > 1]


def _readings(names: Iterable[str], limit: int, *, given: bool) -> list[str]:
    """First the best reading of every word, then the second of every word, and so on."""
    each = [readings(word, READINGS_PER_WORD, given=given) for word in _long(names)]
    in_turn = (word[turn] for turn in range(READINGS_PER_WORD) for word in each if turn < len(word))
    return distinct(in_turn)[:limit]
