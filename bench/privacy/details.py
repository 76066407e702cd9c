"""What a guesser makes of the 32 bits that a hit unlocks: names, years and days that fit them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from bench.privacy.names import Name
from bench.privacy.people import Alert
from services.intake.domain.finer.dealing import DEALT
from services.intake.domain.finer.details import YEARS, Born, Classes

_CLASSES = Classes(DEALT)
Triple = tuple[int, int, int]


@cache
def triple(one: Name, given: bool) -> Triple:
    """The classes of sound, front and end: how details tell a name."""
    which = "given" if given else "family"
    return (
        _CLASSES.of(f"{which}_sound", one.skeleton),
        _CLASSES.of(f"{which}_front", one.front),
        _CLASSES.of(f"{which}_back", one.back),
    )


class Filter:
    """The details of one alert, unlocked."""

    def __init__(self, alert: Alert) -> None:
        told = self._told = alert.details
        self._wanted = {
            True: (told.given_sound, told.given_front, told.given_back),
            False: (told.family_sound, told.family_front, told.family_back),
        }

    def names(self, names: "Dealt", *, given: bool) -> Sequence[Name]:
        """Those of the names, in their order, that fit."""
        return names.of(self._wanted[given])

    def fits(self, one: Name, *, given: bool) -> bool:
        """Whether the alert may be about somebody of this name."""
        return triple(one, given) == self._wanted[given]

    def fits_year(self, year: int) -> bool:
        """Whether the remainder by 16 fits."""
        return self._told.born == Born.UNKNOWN or year % YEARS == self._told.year

    def days(self) -> Iterator[tuple[int, int]]:
        """Months and days of the classes that are told; none if no day is."""
        if self._told.born == Born.DATE:
            yield from _days_of(self._told.month, self._told.day)


class Dealt:
    """A list of names by what details say of them."""

    def __init__(self, names: Sequence[Name], *, given: bool) -> None:
        self._by: defaultdict[Triple, list[Name]] = defaultdict(list)
        for one in names:
            self._by[triple(one, given)].append(one)

    def of(self, wanted: Triple) -> Sequence[Name]:
        """The names of these classes, in the order of the list."""
        return self._by.get(wanted, ())


@cache
def _days_of(month_class: int, day_class: int) -> tuple[tuple[int, int], ...]:
    return tuple(
        (month, day)
        for month in range(1, 13)
        for day in range(1, 32)
        if (_CLASSES.number("month", month), _CLASSES.number("day", day)) == (month_class, day_class)
    )
