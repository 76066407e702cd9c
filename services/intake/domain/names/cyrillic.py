"""Cyrillic letters of Russian, Ukrainian and Belarusian in Latin letters.

Capital letters in the result are settled sounds (see `spelling`): S is any sibilant, X is the
sound of Russian х, which neighbours write kh, ch or h; C is ц, written c, ts or z.
"""

_SHARED = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "J", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "X", "ц": "C", "ч": "S", "ш": "S", "ю": "iu", "я": "ia",
    "ь": "",
}  # fmt: skip
_RUSSIAN = {"ё": "io", "щ": "S", "ъ": "", "ы": "y", "э": "e"}
_UKRAINIAN = {"ґ": "g", "є": "ie", "і": "i", "ї": "i", "щ": "S"}
_BELARUSIAN = {"ў": "v", "і": "i", "ё": "io", "ы": "y", "э": "e"}

_TABLE = str.maketrans(_SHARED | _RUSSIAN | _UKRAINIAN | _BELARUSIAN)
# The letters of the three alphabets never mean different consonants here: г is g or h, and both
# belong to one class. So one table serves all, and nobody has to know the language of a name.


def is_cyrillic(text: str) -> bool:
    """Whether any letter comes from a Cyrillic alphabet."""
    return any("Ѐ" <= character <= "ӿ" for character in text)


def to_latin(text: str) -> str:
    """Transliterate lower-case text; letters of other scripts stay."""
    return text.translate(_TABLE)
