"""Consonant skeletons: what is left of a name in every script, spelling, gender and case."""

from collections.abc import Iterator
from itertools import combinations

from services.intake.domain.names import joining, lexicon
from services.intake.domain.names.endings import other_stems, stem
from services.intake.domain.names.plain import plain
from services.intake.domain.names.sounds import sounds
from services.intake.domain.names.spelling import fold
from services.intake.domain.names.words import words

__all__ = ["best", "initial", "readings", "shortened", "spelling", "voiced", "words"]

MAX_CHANGES = 8
"""Doubtful sounds that are looked at in one word, the least doubtful first."""
SHORTEST = 3
"""Letters that a form with one left out has at least."""
MAX_LETTERS = 40
"""A longer word is cut."""


def readings(word: str, limit: int, *, given: bool = False) -> list[str]:
    """Up to `limit` different skeletons of one lower-case word, the most usual reading first.

    A given name is first looked up among nicknames and forms in other languages.
    """
    folded = fold(word[:MAX_LETTERS])
    distinct = dict.fromkeys(lexicon.skeletons(folded)) if given else {}
    if len(distinct) < limit:
        for skeleton in _skeletons(folded):
            if skeleton:
                distinct.setdefault(skeleton)
                if len(distinct) >= limit:
                    break
    return list(distinct)[:limit]


def best(word: str, *, given: bool = False) -> str:
    """The one skeleton that a case uses; empty if the word has no letter known here."""
    return next(iter(readings(word, 1, given=given)), "")


def voiced(word: str) -> str:
    """Consonant classes with two vowel classes between them."""
    return joining.voiced("".join(unit[0][0] for unit in sounds(stem(fold(word[:MAX_LETTERS])))))


def spelling(word: str) -> str:
    """Plain lower-case letters with vowels and endings, after transliteration: finer than a skeleton."""
    return plain(fold(word[:MAX_LETTERS]))


def initial(word: str) -> str:
    """The class of the first sound: all that an initial such as `A.` tells."""
    first = next((unit[0][0][:1] for unit in sounds(fold(word[:3]))), "")
    return "A" if first in ("o", "i") else first


def shortened(skeleton: str, shortest: int = SHORTEST) -> list[str]:
    """The skeleton and every form with one letter left out that still has `shortest` letters.

    Shorter forms belong to so many names that one guess would find many people.
    """
    if len(skeleton) <= shortest:
        return [skeleton]
    cut = (skeleton[:i] + skeleton[i + 1 :] for i in range(len(skeleton)))
    return list(dict.fromkeys((skeleton, *cut)))


def _skeletons(folded: str) -> Iterator[str]:
    """The usual one, then those with one doubtful sound, those of other stems, then with two doubts."""
    units = sounds(stem(folded))
    usual = [unit[0][0] for unit in units]
    yield joining.skeleton("".join(usual))
    doubtful = sorted(
        (doubt, place, reading) for place, unit in enumerate(units) for reading, doubt in unit[1:]
    )
    doubtful = doubtful[:MAX_CHANGES]
    for _, place, reading in doubtful:
        yield joining.skeleton("".join([*usual[:place], reading, *usual[place + 1 :]]))
    yield from joining.other_vowels("".join(usual))
    for other in other_stems(folded):
        yield joining.skeleton("".join(unit[0][0] for unit in sounds(other)))
    for (_, place, reading), (_, second, also) in combinations(doubtful, 2):
        if place != second:
            changed = usual.copy()
            changed[place], changed[second] = reading, also
            yield joining.skeleton("".join(changed))
