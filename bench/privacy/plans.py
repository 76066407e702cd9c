"""What a guesser asks for, kind by kind, the likeliest to find somebody first.

A guess is the text of one match key. It serves all alerts of the partner, since its key is one for all.
Where an alert says its neighbouring years too, a guesser asks for every third year only; it says `-` beside
the sex, so Z and D need no sex.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bench.matching.generator.people import places
from bench.matching.guesses import best_first
from bench.privacy.names import Name
from bench.privacy.people import Population
from services.intake.domain.matchkey_kinds import KINDS
from services.intake.domain.matchkeys import UNDATED_LETTERS
from services.intake.domain.names.skeleton import SHORTEST, best, shortened, words
from services.intake.domain.places import city_of

FINE = ("N", "X", "Y", "D", "E", "J", "M", "P")
COARSE = ("Z", "U", "V", "I", "B")
MOST_PAIRS = 60_000
NO_SEX = "-"

Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class Guess:
    """The values of one match key, joined by `|`, as its kind has them."""

    plan: str
    values: tuple[str, ...]

    @property
    def text(self) -> bytes:
        """The match key."""
        return KINDS[self.plan[0]].key(self.values).text


class Known:
    """What the attacker knows of the people of a population: books, and birth decades told in the open."""

    def __init__(self, population: Population) -> None:
        self.given: dict[str, Shares] = {"female": defaultdict(float), "male": defaultdict(float)}
        self.family: Shares = defaultdict(float)
        self.initials: Shares = defaultdict(float)
        self._books = [(population.books[one], part) for one, part in _parts(population.kind.countries)]
        for book, part in self._books:
            for sex, names in book.given.items():
                for name in names:
                    self.given[sex][name.skeleton] += part * name.share / 2
                    self.initials[name.initial] += part * name.share / 2
            for name in book.family:
                self.family[name.skeleton] += part * name.share
        self.either = _sum(self.given.values())
        self.years = {
            str(year): count / 10 / len(population.alerts)
            for decade, count in population.decades().items()
            for year in range(decade, decade + 10)
            if population.kind.born[0] <= year <= population.kind.born[1]
        }
        self.thirds = {
            year: sum(self.years.get(str(int(year) + step), 0.0) for step in (-1, 0, 1))
            for year in sorted(self.years)[1::3]
        }
        self.short_years = self.thirds if _says_neighbours(population, "X") else self.years
        self.days = _days()
        self.towns = self._towns(population.kind.countries)

    def pairs(self) -> Shares:
        """Given and family name in the order of the alphabet -> share; of each country its commonest."""
        found: Shares = defaultdict(float)
        for book, part in self._books:
            given, family = (
                _skeletons([n for s in book.given.values() for n in s], 0.5),
                _skeletons(book.family, 1),
            )
            for guess in islice(best_first(given, family), int(MOST_PAIRS * part) + 2_000):
                found["|".join(sorted((guess.given, guess.family)))] += part * guess.share
        return found

    def _towns(self, countries: Mapping[str, float]) -> Shares:
        found: Shares = defaultdict(float)
        for country, part in _parts(countries):
            towns = [place.own for place in places() if place.country == country]
            total = sum(1 / rank for rank in range(1, len(towns) + 1))
            for rank, town in enumerate(towns, 1):
                found[best(words(city_of(town) or town)[0])] += part / rank / total
        return found


def plan(name: str, known: Known) -> Iterator[Guess]:
    """The guesses of one plan, the likeliest first, without end as far as names go."""
    for values in _PLANS[name](known):
        yield Guess(name, values)


Values = Iterator[tuple[str, ...]]


def _both(known: Known, others: Shares) -> Values:
    for guess in best_first(known.pairs(), others):
        yield (*guess.given.split("|"), guess.family)


def _bands(known: Known) -> Shares:
    """Every alert says the bands of its year, of 4 years before and of 4 after: 13 years meet a band."""
    bands = {year - year % 5 for year in map(int, known.years)}
    return {
        f"b{band}": sum(known.years.get(str(y), 0.0) for y in range(band - 4, band + 9))
        for band in sorted(bands)[1::2]
    }


def _shortened_family(known: Known, others: Shares) -> Values:
    for guess in best_first(_product(known.either, _short(known.family)), others):
        yield (*guess.given.split("|"), guess.family)


def _shortened_given(known: Known, others: Shares) -> Values:
    for guess in best_first(_product(_short(known.either), known.family), others):
        yield (*guess.given.split("|"), guess.family)


def _sexed(make: Callable[[str], Shares]) -> Values:
    """Both sexes, the likelier first."""
    both = {f"{key}|{sex}": share for sex in ("female", "male") for key, share in make(sex).items()}
    for key in sorted(both, key=lambda one: (-both[one], one)):
        yield tuple(key.split("|"))


def _undated_family(known: Known) -> Values:
    return _sexed(lambda sex: _product(known.given[sex], _short(known.family, UNDATED_LETTERS)))


def _undated_given(known: Known) -> Values:
    return _sexed(lambda sex: _product(_short(known.given[sex], UNDATED_LETTERS), known.family))


def _dated(names: Shares, known: Known, years: Shares) -> Values:
    for guess in best_first(names, _product(years, known.days)):
        year, day = guess.family.split("|")
        yield guess.given, f"{year}{day}", NO_SEX


def _initial_dated(known: Known) -> Values:
    names = _product(_short(known.family), known.initials)
    for guess in best_first(names, _product(known.years, known.days)):
        yield (*guess.given.split("|"), guess.family.replace("|", ""))


def _initial_year(known: Known, years: Shares) -> Values:
    for guess in best_first(_product(known.family, known.initials), years):
        yield (*guess.given.split("|"), guess.family)


_PLANS: Mapping[str, Callable[[Known], Values]] = {
    "N": lambda known: _both(known, known.thirds),
    "M": lambda known: _both(known, known.days),
    "P": lambda known: _both(known, known.towns),
    "Z": lambda known: _both(known, {NO_SEX: 1.0}),
    "B": lambda known: _both(known, _bands(known)),
    "X": lambda known: _shortened_family(known, known.short_years),
    "Y": lambda known: _shortened_given(known, known.short_years),
    "U": _undated_family,
    "V": _undated_given,
    "D": lambda known: _dated(_sum((known.either, known.family)), known, known.thirds),
    "E": lambda known: _dated(_short(_sum((known.either, known.family))), known, known.years),
    "J": _initial_dated,
    "I": lambda known: _initial_year(known, known.thirds),
}


def _product(one: Mapping[str, float], other: Mapping[str, float]) -> Shares:
    """`a|b` -> share, the likeliest `MOST_PAIRS`."""
    return {f"{g.given}|{g.family}": g.share for g in islice(best_first(one, other), MOST_PAIRS)}


def _short(shares: Mapping[str, float], shortest: int = SHORTEST) -> Shares:
    """Every form with one consonant left out -> the share of all names that have it."""
    found: Shares = defaultdict(float)
    for skeleton, share in shares.items():
        for short in shortened(skeleton, shortest):
            found[short] += share
    return found


def _sum(several: Iterable[Mapping[str, float]]) -> Shares:
    found: Shares = defaultdict(float)
    for shares in several:
        for key, share in shares.items():
            found[key] += share
    return found


def _skeletons(names: Iterable[Name], factor: float) -> Shares:
    found: Shares = defaultdict(float)
    for name in names:
        found[name.skeleton] += factor * name.share
    return found


def _says_neighbours(population: Population, group: str) -> bool:
    """Whether keys of a group are made for the neighbouring years as well: the guesser knows the product."""
    years = ({key.text[-4:] for key in one.keys if key.group == group} for one in population.alerts[:50])
    return max(map(len, years), default=0) > 1


def _days() -> Shares:
    """`0515`: month and day without their order -> share; 1 January and 29 February make no such key."""
    found: Shares = defaultdict(float)
    for month, days in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
        for day in range(1, days + 1):
            if (month, day) != (1, 1):
                low, high = sorted((month, day))
                found[f"{low:02d}{high:02d}"] += 1 / 365
    return found


def _parts(countries: Mapping[str, float]) -> list[tuple[str, float]]:
    total = sum(countries.values())
    return [(country, part / total) for country, part in countries.items()]
