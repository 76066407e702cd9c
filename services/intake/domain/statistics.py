"""Counts for publication, from which no small count can be worked out (docs/STATISTICS.md, decision 0027).

A year, its quarters and its months are protected together. What is shown of a count:

- in a year 0 as it is, 1 to 4 as "under 5", and from 5 on the count;
- in a quarter or a month under 5, nought included, as "under 5", and from 5 on to the nearest 5;
- withheld, where somebody could otherwise work out one of the others.

Every count that is shown as under 5 has a *way out*: one person could be elsewhere (in another row or month,
not there, or one more) with every shown figure the same. So what is shown does not tell the count.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

SMALL = 5
ALL = "all"
EPISODES = "episodes"
Rows = Mapping[str, Sequence[str]]
"""Breakdown -> its rows. Every person is in exactly one row of each."""
Key = tuple[str, str, str]
"""Period, breakdown, row. The total is the row ALL of the breakdown ALL."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar year, quarter or month: `2026`, `2026-Q2`, `2026-05`."""

    code: str

    def __post_init__(self) -> None:
        if self.code not in periods_of(int(self.code[:4]) if self.code[:4].isdecimal() else 0):
            raise ValueError("a period is a year, a quarter or a month")

    @property
    def year(self) -> int:
        """The year it lies in."""
        return int(self.code[:4])

    def last_day(self) -> date:
        """The last day that belongs to it."""
        last = max(month_number(month) for month in months_of(self.code))
        following = date(self.year + 1, 1, 1) if last == 12 else date(self.year, last + 1, 1)
        return date.fromordinal(following.toordinal() - 1)


@dataclass(frozen=True, slots=True)
class Fact:
    """One person: the month in which the case began, and the row of each breakdown."""

    month: str
    rows: Mapping[str, str]
    episodes: int = 1


class Sort(Enum):
    """How a count is shown."""

    EXACT = "exact"
    ABOUT = "about"
    UNDER = "under"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as it is shown; `value` is empty for under 5 and withheld."""

    sort: Sort
    value: int | None = None


WITHHELD = Shown(Sort.WITHHELD)
UNDER = Shown(Sort.UNDER)


def month_number(month: str) -> int:
    """5 of `2026-05`."""
    return int(month[5:])


def periods_of(year: int) -> tuple[str, ...]:
    """The year, its four quarters and its twelve months."""
    quarters = [f"{year:04d}-Q{quarter}" for quarter in range(1, 5)]
    return (f"{year:04d}", *quarters, *(f"{year:04d}-{month:02d}" for month in range(1, 13)))


def around(month: str) -> tuple[str, str, str]:
    """The year, the quarter and the month that a month counts in."""
    return month[:4], f"{month[:4]}-Q{(month_number(month) + 2) // 3}", month


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period."""
    return tuple(month for month in periods_of(int(period[:4]))[5:] if period in around(month))


