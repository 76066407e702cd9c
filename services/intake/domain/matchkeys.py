"""Match keys: a person as combinations of attributes that another organisation can make as well.

A case is turned into few, plain keys, an alert into many: other spellings, letters left out,
neighbouring years (matching.md). The kinds and the rule that they obey are in `matchkey_kinds`.
"""

from collections.abc import Iterable, Iterator
from itertools import product

from services.intake.domain import matchkey_kinds as kinds
from services.intake.domain.matchkey_facts import Facts, distinct, of_alert, of_case
from services.intake.domain.matchkey_kinds import KEYS_VERSION, KINDS, Kind, MatchKey, UnsafeKey
from services.intake.domain.names.rarity import of_family_name
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

CASE_KEYS = 24
ALERT_KEYS = 160
ALERT_PAIRS = 8

_Draft = tuple[Kind, tuple[str, ...], str]
"""Kind, values, and the name whose rarity the key has: its family name where it knows which."""


def case_keys(person: Person) -> list[MatchKey]:
    """At most 24 plain keys of an own case, the most telling first. Only ever evaluated blindly."""
    facts = of_case(person)
    pairs = [(given, family) for given in facts.given for family in facts.family]
    return _finished(_core(facts, pairs), CASE_KEYS)


def alert_keys(person: Person) -> list[MatchKey]:
    """At most 160 keys of an alert, the likeliest first; no place unless it may be told (rule 3)."""
    facts = of_alert(person)
    columns = product(enumerate(facts.given), enumerate(facts.family))
    ranked = sorted((g + f, given, family) for (g, given), (f, family) in columns)
    pairs = [(given, family) for _, given, family in ranked[:ALERT_PAIRS]]
    return _finished(_spread(facts, pairs), ALERT_KEYS)


def _core(facts: Facts, pairs: list[tuple[str, str]]) -> Iterator[_Draft]:
    """What case and alert both say: the recorded year and date, the first pair shortened."""
    yield from _both_names(facts, pairs, facts.years[:1], facts.dates[:1])
    yield from _one_name(facts, facts.dates[:1])
    for pair in pairs[:1]:
        yield from _shortened(pair, facts.years[:1])
    yield from _dated_shortened(facts.family[:1], facts.given[:1], facts, facts.dates[:1])


def _spread(facts: Facts, pairs: list[tuple[str, str]]) -> Iterator[_Draft]:
    """The core, then what an alert adds, in the order of what it finds for its number."""
    yield from _core(facts, pairs)
    yield from _both_names(facts, pairs, facts.years[1:], facts.dates[1:])
    yield from _one_name(facts, facts.dates[1:])
    for pair in pairs[:1]:
        yield from _shortened(pair, facts.years[1:])
        yield from _shortened(pair[::-1], facts.years[:1])  # written in each other's column
    yield from _dated_shortened(facts.family, facts.given, facts, facts.dates[:1])
    for pair in pairs[1:]:
        yield from _shortened(pair, facts.years[:1])
    for pair in pairs[:1]:
        yield from _shortened(pair[::-1], facts.years[1:])


def _both_names(
    facts: Facts, pairs: list[tuple[str, str]], years: list[str], dates: list[str]
) -> Iterator[_Draft]:
    """N, P, M. Names in alphabetical order, so that swapped columns make the same key."""
    for given, family in pairs:
        both = (given, family) if given < family else (family, given)
        for year in years:
            yield kinds.BOTH_NAMES_YEAR, (*both, year), family
        if facts.place:
            yield kinds.BOTH_NAMES_PLACE, (*both, facts.place), family
        for date in dates:
            yield kinds.BOTH_NAMES_DAY, (*both, date[4:]), family


def _one_name(facts: Facts, dates: list[str]) -> Iterator[_Draft]:
    """D: either name with the full date and the sex."""
    for name in distinct([*facts.given, *facts.family]):
        for date in dates:
            for sex in facts.sexes:
                yield kinds.ONE_NAME_DATE, (name, date, sex), name


def _shortened(pair: tuple[str, str], years: list[str]) -> Iterator[_Draft]:
    """X and Y: one consonant left out of the one name, the other name whole."""
    given, family = pair
    for year in years:
        for short in shortened(family):
            yield kinds.FAMILY_SHORTENED, (given, short, year), family
        for short in shortened(given):
            yield kinds.GIVEN_SHORTENED, (short, family, year), family


def _dated_shortened(family: list[str], given: list[str], facts: Facts, dates: list[str]) -> Iterator[_Draft]:
    """J and E: a shortened name with the full date, and the initial or the sex."""
    for date in dates:
        for name in family:
            for short in shortened(name):
                for letter in facts.initials:
                    yield kinds.FAMILY_INITIAL_DATE, (short, letter, date), name
        for name in distinct([*family, *given]):
            for short in shortened(name):
                for sex in facts.sexes:
                    yield kinds.ONE_NAME_SHORTENED, (short, date, sex), name


def _finished(drafts: Iterable[_Draft], limit: int) -> list[MatchKey]:
    """The first `limit` different keys. Only these are built: most drafts of an alert repeat."""
    chosen: dict[tuple[str, tuple[str, ...]], tuple[Kind, str]] = {}
    for kind, values, name in drafts:
        chosen.setdefault((kind.group, values), (kind, name))
        if len(chosen) == limit:
            break
    rarity = {name: of_family_name(name) for _, name in chosen.values()}
    return [kind.key(values, rarity[name]) for (_, values), (kind, name) in chosen.items()]
