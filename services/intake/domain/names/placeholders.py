"""What forms and people write when no name is known. Such a word never makes two people match.

Words without accents, in the groups of `placeholder_words`: *unknown* says by itself, wherever it stands,
that no name is known; *alone* says so where no name stands beside it; *lacking* and *asked* say so together
("not given", "ohne Namen"); *newborn* stands for a name that nobody gave yet.
"""

import re
import unicodedata
from collections.abc import Sequence

from services.intake.domain.names import placeholder_words

_NEWBORN_OF = re.compile(
    r"(baby|infant|newborn|child|boy|girl|son|daughter|mother|father|wife)s?\s+of\b.*"
    r"|(bebe|enfant|fils|fille|mere|pere)s?\s+(de|du|d)\b.*|(baby|kind|sohn|tochter|mutter|vater)\s+(von|d)\b.*",
    re.DOTALL,
)
"""Baby of Anna: her name, not the child's."""
_ABBREVIATED = re.compile(r"[^\W\d_]\s?/\s?[^\W\d_]|k\.\s?[aA]\.?|n\.\s?[dcr]\.?|b\.\s?d\.?|[нб]\.\s?д\.?")
"""b/d, k.A., n.d.: "no data". Initials are capitals."""
_NAMELIKE = re.compile(r"[^\W\d_]")
_NO_WORD = re.compile(r"[^\w\s]")
_DIGITS = re.compile(r"\d+")


def is_placeholder(name: str) -> bool:
    """True for `unknown`, `N.N.`, `Baby of ...`, `not given`, `Unknown male 3`, `XXX`, `-` and nothing."""
    plain = _NO_WORD.sub("", _without_accents(name)).strip()
    if not _NAMELIKE.search(plain) or _NEWBORN_OF.fullmatch(plain) or _ABBREVIATED.fullmatch(name.strip()):
        return True
    tokens = _DIGITS.sub(" ", plain).split()
    return "".join(tokens) in _SUFFICE or _say_nothing(tokens, numbered=_DIGITS.search(plain) is not None)


def is_nobody(given_name: str, family_name: str) -> bool:
    """Whether both columns together say that no name is known: `John` and `Doe`, `Unknown` and `Male`."""
    tokens = _NO_WORD.sub("", _without_accents(f"{given_name} {family_name}")).split()
    return _say_nothing(tokens, numbered=False)


def named(words: Sequence[str]) -> list[str]:
    """The lower-case words of one text without those that say that a name is unknown, or not yet given."""
    plain = [_without_accents(word) for word in words]
    if _say_nothing(plain, numbered=False):
        return []
    out: frozenset[str] = frozenset()
    if not _UNKNOWN.isdisjoint(plain):
        out = _UNKNOWN | _ALONE | _LACKING | _ASKED
    elif not _NEWBORN.isdisjoint(plain):
        out = _NEWBORN | _ASKED
    both = zip(words, plain, strict=True)
    return [word for word, key in both if key not in out and not (len(key) > 2 and _one_letter(key))]


def _say_nothing(tokens: Sequence[str], *, numbered: bool) -> bool:
    """`numbered`: a number stood beside them, as in `Male 3`."""
    if all(map(_one_letter, tokens)):
        return True
    if _EVERY.isdisjoint(tokens):
        return frozenset(tokens) in _NOBODY
    known = frozenset(tokens)
    if known in _NOBODY:
        return True
    if known <= _EVERY and (numbered or not _SUFFICE.isdisjoint(known)):
        return True
    asked = known & _ASKED
    # "Not given" and "First name, last name"; a newborn's word beside those.
    return known <= _LACKING | _ASKED | _NEWBORN and (
        bool(known & _NEWBORN) or len(asked) > 1 or bool(asked and known & _LACKING)
    )


def _one_letter(word: str) -> bool:
    """XX and Xxx, not X."""
    return len(word) > 1 and word == word[0] * len(word)


def _without_accents(text: str) -> str:
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_without_accents, text.split()))


_UNKNOWN = _words(placeholder_words.UNKNOWN) | frozenset(
    _without_accents(stem + ending.strip("-"))
    for endings, stems in placeholder_words.UNKNOWN_INFLECTED
    for stem in stems.split()
    for ending in endings.split()
)
_ALONE = _words(placeholder_words.ALONE)
_LACKING = _words(placeholder_words.LACKING)
_ASKED = _words(placeholder_words.ASKED)
_NEWBORN = _words(placeholder_words.NEWBORN)
_SUFFICE = _UNKNOWN | _ALONE
_EVERY = _SUFFICE | _LACKING | _ASKED | _NEWBORN | _words(placeholder_words.ALSO_NAMES)
_NOBODY = frozenset(frozenset(pair.split()) for pair in placeholder_words.NOBODY)
