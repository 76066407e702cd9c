"""Hebrew and Arabic letters in Latin letters. Most vowels are not written; skeletons need none.

Sources: Hebrew by the rules of the Academy of the Hebrew Language of 2006, Arabic by BGN/PCGN 1956, with
the Persian letters of BGN/PCGN 1958. Letters that stand for several sounds become capitals, which
`sounds` reads in more ways than one.
"""

import re

_HEBREW = {
    "א": "a", "ב": "F", "ג": "g", "ד": "d", "ה": "h", "ו": "U", "ז": "z", "ח": "H", "ט": "t",
    "י": "i", "כ": "k", "ך": "k", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n", "ס": "s",
    "ע": "a", "פ": "P", "ף": "f", "צ": "S", "ץ": "S", "ק": "k", "ר": "r", "ש": "S", "ת": "t",
}  # fmt: skip
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ء": "", "ؤ": "o", "ئ": "i", "ب": "B",
    "پ": "p", "ت": "t", "ة": "a", "ث": "Z", "ج": "G", "چ": "S", "ح": "H", "خ": "X", "د": "d",
    "ذ": "E", "ر": "r", "ز": "z", "ژ": "S", "س": "s", "ش": "S", "ص": "s", "ض": "E", "ط": "t",
    "ظ": "E", "ع": "a", "غ": "g", "ف": "f", "ڤ": "v", "ق": "k", "ك": "k", "ک": "k", "گ": "g",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "U", "ي": "i", "ى": "a", "ی": "i", "ې": "i",
}  # fmt: skip
_TABLE = str.maketrans(_HEBREW | _ARABIC)
_ARTICLE = re.compile(r"^ال(?=[ء-ي]{2})")
_SILENT = re.compile(r"[הه]$")
"""A final h is a vowel in Hebrew and Arabic (שרה, فاطمه)."""
_START = {"ב": "B", "ו": "v", "و": "v"}


def is_semitic(text: str) -> bool:
    """Whether any letter comes from the Hebrew or the Arabic alphabet."""
    return any("א" <= character <= "ת" or "ء" <= character <= "ۿ" for character in text)


def to_latin(text: str) -> str:
    """Transliterate a word without its points; letters of other scripts stay. The Arabic article goes."""
    text = _SILENT.sub("a", _ARTICLE.sub("", text))
    return _START.get(text[:1], text[:1].translate(_TABLE)) + text[1:].replace("וו", "v").translate(_TABLE)
