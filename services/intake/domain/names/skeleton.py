"""Consonant skeletons: what is left of a name in every script, spelling, gender and case."""

import re
from collections.abc import Iterator
from itertools import combinations

from services.intake.domain.names import lexicon
from services.intake.domain.names.endings import other_stems, stem
from services.intake.domain.names.sounds import Unit, sounds
from services.intake.domain.names.spelling import fold
from services.intake.domain.names.words import words

__all__ = ["best", "initial", "readings", "shortened", "spelling", "voiced", "words"]

_VOWELS = re.compile(r"[oi]+")
_DOUBLED = re.compile(r"([A-Z])\1+")
MAX_CHANGES = 8
"""Doubtful sounds that are looked at in one word, the least doubtful first."""
MAX_LETTERS = 40
"""A longer word is cut."""


def readings(word: str, limit: int, *, given: bool = False) -> list[str]:
    """Up to `limit` different skeletons of one lower-case word, the most usual reading first.

    A given name is first looked up among nicknames and forms in other languages.
    """
    folded = fold(word[:MAX_LETTERS])
    distinct = dict.fromkeys(lexicon.skeletons(folded)) if given else {}
    if len(distinct) < limit:
        for form_read in _forms(folded):
            if skeleton := _consonants(form_read):
                distinct.setdefault(skeleton)
                if len(distinct) >= limit:
                    break
    return list(distinct)[:limit]


def best(word: str, *, given: bool = False) -> str:
    """The one skeleton that a case uses; empty if the word has no letter known here."""
    return next(iter(readings(word, 1, given=given)), "")


def voiced(word: str) -> str:
    """Consonant classes with two vowel classes between them."""
    return next(_forms(fold(word[:MAX_LETTERS])), "")


def initial(word: str) -> str:
    """The class of the first sound: all that an initial such as `A.` tells."""
    first = next((unit[0][0][:1] for unit in sounds(fold(word[:3]))), "")
    return "A" if first in ("o", "i") else first


def shortened(skeleton: str) -> list[str]:
    """The skeleton and every form with one consonant left out, never shorter than two letters."""
    if len(skeleton) < 3:
        return [skeleton]
    cut = (skeleton[:i] + skeleton[i + 1 :] for i in range(len(skeleton)))
    return list(dict.fromkeys((skeleton, *cut)))


def _forms(folded: str) -> Iterator[str]:
    """Voiced forms: the usual one, then those with one doubtful sound, other stems, then with two."""
    units = sounds(stem(folded))
    usual = [unit[0][0] for unit in units]
    yield _join(usual)
    doubtful = sorted(
        (doubt, place, reading)
        for place, unit in enumerate(units)
        for reading, doubt in unit[1:]
    )[:MAX_CHANGES]
    for _, place, reading in doubtful:
        yield _join([*usual[:place], reading, *usual[place + 1 :]])
    for other in other_stems(folded):
        yield _join([unit[0][0] for unit in sounds(other)])
    for (_, place, reading), (_, second, also) in combinations(doubtful, 2):
        if place != second:
            changed = usual.copy()
            changed[place], changed[second] = reading, also
            yield _join(changed)


def _join(read: list[str]) -> str:
    """One vowel for a run of vowels, one consonant for a run of the same; no vowels at the end."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub(lambda run: run[0][0], "".join(read))).rstrip("oi")


def _consonants(voiced_form: str) -> str:
    """Drop inner vowels; keep that there was one in front, and which one if little else is left."""
    consonants = _VOWELS.sub("", voiced_form)
    front = "A" if voiced_form[:1] in ("o", "i") else ""
    if len(consonants) >= 2:
        return front + consonants
    vowel = _VOWELS.search(voiced_form)
    return front + consonants + (vowel[0][0].upper() if vowel else "")
