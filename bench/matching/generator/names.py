"""The lists of names, and how one is drawn: by its place in the list.

The share of the name at place r is taken as 1 / (r + q): with q = 25 the first of 300 surnames is borne by
one in a hundred, as in Lithuania or Poland; given names are fewer and the first are more common (q = 8).
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
    "DE": 4,
    "FR": 2,
    "GB": 2,
    "SY": 4,
}
"""People of a country in a hundred: assumed, not those of the development set. SY has the Arabic names."""
_FLATNESS = {"given_f": 8, "given_m": 8, "family": 25}


@dataclass(frozen=True, slots=True)
class Book:
    """The names of one country, each list by falling frequency."""

    given_f: tuple[str, ...]
    given_m: tuple[str, ...]
    family: tuple[str, ...]

    def draw(self, kind: str, rng: random.Random) -> str:
        """One name of `kind` (given_f, given_m, family), the frequent ones more often."""
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
    return Book(*(tuple(found[kind]) for kind in ("given_f", "given_m", "family")))


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
