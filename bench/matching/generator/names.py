"""The lists of names, and how one is drawn: by its place in the list.

The share of the name at place r is taken as 1 / (r + q): given names q = 10; surnames q = 60, and more than
half of the people bear one of the many rare surnames that no list has: one made from a given name, as most
were (lists/suffixes.txt). So two strangers of one country have the same surname about once in 600 times, and
both names about once in 60,000; in Lithuania and Poland it is somewhat rarer.
"""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LISTS = Path(__file__).parent / "lists"
COUNTRIES = {
    "LT": 19,
    "LV": 8,
    "PL": 10,
    "RU": 11,
    "UA": 14,
    "BY": 7,
    "BG": 4,
    "GE": 6,
    "AM": 5,
    "GR": 4,
    "DE": 5,
    "FR": 2,
    "GB": 2,
    "SY": 3,
}
"""People of a country in a hundred: assumed, not those of the development set. SY has the Arabic names."""
_UNSTRESSED = str.maketrans("άέήίόύώ", "αεηιουω")
_VOWELS = "aeiouyйьоаеиіўყαեօის"
_FLATNESS = {"given_f": 10, "given_m": 10, "family": 60}
_RARE = 0.55
"""The share of people with a surname that is on no list."""


@dataclass(frozen=True, slots=True)
class Book:
    """The names of one country, each list by falling frequency."""

    given_f: tuple[str, ...]
    given_m: tuple[str, ...]
    family: tuple[str, ...]
    suffixes: tuple[str, ...]
    """That make a surname of a father's name."""

    def draw(self, kind: str, rng: random.Random) -> str:
        """One name of `kind` (given_f, given_m, family), the frequent ones more often."""
        if kind == "family" and self.suffixes and rng.random() < _RARE:
            return rare(rng.choice(self.given_m), rng.choice(self.suffixes))
        names: tuple[str, ...] = getattr(self, kind)
        return rng.choices(names, cum_weights=_weights(len(names), _FLATNESS[kind]))[0]


@dataclass(frozen=True, slots=True)
class Arabic:
    """One name of arabic.txt in its three scripts."""

    latin: tuple[str, ...]
    russian: tuple[str, ...]


@cache
def _weights(count: int, flatness: int) -> tuple[float, ...]:
    total, sums = 0.0, []
    for place in range(count):
        total += 1 / (place + flatness)
        sums.append(total)
    return tuple(sums)


@cache
def book(country: str) -> Book:
    """The lists of a country."""
    if country == "SY":
        kinds = {"f": "given_f", "m": "given_m", "n": "family"}
        found: dict[str, list[str]] = {kind: [] for kind in kinds.values()}
        for line in _lines("arabic.txt"):
            found[kinds[line.split("|")[0]]].append(line.split("|")[1])
    else:
        found = {}
        for line in _lines(f"{country}.txt"):
            if line.startswith("["):
                names = found.setdefault(line.strip("[]"), [])
            else:
                names += line.split()
    suffixes = (line.partition("|") for line in _lines("suffixes.txt"))
    endings = tuple(ending for land, _, text in suffixes if land == country for ending in text.split())
    given_f, given_m, family = (tuple(found[kind]) for kind in ("given_f", "given_m", "family"))
    return Book(given_f, given_m, family, endings)


def rare(given: str, suffix: str) -> str:
    """A surname made of a man's name: the suffix replaces its ending, `2:` so many letters of it."""
    count, _, ending = suffix.rpartition(":")
    given = given.translate(_UNSTRESSED)
    if not count:
        return given.rstrip(_VOWELS) + ending
    return given[: -int(count)] + ending


@cache
def arabic() -> dict[str, Arabic]:
    """Arabic names and how they are spelled elsewhere; `Ben Ali` is one spelling of two words."""
    found: dict[str, Arabic] = {}
    for line in _lines("arabic.txt"):
        _, name, latin, russian = line.split("|")
        found[name] = Arabic(_spellings(latin), _spellings(russian))
    return found


def _spellings(text: str) -> tuple[str, ...]:
    for particle in ("Ben", "Бен"):
        text = text.replace(f"{particle} ", f"{particle}_")
    return tuple(one.replace("_", " ") for one in text.split())


@cache
def nicknames(country: str) -> dict[str, tuple[str, ...]]:
    """Given names of a country that have other forms, and these."""
    rows = (line.split("|") for line in _lines("nicknames.txt"))
    return {given: tuple(forms.split()) for land, given, forms in rows if land == country}


def _lines(name: str) -> list[str]:
    text = (LISTS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
