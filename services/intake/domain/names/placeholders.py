"""What forms and people write when no name is known. Such a word never makes two people match."""

import re
import unicodedata

_TEXT = """
    unknown unnamed unidentified anonymous nn none null na nil test tbd tba noname nameunknown missing
    notknown notgiven notavailable notstated fnu lnu unk nfn nln xx
    nezinomas nezinoma nezinomi nezinomasis nenustatytas nenustatyta bevardis bevarde nera neraduomenu
    vardenis pavardenis
    nezinams nezinama navzinams bezvarda nav navdatu nieznany nieznana nieznane brak brakdanych bezimienny
    bezimienna
    inconnu inconnue anonyme neant aucun aucune sansnom unbekannt namenlos ohne ohnenamen keine keinname
    desconocido desconocida sconosciuto sconosciuta neznamy neznama bezejmenny necunoscut tundmatu teadmata
    неизвестно неизвестный неизвестная неизвестен неизвестна безымянный безымянная безимени нет нетданных
    неустановленный неустановленная
    невідомо невідомий невідома невідомии безіменний безіменна немаєданих немає
    невядомо невядома невядомы невядомая няма аноним анонім нн непознат непозната
    άγνωστος άγνωστη αγνωστο ανώνυμος ανώνυμη უცნობი անհայտ անանուն مجهول مجهولة غيرمعروف אלמוני אלמונית
    לאידוע
"""
_NEWBORN = re.compile(
    r"(baby|infant|newborn|child|boy|girl|son|daughter|mother|father|wife|bebe|enfant|fils|fille|kind|sohn|tochter)"
    r"s?\s+(of|de|du|von|d)\b.*|baby(\s+(boy|girl))?|(new\s?born|infant|child)|kudikis|zidainis|naujagimis|naujagime"
    r"|jaundzimusais|niemowle|noworodek|nourrisson|saugling|neugeborenes|младенец|новорожденн(ыи|ая)"
    r"|немовля|новонароджен(ии|а)|немауля|бебе",
    re.DOTALL,
)
_SAME_LETTER = re.compile(r"(\w)\1*")
_NAMELIKE = re.compile(r"[^\W\d_]")
_NO_WORD = re.compile(r"[^\w\s]")


def is_placeholder(name: str) -> bool:
    """True for `unknown`, `N.N.`, `Baby of ...`, `XXX`, `-`, `?` and an empty name."""
    plain = _NO_WORD.sub("", _without_accents(name)).strip()
    if not _NAMELIKE.search(plain) or _NEWBORN.fullmatch(plain):
        return True
    compact = "".join(plain.split())
    if len(compact) > 1 and _SAME_LETTER.fullmatch(compact):
        return True
    return compact in _WORDS or all(word in _WORDS for word in plain.split())


def _without_accents(text: str) -> str:
    folded = text.casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_WORDS = frozenset(map(_without_accents, _TEXT.split()))
