"""What forms and people write when no name is known. Such a word never makes two people match."""

import re
import unicodedata

_TEXT = """
    unknown unnamed unidentified anonymous nn none null na nil test tbd tba noname missing
    nezinomas nezinoma nezinomi nenustatytas nenustatyta bevardis bevarde nera vardenis pavardenis
    nezinams nezinama bezvarda nav nieznany nieznana nieznane brak bezimienny
    inconnu inconnue anonyme neant aucun sansnom unbekannt namenlos ohne keine
    неизвестно неизвестный неизвестная неизвестен безымянный нет невідомо невідомий невідома невідомии
    невядома невядомы невядомая няма аноним анонім нн
"""
_NEWBORN = re.compile(
    r"(baby|infant|newborn|child|boy|girl|son|daughter|mother|father|wife|bebe|enfant|fils|fille|kind|sohn|tochter"
    r")s?\s+(of|de|du|von|d)\b.*|baby(\s+(boy|girl))?|kudikis|zidainis|niemowle|nourrisson|младенец|немовля",
)
_SAME_LETTER = re.compile(r"(\w)\1*")
_NAMELIKE = re.compile(r"[^\W\d_]")


def is_placeholder(name: str) -> bool:
    """True for `unknown`, `N.N.`, `Baby of ...`, `XXX`, `-`, `?` and an empty name."""
    plain = re.sub(r"[^\w\s]", "", _without_accents(name)).strip()
    if not _NAMELIKE.search(plain) or _NEWBORN.fullmatch(plain):
        return True
    compact = plain.replace(" ", "")
    if len(compact) > 1 and _SAME_LETTER.fullmatch(compact):
        return True
    return compact in _WORDS or all(word in _WORDS for word in plain.split())


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_WORDS = frozenset(map(_without_accents, _TEXT.split()))
