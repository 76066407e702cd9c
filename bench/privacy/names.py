"""Books of names: what a guesser knows of a country, down to rare names, and whom the people are drawn from.

The lists are those of `services/intake/domain/names/frequencies` (sources there). Beyond them names are put
together from halves of listed ones, rarer and rarer as where whole registers are open; the guesser knows
these as well, and how common each is. What is beyond `LONGEST` names is in no guesser's list.
"""

import csv
import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate

from services.intake.domain.finer.details import back, front
from services.intake.domain.names.skeleton import best, initial, words

LONGEST = {"family": 12_000, "given": 600}
TAIL_EXPONENT = 0.7
"""Shares of rarer names fall as rank ** -0.7 where whole registers are open (Poland, USA)."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name; `share` is of the people of its book (a given name: of those of its sex)."""

    text: str
    share: float
    skeleton: str
    front: str
    back: str
    initial: str


@dataclass(frozen=True, slots=True)
class Book:
    """The names of one country, commonest first; shares of a list add up to 1 or less."""

    country: str
    given: Mapping[str, tuple[Name, ...]]
    """By sex, `female` and `male`."""
    family: tuple[Name, ...]


def name(text: str, share: float, *, given: bool) -> Name:
    """A name with all that keys and details say of it."""
    word = next(iter(words(text)), "")
    return Name(text, share, best(word, given=given), front(word), back(word), initial(word))


@cache
def book(country: str) -> Book:
    """The book of a country (ISO 3166) that has lists. Raises KeyError."""
    given = {
        sex: _filled(_listed("given", country, sex[0]), f"{country} {sex}", True)
        for sex in ("female", "male")
    }
    return Book(country, given, _filled(_listed("family", country, ""), country, False))


def invented(listed: Sequence[str], rng: random.Random) -> str:
    """A name that sounds like those of the list: the front of one and the end of another."""
    one, other = rng.choice(listed), rng.choice(listed)
    return one[: max(2, len(one) // 2)] + other[len(other) // 2 :]


def draw(names: tuple[Name, ...], rng: random.Random) -> str:
    """A name by its share; of those who are in no list, one that nobody can expect."""
    place = bisect(_sums(names), rng.random())
    return names[place].text if place < len(names) else invented([one.text for one in names[:400]], rng)


@cache
def _sums(names: tuple[Name, ...]) -> tuple[float, ...]:
    return tuple(accumulate(one.share for one in names))


def _filled(listed: Mapping[str, float], seed: str, given: bool) -> tuple[Name, ...]:
    """The listed names, then rarer ones, up to `LONGEST` or to the last bearer."""
    rng, known, found = random.Random(f"names of {seed}"), list(listed), dict(listed)
    rest, last, first = 1 - sum(listed.values()), len(listed), min(listed.values())
    for rank in range(last + 1, LONGEST["given" if given else "family"] + 1):
        share = min(rest, first * (last / rank) ** TAIL_EXPONENT)
        if share <= 0:
            break
        found[invented(known, rng)] = share
        rest -= share
    made = (name(text, share, given=given) for text, share in found.items())
    return tuple(sorted((one for one in made if one.skeleton), key=lambda one: (-one.share, one.text)))


def _listed(kind: str, country: str, sex: str) -> dict[str, float]:
    """Name -> share; of given names, of the people of that sex."""
    found: dict[str, float] = {}
    text = files("services.intake.domain.names").joinpath(f"frequencies/{kind}.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        if line["country"] == country and line.get("sex", "") == sex:
            share = float(line["per_million"]) / 1_000_000 * (2 if sex else 1)
            found[line["name"]] = found.get(line["name"], 0.0) + share
    if not found:
        raise KeyError(country)
    total = max(1.0, sum(found.values()))
    return {one: share / total for one, share in found.items()}
