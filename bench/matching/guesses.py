"""What a guesser gains who knows how common names are: best-first guesses of both names of a person.

    python -m bench.matching.guesses [COUNTRY ...]

The guesser takes the lists of the person's own country and tries pairs of skeletons, the likeliest
first. Given and family name are taken as independent. The guesser's list is longer than the shipped
one, up to the last bearer: `filled` adds names that no shipped list has, so that the rule has to work
from its floors for them, as in life.
"""

import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from itertools import accumulate, islice
from typing import NamedTuple

from services.intake.domain.names import frequency
from services.intake.domain.names.frequency_table import CIRCLE, by_country

BUDGETS = (1_000, 3_840, 10_000, 46_720)
KEPT_BUDGETS = (3_840, 46_720)
THRESHOLDS = (1e-6, 2e-6, 4e-6, 8e-6, 1.6e-5)

Shares = Mapping[str, float]
"""Skeleton -> share of people, between 0 and 1."""


TAIL_EXPONENT = 0.7
"""Shares of rarer names fall as rank ** -0.7 where whole registers are open (Poland, USA)."""
TAIL_LENGTHS = (3, 4, 2, 3, 4, 5, 3, 4, 6, 4)
"""How long skeletons of unlisted surnames are: the US census beyond its first 1,000, by bearers."""
UNLISTED = "?"


Ruled = tuple[float, float]
"""What the rule takes for a name's share, and its share in the population looked at."""


class Guess(NamedTuple):
    """A pair of names and the share of the country's people who bear both."""

    given: str
    family: str
    share: float


class Kept(NamedTuple):
    """Shares of all people of a country, between 0 and 1, under one threshold."""

    lost: float
    """Both names too common: the key is not made for them."""
    hit: tuple[float, ...]
    """Of all people, those whose key is made and is among the first KEPT_BUDGETS guesses."""


def best_first(given: Shares, family: Shares) -> Iterator[Guess]:
    """Every pair, the likeliest first; a heap holds one candidate for each given name begun."""
    givens = sorted(given.items(), key=lambda item: (-item[1], item[0]))
    families = sorted(family.items(), key=lambda item: (-item[1], item[0]))
    if not givens or not families:
        return
    heap = [(-givens[0][1] * families[0][1], 0, 0)]
    while heap:
        negative, row, column = heappop(heap)
        yield Guess(givens[row][0], families[column][0], -negative)
        if column + 1 < len(families):
            heappush(heap, (-givens[row][1] * families[column + 1][1], row, column + 1))
        if column == 0 and row + 1 < len(givens):
            heappush(heap, (-givens[row + 1][1] * families[0][1], row + 1, 0))


def filled(listed: Shares) -> Shares:
    """The listed names and, for all other people, invented ones that start where the list ends.

    An invented skeleton begins with `?` and its number and ends with as many `?` as a real one may be
    long: `rule_form` gives what the rule sees of it.
    """
    found = dict(listed)
    rank, rest = len(listed), 1 - sum(listed.values())
    share, last = min(listed.values()), len(listed)
    while rest > 0:
        rank += 1
        one = min(rest, share * (last / rank) ** TAIL_EXPONENT)
        found[f"{UNLISTED}{rank}{UNLISTED * TAIL_LENGTHS[rank % len(TAIL_LENGTHS)]}"] = one
        rest -= one
    return found


def rule_form(skeleton: str) -> str:
    """The skeleton; of an invented one only its length, in letters that no list has."""
    return skeleton.lstrip(UNLISTED).lstrip("0123456789") or skeleton


def for_country(country: str) -> Iterator[Guess]:
    """Best-first guesses for one country (ISO 3166), names that are not listed left out.

    Raises KeyError if there is no list for it.
    """
    return best_first(by_country("given")[country], by_country("family")[country])


def hits(guesses: Iterator[Guess], budgets: tuple[int, ...]) -> tuple[float, ...]:
    """The share of people hit by the first so many guesses, for rising budgets."""
    total, done, found = 0.0, 0, []
    for budget in budgets:
        total += sum(guess.share for guess in islice(guesses, budget - done))
        done = budget
        found.append(total)
    return tuple(found)


def guessable(given: str, family: str) -> float:
    """What the rule compares with its threshold: the two shares at home, multiplied."""
    return frequency.guessable_given(given) * frequency.guessable_family(family)


def under(threshold: float, given: Shares, family: Shares) -> Kept:
    """Who loses the key at this threshold, and who is still guessed by one who knows the rule."""
    rule_given = {one: frequency.guessable_given(rule_form(one)) for one in given}
    rule_family = {one: frequency.guessable_family(rule_form(one)) for one in family}
    kept = (
        guess
        for guess in best_first(given, family)
        if rule_given[guess.given] * rule_family[guess.family] <= threshold
    )
    lost = _too_common(
        threshold,
        [(rule_given[one], share) for one, share in given.items()],
        [(rule_family[one], share) for one, share in family.items()],
    )
    return Kept(lost, hits(kept, KEPT_BUDGETS))


def _too_common(threshold: float, given: list[Ruled], family: list[Ruled]) -> float:
    """The share of people whose two guessable shares multiply to more than the threshold."""
    family = sorted(family, reverse=True)
    rules = [-rule for rule, _ in family]
    sums = [0.0, *accumulate(share for _, share in family)]
    return sum(share * sums[bisect_left(rules, -threshold / rule)] for rule, share in given)


def report(country: str, given: Shares, family: Shares) -> Iterator[str]:
    """Lines for people: a country's coverage, hits without a rule, and under each threshold."""
    listed = min(1.0, sum(given.values())) * min(1.0, sum(family.values()))
    yield f"{country}: both names listed for {listed:.0%} of people"
    given, family = filled(given), filled(family)
    shares = "  ".join(f"{share:.2%}" for share in hits(best_first(given, family), BUDGETS))
    yield f"  hit by the first {', '.join(map(str, BUDGETS))}:  {shares}"
    for threshold in THRESHOLDS:
        kept = under(threshold, given, family)
        hit = "  ".join(f"{share:.3%}" for share in kept.hit)
        yield f"  at {threshold:.1e}: without key {kept.lost:6.2%}, hit by {KEPT_BUDGETS}:  {hit}"


def main(countries: list[str]) -> None:
    """Print the report for the countries named, or for the first circle."""
    given, family = by_country("given"), by_country("family")
    for country in countries or CIRCLE:
        for line in report(country, given[country], family[country]):
            print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
