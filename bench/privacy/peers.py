"""The same attacks on what others use: keyed hashes under one key of the group, and Bloom filters (CLK).

Every member holds the key, so every member can turn a list of names into tokens, offline and without anybody
noticing. A Bloom filter is the standard construction (Schnell, Bachteler, Reiher 2009): bigrams of names and
digits of the birth date, each set by k keyed hash functions into one filter of 1,024 bits.
"""

import hmac
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import md5, sha1

import numpy as np
from numpy.typing import NDArray

from bench.privacy.names import Name
from bench.privacy.people import Alert, Population
from services.intake.domain.names.skeleton import spelling, words

GROUP_KEY = b"the key that all members hold"
BITS = 1024

Filter = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Broken:
    """Shares of all alerts, and seconds for all of them together."""

    given: float
    family: float
    both: float
    both_and_date: float
    seconds: float


@cache
def plain(name: str) -> str:
    """As these methods fold names: Latin letters without accents."""
    return " ".join(spelling(word) for word in words(name))


def keyed_hash(population: Population, given: Iterable[Name], family: Iterable[Name]) -> Broken:
    """Read tokens of given name, surname and birth date back by hashing lists of names and all dates."""
    tokens = [tuple(map(_token, _fields(alert))) for alert in population.alerts]
    lists, days = [{plain(one.text) for one in each} for each in (given, family)], _dates(population)
    started = time.perf_counter()
    names = [{_token(text): text for text in each} for each in lists]
    dates = {_token(day): day for day in days}
    read = [(names[0].get(g, ""), names[1].get(f, ""), dates.get(d, "")) for g, f, d in tokens]
    return _judged(population, read, time.perf_counter() - started)


def bloom(population: Population, given: Iterable[Name], family: Iterable[Name], hashes: int) -> Broken:
    """Read filters back: of all listed names whose bits are all set, take the one with the most bits."""
    filters = [_joined(_fields(alert), hashes) for alert in population.alerts]
    lists = [sorted({plain(one.text) for one in each}) for each in (given, family)]
    lists.append(_dates(population))
    started = time.perf_counter()
    encoded = [np.stack([_filter(_grams(text), hashes) for text in each]) for each in lists]
    weights = [_ones(each) for each in encoded]
    read = []
    for one in filters:
        found = []
        for texts, bits, weight in zip(lists, encoded, weights, strict=True):
            fits = np.flatnonzero(((bits & ~one) == 0).all(axis=1))
            found.append(texts[fits[np.argmax(weight[fits])]] if len(fits) else "")
        read.append((found[0], found[1], found[2]))
    return _judged(population, read, time.perf_counter() - started)


def _judged(population: Population, read: Sequence[tuple[str, str, str]], seconds: float) -> Broken:
    hits = [
        tuple(mine == true for mine, true in zip(one, _fields(alert), strict=True))
        for one, alert in zip(read, population.alerts, strict=True)
    ]
    count = len(hits)
    return Broken(
        given=sum(one[0] for one in hits) / count,
        family=sum(one[1] for one in hits) / count,
        both=sum(one[0] and one[1] for one in hits) / count,
        both_and_date=sum(all(one) for one in hits) / count,
        seconds=seconds,
    )


def _fields(alert: Alert) -> tuple[str, str, str]:
    born = alert.person.known_birth_date
    day = date(born.year, born.month or 1, born.day or 1) if born else None
    return plain(alert.person.given_name), plain(alert.person.family_name), _day(day) if day else ""


def _dates(population: Population) -> list[str]:
    first, last = (date(year, 1, 1) for year in (population.kind.born[0], population.kind.born[1] + 1))
    return [_day(first + timedelta(days=step)) for step in range((last - first).days)]


def _day(day: date) -> str:
    """Digits with their places, so that a date is told from its anagrams: `0:2 1:0 ...`."""
    return " ".join(f"{place}:{digit}" for place, digit in enumerate(day.strftime("%Y%m%d")))


def _token(text: str) -> bytes:
    return hmac.digest(GROUP_KEY, text.encode(), "sha256")


def _grams(text: str) -> list[str]:
    if ":" in text:
        return text.split()
    padded = f" {text} "
    return [padded[start : start + 2] for start in range(len(padded) - 1)]


def _filter(grams: Iterable[str], hashes: int) -> Filter:
    """Double hashing of two keyed hashes, as in the original construction."""
    bits = np.zeros(BITS, dtype=np.uint8)
    for gram in grams:
        bits[list(_places(gram, hashes))] = 1
    return np.packbits(bits)


@cache
def _places(gram: str, hashes: int) -> tuple[int, ...]:
    one, two = (
        int.from_bytes(hmac.new(GROUP_KEY, gram.encode(), kind).digest(), "big") for kind in (sha1, md5)
    )
    return tuple((one + turn * two) % BITS for turn in range(hashes))


def _joined(fields: Iterable[str], hashes: int) -> Filter:
    return _filter((gram for text in fields for gram in _grams(text)), hashes)


def _ones(filters: Filter) -> NDArray[np.int64]:
    ones: NDArray[np.int64] = np.unpackbits(filters, axis=1).sum(axis=1, dtype=np.int64)
    return ones
