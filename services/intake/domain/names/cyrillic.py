"""Cyrillic letters in Latin letters, whatever the language of the name.

Sources: the alphabets and BGN/PCGN romanisation tables of Russian (1947), Ukrainian (2019), Belarusian
(1979), Bulgarian (2013), Serbian and Macedonian; Kazakh and Tajik letters by their national Latin forms.
Where those languages disagree, the letter becomes a capital, a sound that `sounds` reads in more ways
than one (see there).
"""

import re

_SHARED = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "J", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "X", "ц": "C", "ч": "S", "ш": "S", "щ": "Q", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia", "ё": "io",
}  # fmt: skip
_UKRAINIAN_BELARUSIAN = {"ґ": "g", "є": "ie", "і": "i", "ї": "i", "ў": "V"}
_SERBIAN_MACEDONIAN = {
    "ђ": "E", "ћ": "S", "ј": "j", "љ": "l", "њ": "n", "џ": "dJ", "ѓ": "g", "ќ": "k", "ѕ": "dz", "ѝ": "i",
}  # fmt: skip
_CENTRAL_ASIAN = {
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "ҳ": "h",
    "ҷ": "dJ", "ӣ": "i", "ӯ": "u",
}  # fmt: skip
_OLD = {"ѣ": "e", "ѳ": "f", "ѵ": "i"}

_TABLE = str.maketrans(_SHARED | _UKRAINIAN_BELARUSIAN | _SERBIAN_MACEDONIAN | _CENTRAL_ASIAN | _OLD)
_BULGARIAN_VOWEL = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])ъ(?=[бвгджзклмнпрстфхцчшщ])")
"""Първанов: between two consonants the hard sign is the Bulgarian vowel; Russian has it before vowels."""
_ENGLISH_W = re.compile(r"^у(?=[аеиоэіыя])")
"""Уильямс, Уотсон: how Russian and Ukrainian write an English W."""

_BELARUSIAN = re.compile(r"ў|[жшчрц]э|і.*[ыэ]|[ыэ].*і")
"""Letters that only Belarusian has together."""
_SOFT = re.compile(r"(?:дз|ц)(?=[іеёяюь])")
"""Дземчанка is Демченко, Ціханоўскі is Тихановский: Belarusian writes a soft d and t so."""


def is_cyrillic(text: str) -> bool:
    """Whether any letter comes from a Cyrillic alphabet."""
    return any("Ѐ" <= character <= "ӿ" for character in text)


def to_latin(text: str) -> str:
    """Transliterate lower-case text; letters of other scripts stay."""
    if _BELARUSIAN.search(text):
        text = _SOFT.sub(lambda match: "E" if match[0] == "дз" else "Z", text)
    return _BULGARIAN_VOWEL.sub("a", _ENGLISH_W.sub("W", text)).translate(_TABLE)