def shown(period: str, count: int, *, rounded: bool = False) -> Shown:
    """One count of a period as it would be shown if nothing else were."""
    whole_year = len(period) == 4 and not rounded
    if count < SMALL:
        return Shown(Sort.EXACT, 0) if count == 0 and whole_year else UNDER
    return Shown(Sort.EXACT, count) if whole_year else Shown(Sort.ABOUT, (count + 2) // 5 * 5)


def counted(facts: Sequence[Fact]) -> Counter[Key]:
    """The true counts of every period."""
    counts: Counter[Key] = Counter()
    for fact in facts:
        for period in around(fact.month):
            counts[period, ALL, ALL] += 1
            counts[period, EPISODES, EPISODES] += fact.episodes
            for breakdown, row in fact.rows.items():
                counts[period, breakdown, row] += 1
    return counts


def release(facts: Sequence[Fact], rows: Rows, year: int) -> dict[Key, Shown]:
    """Every figure of a year, its quarters and its months as it may be shown. `facts`: of that year."""
    return _Release(counted(facts), rows, year).made()


Change = dict[Key, int]
"""What one person elsewhere would add to or take from the counts."""


class _Release:
    """Withholds figures until every one that is under 5 has a way out."""

    def __init__(self, counts: Counter[Key], rows: Rows, year: int) -> None:
        self._counts, self._rows, self._year = counts, rows, year
        self._withheld: set[Key] = set()

    def made(self) -> dict[Key, Shown]:
        periods = periods_of(self._year)
        for period in periods:
            if self._counts[period, ALL, ALL] < SMALL:
                self._withhold(period, self._rows)  # too few to tell apart
        for period in periods:
            for key in [(period, ALL, ALL), *self._keys(period, self._rows)]:
                self._make_safe(key)
        keys = [
            key
            for period in periods
            for key in ((period, ALL, ALL), (period, EPISODES, EPISODES), *self._keys(period, self._rows))
        ]
        return {key: self._as_shown(key, self._counts[key]) for key in keys}

    def _make_safe(self, key: Key) -> None:
        """Withhold more and more of what could give this figure away, finer periods first."""
        period, breakdown, _ = key
        parts = list(self._rows) if breakdown == ALL else [breakdown]
        steps = iter(self._steps(period, parts, total=breakdown == ALL))
        while not self._is_safe(key):
            for one in next(steps, [key]):
                self._withheld.add(one)

    def _steps(self, period: str, breakdowns: Sequence[str], *, total: bool) -> Iterator[list[Key]]:
        own = self._keys(period, breakdowns)
        visible = [one for one in own if self._as_shown(one, self._counts[one]).value]
        yield from ([one] for one in sorted(visible, key=lambda one: (self._counts[one], one)))
        yield own
        year, *finer = periods_of(self._year)
        yield [key for one in finer[4:] for key in self._keys(one, breakdowns)]
        if total:
            yield [(one, ALL, ALL) for one in finer[4:]]
        yield [key for one in finer for key in self._keys(one, breakdowns)]
        if total:
            yield [(one, ALL, ALL) for one in finer]
        yield self._keys(year, breakdowns)

    def _is_safe(self, key: Key) -> bool:
        if self._as_shown(key, self._counts[key]) != UNDER:
            return True
        return any(self._is_hidden(change) for change in self._ways_out(key))

    def _ways_out(self, key: Key) -> Iterator[Change]:
        """Changes by one person that alter this count."""
        period, breakdown, row = key
        year = periods_of(self._year)[5:]
        for month in months_of(period):
            if breakdown != ALL:
                for other in self._rows[breakdown]:
                    if other != row:
                        yield from self._moved(month, breakdown, row, other)
            for sign in (1, -1):
                yield self._person(month, breakdown, row, sign, month)
                for elsewhere in year:
                    if elsewhere not in months_of(period):
                        yield self._person(month, breakdown, row, sign, elsewhere)

    def _moved(self, month: str, breakdown: str, row: str, other: str) -> Iterator[Change]:
        for came, went in ((row, other), (other, row)):
            change = {(period, breakdown, came): 1 for period in around(month)}
            yield change | {(period, breakdown, went): -1 for period in around(month)}

    def _person(self, month: str, breakdown: str, row: str, sign: int, elsewhere: str) -> Change:
        """One person more or less in a month; with another month, moved between the two.

        For each other breakdown the first row is taken that shows nothing of it.
        """
        places = {ALL: ALL, EPISODES: EPISODES} | ({breakdown: row} if breakdown != ALL else {})
        whole: Change = {}
        for one in (ALL, EPISODES, *self._rows):
            options = [places[one]] if one in places else self._rows[one]
            changes = [_shifted(one, option, month, elsewhere, sign) for option in options]
            whole |= next((change for change in changes if self._is_hidden(change)), changes[0])
        return whole

    def _is_hidden(self, change: Change) -> bool:
        """Whether no shown figure would be another; nobody can be fewer than none."""
        for key, by in change.items():
            count = self._counts[key]
            if count + by < 0 or self._as_shown(key, count) != self._as_shown(key, count + by):
                return False
        return True

    def _as_shown(self, key: Key, count: int) -> Shown:
        return WITHHELD if key in self._withheld else shown(key[0], count, rounded=key[1] == EPISODES)

    def _keys(self, period: str, breakdowns: Sequence[str] | Rows) -> list[Key]:
        return [(period, one, row) for one in breakdowns for row in self._rows[one]]

    def _withhold(self, period: str, breakdowns: Rows) -> None:
        self._withheld |= set(self._keys(period, breakdowns))


def _shifted(breakdown: str, row: str, month: str, elsewhere: str, sign: int) -> Change:
    change: Counter[Key] = Counter()
    for period in around(month):
        change[period, breakdown, row] += sign
    if elsewhere != month:
        for period in around(elsewhere):
            change[period, breakdown, row] -= sign
    return {key: by for key, by in change.items() if by}


@dataclass(frozen=True, slots=True)
class Times:
    """Days that something took: a quarter at most `low`, half `middle`, three quarters at most `high`."""

    count: int
    low: int
    middle: int
    high: int


FEWEST_TIMES = 10
"""With fewer, a quartile is somebody's own time."""


def times(days: Sequence[float]) -> Times | None:
    """Median and quartiles; None where too few are known."""
    if len(days) < FEWEST_TIMES:
        return None
    ordered = sorted(days)

    def at(share: float) -> int:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))])

    return Times((len(ordered) + 2) // 5 * 5, at(0.25), at(0.5), at(0.75))
