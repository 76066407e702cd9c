"""How rare the own names are, in steps coarse enough to leave intake."""

from collections.abc import Callable, Iterator

from services.intake.domain.finer.agreement import Agreement
from services.intake.domain.matchkey_facts import of_case
from services.intake.domain.names.frequency import family_share, given_share
from services.intake.domain.person import Person

RAREST = 100_000
TABLE_COUNTS_AS = 500
"""The shipped table weighs as much as so many own cases: with few cases it decides, with many they do."""

Counted = Callable[[str, str], int]
"""Of the own open cases, how many have this `given` or `family` sound."""


def own_sounds(person: Person) -> list[tuple[str, str]]:
    """What is counted of an own case: the sound of its given and of its family name."""
    facts = of_case(person)
    return [("given", name) for name in facts.given[:1]] + [("family", name) for name in facts.family[:1]]


def told_rarity(person: Person, found: Agreement, counted: Counted, cases: int) -> dict[str, int]:
    """`given_one_in` and `family_one_in` of the own names, for `cases` own cases; 0 where unknown."""
    facts = of_case(person)
    # In swapped columns the own given name stands where surnames do.
    given, family = (facts.family, facts.given) if found.swapped else (facts.given, facts.family)

    def one_in(which: str, share: Callable[[str], float], names: list[str]) -> int:
        if not names:
            return 0
        expected = counted(which, names[0]) + TABLE_COUNTS_AS * share(names[0])
        return step(expected / (cases + TABLE_COUNTS_AS))

    return {
        "given_one_in": one_in("given", given_share, given),
        "family_one_in": one_in("family", family_share, family),
    }


def step(share: float) -> int:
    """One in so many, rounded down to 1, 2, 5, 10, 20 ... 100,000."""
    one_in = 1 / share if share > 0 else RAREST
    return max((number for number in _steps() if number <= one_in), default=1)


def _steps() -> Iterator[int]:
    power = 1
    while power < RAREST:
        yield from (power, 2 * power, 5 * power)
        power *= 10
    yield RAREST
