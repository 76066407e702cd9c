"""How many people bear a name, by its skeleton: for sentences, for weights, and for what may be guessed.

Two questions, two answers. A guesser takes the list of the person's own country, so what protects a
name is its share where it is **commonest** (`guessable_*`). As evidence that two people are one, what
counts is how often strangers share it by accident, whose country nobody knows: the mean over the
countries of the first circle, or a tenth of the share at home for a name from elsewhere (`*_share`).

All shares are of people of both sexes, between 0 and 1, read from `frequencies/shares.csv`, which
`frequency_table` makes from the lists of names beside it (sources and licences: README.md there).
Both sides of an exchange must get the same answer: a change of the lists, the floors or the skeletons
needs a new KEYS_VERSION.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SHARES_FILE = "frequencies/shares.csv"
PER_ONE = 100_000_000
"""The file counts bearers in a hundred million people, in whole numbers: nobody rounds on their own."""

RAREST = 1_000_000
"""What `one_in` says at most: beyond it the lists know nothing ("rarer than 1 in 1,000,000")."""

FAMILY_FLOOR = (940e-6, 940e-6, 420e-6, 155e-6, 88e-6, 65e-6, 52e-6)
GIVEN_FLOOR = (735e-6, 735e-6, 400e-6, 360e-6, 250e-6, 240e-6)
"""The share of people behind a skeleton of 1, 2, 3 ... letters that no list names; the last holds on.

A name that is not listed is not unknown to everybody, and a short skeleton gathers many such names.
Measured on the 88,799 surnames and 5,494 given names of the US census of 1990, with its first 500 and
its first 200 of each sex standing for a list as long as ours: for the bearer of a skeleton outside the
list, the expected share of people with the same one (sum of squares over sum), or what unlisted names
add to a listed skeleton, whichever is more; made non-increasing.
"""

_HOME_WEIGHT = 0.1
"""A name from outside the first circle counts as if its country were one of ten."""

Share = Callable[[str], float]
"""Any of the four functions below: a skeleton -> a share of people."""


class Listed(NamedTuple):
    """Shares of people from the lists alone: at home, where it is commonest, and over the circle."""

    most: float
    circle: float


_UNLISTED = Listed(0.0, 0.0)


def guessable_family(skeleton: str) -> float:
    """The share of people with this family name in the country where it is commonest; 1 if empty."""
    return _most("family", skeleton, FAMILY_FLOOR)


def guessable_given(skeleton: str) -> float:
    """The share of people with this given name in the country where it is commonest; 1 if empty."""
    return _most("given", skeleton, GIVEN_FLOOR)


def family_share(skeleton: str) -> float:
    """The share of people in the first circle who bear a family name of this skeleton; 1 if empty."""
    return _over_circle("family", skeleton, FAMILY_FLOOR)


def given_share(skeleton: str) -> float:
    """The share of people in the first circle who bear a given name of this skeleton; 1 if empty."""
    return _over_circle("given", skeleton, GIVEN_FLOOR)


def one_in(share: float) -> int:
    """How many people there are for one bearer, for a sentence: two digits that count, up to RAREST.

    0.000112 gives 8900 ("about 1 in 8,900 people"); RAREST means "rarer than 1 in RAREST".
    """
    if share * RAREST <= 1:
        return RAREST
    people = max(1, round(1 / share))
    return min(RAREST, round(people, 2 - len(str(people))))


def _most(kind: str, skeleton: str, floors: tuple[float, ...]) -> float:
    if not skeleton:
        return 1.0
    # Added, not the greater of the two: unlisted names share listed skeletons too.
    return min(1.0, _of(kind, skeleton).most + _floor(skeleton, floors))


def _over_circle(kind: str, skeleton: str, floors: tuple[float, ...]) -> float:
    if not skeleton:
        return 1.0
    known = _of(kind, skeleton)
    return max(known.circle, _HOME_WEIGHT * known.most, _floor(skeleton, floors))


def _floor(skeleton: str, floors: tuple[float, ...]) -> float:
    return floors[min(len(skeleton), len(floors)) - 1]


def _of(kind: str, skeleton: str) -> Listed:
    found = _shares().get(f"{kind},{skeleton}")
    if found is None:
        return _UNLISTED
    most, circle = found.split(",")
    return Listed(int(most) / PER_ONE, int(circle or 0) / PER_ONE)


@cache
def _shares() -> dict[str, str]:
    """The generated table: kind and skeleton -> the two shares as they stand there, few are asked for."""
    lines = files(__package__).joinpath(SHARES_FILE).read_text("utf-8").splitlines()[1:]
    return {f"{kind},{skeleton}": shares for kind, skeleton, shares in (line.split(",", 2) for line in lines)}
