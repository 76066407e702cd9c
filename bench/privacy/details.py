"""What a guesser makes of the 32 bits that a hit unlocks: names, years and days that do not contradict them."""

from collections.abc import Iterator, Sequence

from bench.privacy.names import Name
from bench.privacy.people import Alert
from services.intake.domain.finer.details import YEARS, Born, Classes


class Filter:
    """The details of one alert, unlocked."""

    def __init__(self, alert: Alert) -> None:
        self._told, self._classes = alert.details, Classes(alert.salt)
        self._kept: dict[int, list[Name]] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._decade = alert.open.birth_decade

    def names(self, names: Sequence[Name], *, given: bool) -> list[Name]:
        """Those of the names, in their order, that fit; looked through once for each list."""
        if id(names) not in self._kept:
            self._kept[id(names)] = [one for one in names if self.fits(one, given=given)]
        return self._kept[id(names)]

    def fits(self, one: Name, *, given: bool) -> bool:
        """Whether the alert may be about somebody of this name."""
        which = "given" if given else "family"
        return (
            getattr(self._told, f"{which}_sound") == self._of(f"{which}_sound", one.skeleton)
            and getattr(self._told, f"{which}_front") == self._of(f"{which}_front", one.front)
            and getattr(self._told, f"{which}_back") == self._of(f"{which}_back", one.back)
        )

    def fits_year(self, year: int) -> bool:
        """Whether the remainder by 16 fits."""
        return self._told.born == Born.UNKNOWN or year % YEARS == self._told.year

    def days(self) -> Iterator[tuple[int, int]]:
        """Months and days of the classes that are told; none if no day is."""
        if self._told.born != Born.DATE:
            return
        for month in range(1, 13):
            for day in range(1, 32):
                fits = self._classes.number("month", month), self._classes.number("day", day)
                if fits == (self._told.month, self._told.day):
                    yield month, day

    def _of(self, field: str, value: str) -> int:
        key = (field, value)
        if key not in self._seen:
            self._seen[key] = self._classes.of(field, value)
        return self._seen[key]
