"""Match keys: a person as combinations of attributes that another organisation can make as well.

A case is turned into few, plain keys, an alert into many: other spellings, letters left out,
neighbouring years (docs/decisions/0020). The kinds and the rule that they obey are in `matchkey_kinds`.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, product

from services.intake.domain import matchkey_kinds as kinds
from services.intake.domain.matchkey_facts import Facts, distinct, of_alert, of_case
from services.intake.domain.matchkey_kinds import KEYS_VERSION, KINDS, Kind, MatchKey, UnsafeKey
from services.intake.domain.names.frequency import guessable_family, guessable_given
from services.intake.domain.names.skeleton import shortened
from services.intake.domain.person import Person

__all__ = [
    "ALERT_KEYS",
    "CASE_KEYS",
    "KEYS_VERSION",
    "KINDS",
    "Kind",
    "MatchKey",
    "UnsafeKey",
    "alert_keys",
    "case_keys",
]

CASE_KEYS = kinds.BLOCK_PLACES
CASE_FINE_KEYS = kinds.BLOCK_PLACES - kinds.COARSE_PLACES
ALERT_KEYS = 160
ALERT_PAIRS = 8
COARSE_PAIRS = 6
"""Of an alert's pairs of names, those that it says without a year as well."""
INITIAL_FAMILIES = 2
DATED_LETTERS = 2
"""The shortest form with a letter left out that a key with a full date joins."""
YEAR_LETTERS = 3
"""The same with a year: a shorter form belongs to so many names that one guess finds many people."""
UNDATED_LETTERS = 4
"""The same without a year."""
MOST_COMMON_PAIR = 6e-4
"""So large a share of a country has both names: the few pairs that are commoner make no key of names with a
year, or with less."""

_Draft = tuple[Kind, tuple[str, ...]]
_Pair = tuple[str, str]


def case_keys(person: Person) -> list[MatchKey]:
    """At most 24 plain keys of an own case, the most telling first: at most 22 fine ones, then coarse ones.

    Only ever evaluated blindly.
    """
    facts = of_case(person)
    pairs = [(given, family) for given in facts.given for family in facts.family]
    fine = _distinct(_core(facts, pairs), CASE_FINE_KEYS)
    room = min(kinds.MOST_COARSE, CASE_KEYS - len(fine))
    if facts.years:
        room = min(room, kinds.COARSE_PLACES)  # a dated case needs no more than one block
    return _finished(chain(fine, _distinct(_coarse_of_case(facts, pairs), room)))


def alert_keys(person: Person) -> list[MatchKey]:
    """At most 160 keys of an alert, the likeliest first; no place unless it may be told (rule 3)."""
    facts = of_alert(person)
    columns = product(enumerate(facts.given), enumerate(facts.family))
    ranked = sorted((g + f, given, family) for (g, given), (f, family) in columns)
    pairs = [(given, family) for _, given, family in ranked[:ALERT_PAIRS]]
    return _finished(_distinct(_spread(facts, pairs), ALERT_KEYS))


def _core(facts: Facts, pairs: list[_Pair]) -> Iterator[_Draft]:
    """What case and alert both say: the recorded year and date, the first pair shortened."""
    yield from _both_names(facts, pairs, facts.years[:1], facts.dates[:1])
    yield from _one_name(facts, facts.dates[:1])
    for pair in pairs[:1]:
        yield from _shortened(pair, facts.years[:1])
    yield from _dated_shortened(facts.family[:1], facts.given[:1], facts, facts.dates[:1])


def _coarse_of_case(facts: Facts, pairs: list[_Pair]) -> Iterator[_Draft]:
    yield from _bands(pairs[:2], facts.bands)
    yield from _undated(pairs[:2], facts.sexes)
    yield from _initials(facts.family[:1], facts.initials, facts.years[:1])
    if not facts.years:
        for pair in pairs[:1]:
            yield from _undated_shortened(pair, facts.sexes)


def _spread(facts: Facts, pairs: list[_Pair]) -> Iterator[_Draft]:
    """The core, then what an alert adds, in the order of what it finds for its number."""
    yield from _core(facts, pairs)
    yield from _undated(pairs[:COARSE_PAIRS], facts.sexes)
    yield from _initials(facts.family[:1], facts.initials, facts.years[:1])
    yield from _both_names(facts, pairs, facts.years[1:], facts.dates[1:])
    yield from _bands(pairs[:COARSE_PAIRS], facts.bands)
    yield from _one_name(facts, facts.dates[1:])
    yield from _initials(facts.family[:INITIAL_FAMILIES], facts.initials, facts.years[:3])
    for pair in pairs[:1]:
        yield from _undated_shortened(pair, facts.sexes[:1])
        yield from _shortened(pair[::-1], facts.years[:1])  # written in each other's column
    yield from _dated_shortened(facts.family, facts.given, facts, facts.dates[:1])
    for pair in pairs[1:]:
        yield from _shortened(pair, facts.years[:1])
    for pair in pairs[:1]:
        yield from _undated_shortened(pair[::-1], facts.sexes[:1])


