"""Folded spelling: one word in plain letters, whatever script and alphabet it was written in.

Lower-case letters are read as they stand; a capital is a *settled sound* whose readings `sounds` knows:

    S sibilant   X х   C ц   J ж   Q щ   G ჯ ջ ج   W English w in Cyrillic   H ح ח   E đ ذ ض
    Z ث   B բ ب   L պ   D դ   T տ   P פ ფ   F ב   U ו و   Y soft γ   V ў, and υ in αυ, ευ   M μπ   N ντ
    A ą ę   I γκ   R ř
"""

import re
import unicodedata

from services.intake.domain.names import caucasus, cyrillic, greek, semitic

_LETTERS = str.maketrans({
    "š": "S", "ž": "S", "č": "S", "ś": "S", "ź": "S", "ż": "S", "ć": "S", "ß": "S", "ç": "S", "ř": "R",
    "ş": "S", "ș": "S", "ț": "C", "ţ": "C", "ñ": "n", "ł": "l", "đ": "E", "ð": "d", "þ": "t", "ø": "o",
    "æ": "e", "œ": "e", "ı": "i", "ə": "a", "ŭ": "V", "ą": "aA", "ę": "eA", "ħ": "h", "ŋ": "n",
})  # fmt: skip
"""Latin letters that are not a plain letter with an accent, or whose accent changes the sound."""

_CENTRAL = re.compile(r"[āąčćēęěėģīįķļłńņňŗřśšťūųůźžż]|sz|cz|rz|wicz|[sc]k[iay]$")
_WITH_W = re.compile(r"(?<!o)w(?!h|$)")
"""Polish, Czech, Lithuanian or Latvian by a letter, a pair of letters or the ending."""
_ENGLISH = re.compile(r"sh|zh|kh|ph|th|ee|oo|wh|ck$|chuk|chenk|tch|ou")
"""Spellings that those languages do not have."""
_GREEK_START = re.compile(r"^(?:mp|nt|gk)(?=[aeiouy])")
"""Mpampis, Ntina, Gkikas: Greek μπ, ντ, γκ letter by letter."""
_CENTRAL_CH = re.compile(r"(?<!s)ch")
_CENTRAL_C = re.compile(r"c(?![hkz])")
_FRENCH = re.compile(r"[éèêëàâîïôçœ]|eau|que$|gn")
_CZECH_WOMAN = re.compile(r"(?<=..)ov(?:á|é|ú)$")


def fold(word: str) -> str:
    """ASCII letters for one lower-case word of any script known here; other scripts have none."""
    if word.isascii():
        return _latin(word)
    text = unicodedata.normalize("NFC", word)
    if cyrillic.is_cyrillic(text):
        text = cyrillic.to_latin(text)
    elif greek.is_greek(text):
        text = greek.to_latin(text)
    elif caucasus.is_caucasian(text):
        text = caucasus.to_latin(text)
    elif semitic.is_semitic(text):
        text = semitic.to_latin(text)
    else:
        text = _latin(_CZECH_WOMAN.sub("a", text))
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    ascii_only = plain.encode("ascii", "ignore").decode("ascii")
    return ascii_only if ascii_only.isalpha() else "".join(filter(str.isalpha, ascii_only))


def _latin(text: str) -> str:
    """Settle c, ch and j where the rest of the word tells whose they are."""
    text = _GREEK_START.sub(_first_sound, text)
    if not _ENGLISH.search(text):
        if _CENTRAL.search(text):
            return _CENTRAL_C.sub("C", _CENTRAL_CH.sub("X", text))
        if _WITH_W.search(text):  # German
            return _CENTRAL_CH.sub("X", text)
    if "j" in text and _FRENCH.search(text):
        return text.replace("j", "J")
    return text


def _first_sound(match: re.Match[str]) -> str:
    return {"mp": "b", "nt": "d", "gk": "g"}[match[0]]
