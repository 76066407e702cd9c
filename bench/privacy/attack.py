"""A partner who guesses: first through lists, then, where something was hit, after that one person.

The questions of one partner are evaluated under one key, so a guess serves all of its alerts. What a hit
leaves open (which surname was shortened to this, who bears this given name) is asked for person by person
with keys of both names and the year, the likeliest first; what is then left of the budget goes after the
birth date.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from bench.privacy import reading
from bench.privacy.details import Filter
from bench.privacy.people import Population
from bench.privacy.plans import Guess, Known, plan
from bench.privacy.reading import Lists, Says
from services.intake.domain.matchkey_kinds import COARSE_PLACES
from services.intake.domain.matchkey_places import whole_blocks

JOINS_BOTH = frozenset("NMPZB")
_ORDER = "NMPZBXUYVJIDE"
"""Of several hits, the one that leaves least open is followed."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """What a budget goes into."""

    coarse: str
    fine: str
    scanned: float
    """Of the fine places, the part that goes through the list; the rest goes after who was hit."""
    details: bool = True

    def __str__(self) -> str:
        return f"{self.coarse}, {self.scanned:.0%} {self.fine}{'' if self.details else ', no details'}"


@dataclass(slots=True)
class Read:
    """What an attacker holds for sure of one alert."""

    given: str = ""
    family: str = ""
    proven: bool = False
    """A key that joins both names was hit, and nothing contradicts it."""
    years: frozenset[int] | None = None
    day: str = ""


def places(budget: int) -> tuple[int, int]:
    """How many of so many evaluations are fine and coarse."""
    coarse = whole_blocks(budget) * COARSE_PLACES
    return budget - coarse, coarse


class Attacker:
    """All attacks on one population; lists and what was unlocked are kept between them."""

    def __init__(self, population: Population) -> None:
        self.population, self.known = population, Known(population)
        books = population.books.values()
        self.lists = Lists(
            (one for book in books for names in book.given.values() for one in names),
            (one for book in books for one in book.family),
        )
        self._plans: dict[str, tuple[Iterator[Guess], list[Guess]]] = {}
        self._filters: dict[int, Filter] = {}
        self._pairs: dict[tuple[int, Guess, bool], dict[tuple[str, str], float]] = {}

    def guesses(self, name: str, count: int) -> list[Guess]:
        """The first so many of a plan."""
        source, made = self._plans.setdefault(name, (plan(name, self.known), []))
        made.extend(islice(source, max(0, count - len(made))))
        return made[:count]

    def hits(self, guesses: Iterable[Guess]) -> dict[int, list[Guess]]:
        """Alert -> the guesses that are among its keys: all that evaluations tell."""
        found: defaultdict[int, list[Guess]] = defaultdict(list)
        for guess in guesses:
            for number in self.population.index.get(guess.text, ()):
                found[number].append(guess)
        return found

    def filter(self, number: int) -> Filter:
        """The details of an alert of which a match key is held."""
        if number not in self._filters:
            self._filters[number] = Filter(self.population.alerts[number])
        return self._filters[number]

    def run(self, strategy: Strategy, budget: int) -> tuple[dict[int, Read], int]:
        """Spend a budget; what was read of which alert, and how many evaluations were used."""
        fine, coarse = places(budget)
        scan = [
            *self.guesses(strategy.coarse, coarse),
            *self.guesses(strategy.fine, int(fine * strategy.scanned)),
        ]
        asked, left = set(scan), budget - len(scan)
        read: defaultdict[int, Read] = defaultdict(Read)
        queue: defaultdict[Guess, float] = defaultdict(float)
        for number, guesses in self.hits(scan).items():
            for guess in sorted(guesses, key=lambda one: _ORDER.index(one.plan[0])):
                self.learn(read[number], number, guess, strategy.details)
            if not read[number].proven:
                best = min(guesses, key=lambda one: _ORDER.index(one.plan[0]))
                for guess, share in self._follow(number, best, strategy.details):
                    queue[guess] += share
        for guess in sorted(queue, key=lambda one: (-queue[one], one.values)):
            if guess in asked:
                continue
            if left <= 0:
                break
            left -= 1
            asked.add(guess)
            for number in self.population.index.get(guess.text, ()):
                self.learn(read[number], number, guess, strategy.details)
        left = self._dates(read, strategy.details, left, asked)
        return dict(read), budget - left

    def learn(self, read: Read, number: int, guess: Guess, details: bool) -> None:
        """Note what a hit says, unless the details contradict it or more is known already."""
        told = self.filter(number) if details else None
        said = self._likeliest(reading.says(guess), told)
        if said is None:
            return
        joins = guess.plan in JOINS_BOTH
        if joins and not read.proven:
            read.given, read.family, read.proven = said.given, said.family, True
        elif not read.proven and not (read.given or read.family):
            read.given, read.family = said.given, said.family
        if said.years is not None and (not joins or {read.given, read.family} == {said.given, said.family}):
            years = frozenset(filter(told.fits_year, said.years)) if told else said.years
            read.years = (read.years & years) or years if read.years else years
        read.day = read.day or said.day

    def _likeliest(self, said: list[Says], told: Filter | None) -> Says | None:
        """The reading that most people fit; None if nobody fits."""

        def weight(one: Says) -> float:
            total = 1.0
            for given, whole in ((True, one.given), (False, one.family)):
                if whole:
                    total *= sum(
                        name.share
                        for name in self.lists.fitting(Says(given=whole, family=whole), given, told)
                    )
            return total

        weights = [(weight(one), one.given, one) for one in said]
        most = max(weights, key=lambda one: one[:2])
        return most[2] if most[0] > 0 else None

    def _follow(self, number: int, guess: Guess, details: bool) -> Iterator[tuple[Guess, float]]:
        """Keys of both names and the year that this alert may have."""
        told = self.filter(number) if details else None
        said = reading.says(guess)
        key = (number if details else -1, guess, details)
        if key not in self._pairs:
            self._pairs[key] = reading.pairs(said, self.lists, told)
        years = said[0].years
        if years is None:
            decade = self.population.alerts[number].open.birth_decade
            years = frozenset() if decade is None else frozenset(range(decade, decade + 10))
        centres = {self._centre(year) for year in years if told is None or told.fits_year(year)}
        for pair, share in self._pairs[key].items():
            for centre in centres:
                yield Guess("N", (*sorted(pair), centre)), share / len(centres)

    def _centre(self, year: int) -> str:
        near = (str(year), str(year - 1), str(year + 1))
        return next((one for one in near if one in self.known.thirds), str(year))

    def _dates(self, read: dict[int, Read], details: bool, left: int, asked: set[Guess]) -> int:
        """Go after the year and the day of those whose names are known."""
        for number, one in sorted(read.items()):
            if left <= 0 or not one.proven:
                continue
            pair = tuple(sorted((one.given, one.family)))
            for guess in self._date_guesses(number, one, details, pair):
                if left <= 0 or _is_known(guess, one):
                    continue
                left -= guess not in asked
                asked.add(guess)
                if number in self.population.index.get(guess.text, ()):
                    self.learn(one, number, guess, details)
                elif guess.plan == "N" and one.years is not None:
                    one.years -= reading.says(guess)[0].years or frozenset()
        return left

    def _date_guesses(self, number: int, one: Read, details: bool, pair: tuple[str, ...]) -> Iterator[Guess]:
        told = self.filter(number) if details else None
        if one.years is not None and len(one.years) > 1:
            for edge in (min(one.years) - 1, max(one.years) + 1):
                yield Guess("N", (*pair, str(edge)))
        elif one.years is None and (decade := self.population.alerts[number].open.birth_decade) is not None:
            years = [year for year in range(decade, decade + 10) if told is None or told.fits_year(year)]
            if len(years) == 1:
                one.years = frozenset(years)
            for year in years[1::3] if len(years) > 1 else ():
                yield Guess("N", (*pair, str(year)))
        if not one.day:
            days = self.known.days if told is None else dict.fromkeys(_joined(day) for day in told.days())
            for day in days:
                yield Guess("M", (*pair, day))


def _joined(day: tuple[int, int]) -> str:
    low, high = sorted(day)
    return f"{low:02d}{high:02d}"


def _is_known(guess: Guess, one: Read) -> bool:
    if guess.plan == "M":
        return bool(one.day)
    return one.years is not None and len(one.years) == 1