def _both_names(facts: Facts, pairs: list[_Pair], years: list[str], dates: list[str]) -> Iterator[_Draft]:
    """N, P, M. Names in alphabetical order, so that swapped columns make the same key."""
    for pair in pairs:
        both = _unordered(pair)
        for year in years if _rare([pair]) else []:
            yield kinds.BOTH_NAMES_YEAR, (*both, year)
        if facts.place:
            yield kinds.BOTH_NAMES_PLACE, (*both, facts.place)
        for date in dates:
            yield kinds.BOTH_NAMES_DAY, (*both, date[4:])


def _undated(pairs: list[_Pair], sexes: list[str]) -> Iterator[_Draft]:
    """Z: both names and the sex."""
    for pair in _rare(pairs):
        for sex in sexes:
            yield kinds.BOTH_NAMES_SEX, (*_unordered(pair), sex)


def _bands(pairs: list[_Pair], bands: list[str]) -> Iterator[_Draft]:
    """B: both names and five years."""
    for pair in _rare(pairs):
        for band in bands:
            yield kinds.BOTH_NAMES_BAND, (*_unordered(pair), band)


def _initials(family: list[str], initials: list[str], years: list[str]) -> Iterator[_Draft]:
    """I: the surname, the initial and the year, for a given name that is an initial somewhere."""
    for name in family:
        for letter in initials:
            for year in years:
                yield kinds.FAMILY_INITIAL_YEAR, (name, letter, year)


def _one_name(facts: Facts, dates: list[str]) -> Iterator[_Draft]:
    """D: either name with the full date and the sex."""
    for name in distinct([*facts.given, *facts.family]):
        for date in dates:
            for sex in facts.sexes:
                yield kinds.ONE_NAME_DATE, (name, date, sex)


def _shortened(pair: _Pair, years: list[str]) -> Iterator[_Draft]:
    """X and Y: one consonant left out of the one name, the other name whole."""
    given, family = pair
    for year in years if _rare([pair]) else []:
        for short in shortened(family, YEAR_LETTERS):
            yield kinds.FAMILY_SHORTENED, (given, short, year)
        for short in shortened(given, YEAR_LETTERS):
            yield kinds.GIVEN_SHORTENED, (short, family, year)


def _undated_shortened(pair: _Pair, sexes: list[str]) -> Iterator[_Draft]:
    """U and V: X and Y with the sex in the place of the year; no form so short that many names have it."""
    given, family = pair
    for sex in sexes if _rare([pair]) else []:
        for short in shortened(family, UNDATED_LETTERS):
            yield kinds.FAMILY_SHORTENED_SEX, (given, short, sex)
        for short in shortened(given, UNDATED_LETTERS):
            yield kinds.GIVEN_SHORTENED_SEX, (short, family, sex)


def _dated_shortened(family: list[str], given: list[str], facts: Facts, dates: list[str]) -> Iterator[_Draft]:
    """J and E: a shortened name with the full date, and the initial or the sex."""
    for date in dates:
        for name in family:
            for short in shortened(name, DATED_LETTERS):
                for letter in facts.initials:
                    yield kinds.FAMILY_INITIAL_DATE, (short, letter, date)
        for name in distinct([*family, *given]):
            for short in shortened(name, DATED_LETTERS):
                for sex in facts.sexes:
                    yield kinds.ONE_NAME_SHORTENED, (short, date, sex)


def _rare(pairs: list[_Pair]) -> list[_Pair]:
    """The pairs that are rare enough for keys without a year."""
    return [pair for pair in pairs if _share(pair) <= MOST_COMMON_PAIR]


def _share(pair: _Pair) -> float:
    """What share of the people of some country one guess of this pair would find."""
    given, family = pair
    return guessable_given(given) * guessable_family(family)


def _unordered(pair: _Pair) -> _Pair:
    given, family = pair
    return (given, family) if given < family else (family, given)


def _distinct(drafts: Iterable[_Draft], limit: int) -> list[_Draft]:
    """The first `limit` different drafts. Only these become keys: most drafts of an alert repeat."""
    seen: set[tuple[str, tuple[str, ...]]] = set()

    def new() -> Iterator[_Draft]:
        for kind, values in drafts:
            if (kind.group, values) not in seen:
                seen.add((kind.group, values))
                yield kind, values

    return list(islice(new(), limit))


def _finished(drafts: Iterable[_Draft]) -> list[MatchKey]:
    return [kind.key(values) for kind, values in drafts]
