"""Jaro-Winkler and birth date on folded names: what one writes in an afternoon."""

from typing import Any

from bench.matching.peers.rows import Row, Scored, Tables, library

_AT_ONCE = 500
_NAMES_AT_LEAST = 0.72
_NAME, _BIRTH = 0.65, 0.35


def run(tables: Tables) -> Scored:
    """Every pair whose names are similar enough, with the mean of names and birth."""
    numpy, cdist = library("numpy"), library("rapidfuzz.process").cdist
    similarity = library("rapidfuzz.distance").JaroWinkler.similarity
    found: Scored = []
    given, family = [row.given for row in tables.left], [row.family for row in tables.left]
    for start in range(0, len(tables.right), _AT_ONCE):
        some = tables.right[start : start + _AT_ONCE]
        theirs = [row.given for row in some], [row.family for row in some]

        def table(ours: list[str], others: list[str]) -> Any:
            return cdist(ours, others, scorer=similarity, dtype=numpy.float32, workers=-1)

        straight = (table(given, theirs[0]) + table(family, theirs[1])) / 2
        swapped = (table(given, theirs[1]) + table(family, theirs[0])) / 2
        names = numpy.maximum(straight, swapped)
        for one, other in numpy.argwhere(names >= _NAMES_AT_LEAST):
            left, right = tables.left[one], some[other]
            score = _NAME * float(names[one, other]) + _BIRTH * birth(left, right)
            found.append((left.id, right.id, score))
    return found


def birth(left: Row, right: Row) -> float:
    """1 for the same date, 0 for two that cannot be one, half for unknown."""
    if left.year is None or right.year is None:
        return 0.5
    apart = abs(left.year - right.year)
    if left.guessed or right.guessed:
        return 0.6 if apart <= 3 else 0.3 if apart <= 8 else 0.0
    if len(left.born) < 10 or len(right.born) < 10:
        shorter = min(len(left.born), len(right.born))
        return 0.75 if left.born[:shorter] == right.born[:shorter] else 0.3 if apart <= 1 else 0.0
    if left.born == right.born:
        return 1.0
    wrong = sum(a != b for a, b in zip(left.born, right.born, strict=True))
    if wrong <= 1 or sorted(left.born) == sorted(right.born):
        return 0.75
    return 0.45 if apart == 0 else 0.2 if apart <= 1 else 0.0
