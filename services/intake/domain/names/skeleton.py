"""Consonant skeletons: what is left of a name in every script, spelling, gender and case."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product

from services.intake.domain.names import lexicon
from services.intake.domain.names.cyrillic import to_latin
from services.intake.domain.names.endings import stem
from services.intake.domain.names.placeholders import is_placeholder
from services.intake.domain.names.spelling import fold, sounds

_NOT_A_LETTER = re.compile(r"[^\w]+|_|\d")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´ʹ′")
_PARTICLES = frozenset(
    {"de", "da", "di", "du", "des", "del", "von", "van", "der", "den", "zu", "la", "le", "el", "al"}
)
_VOWELS = re.compile(r"[oi]+")
_DOUBLED = re.compile(r"([A-Z])\1+")
MAX_PRODUCT = 16
"""Readings tried for one name before the list is cut."""


def words(name: str) -> list[str]:
    """The name's words in lower case, without particles; a placeholder has none."""
    if is_placeholder(name):
        return []
    plain = unicodedata.normalize("NFC", name).casefold().translate(_APOSTROPHES)
    found = [word for word in _NOT_A_LETTER.split(plain) if word]
    return [word for word in found if word not in _PARTICLES] or found


def readings(word: str, limit: int, *, given: bool = False) -> list[str]:
    """Up to `limit` different skeletons of one lower-case word, the most usual reading first.

    Only the most usual reading of a given name is looked up among nicknames.
    """
    distinct: dict[str, None] = {}
    for number, form_read in enumerate(islice(_voiced(word), MAX_PRODUCT)):
        full = lexicon.full_form(form_read) if given and not number else None
        for form in (full, form_read) if full else (form_read,):
            if skeleton := _consonants(form):
                distinct.setdefault(skeleton)
        if len(distinct) >= limit:
            break
    return list(distinct)[:limit]


def best(word: str, *, given: bool = False) -> str:
    """The one skeleton that a case uses; empty if the word has no letter known here."""
    return next(iter(readings(word, 1, given=given)), "")


def voiced(word: str) -> str:
    """Consonant classes with two vowel classes between them; the form that the lexicon uses."""
    return next(_voiced(word), "")


def initial(word: str) -> str:
    """The class of the first sound: all that an initial such as `A.` tells."""
    first = next(iter(sounds(fold(to_latin(word))[:3])), ("",))[0][:1]
    return "A" if first in ("o", "i") else first


def shortened(skeleton: str) -> list[str]:
    """The skeleton and every form with one consonant left out, never shorter than two letters."""
    if len(skeleton) < 3:
        return [skeleton]
    cut = (skeleton[:i] + skeleton[i + 1 :] for i in range(len(skeleton)))
    return list(dict.fromkeys((skeleton, *cut)))


def _voiced(word: str) -> Iterator[str]:
    units = sounds(stem(fold(to_latin(word))))
    for reading in product(*units):
        yield _DOUBLED.sub(r"\1", _VOWELS.sub(lambda run: run[0][0], "".join(reading))).rstrip("oi")


def _consonants(voiced_form: str) -> str:
    """Drop inner vowels; keep that there was one in front, and which one if little else is left."""
    consonants = _VOWELS.sub("", voiced_form)
    front = "A" if voiced_form[:1] in ("o", "i") else ""
    if len(consonants) >= 2:
        return front + consonants
    vowel = _VOWELS.search(voiced_form)
    return front + consonants + (vowel[0][0].upper() if vowel else "")
