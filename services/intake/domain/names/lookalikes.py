"""Letters of another alphabet that look the same: `Иванoв` with a Latin o is Иванов.

Pairs that look alike as capitals or as small letters (a selection from Unicode's confusables.txt,
Technical Standard 39). Only a word that becomes one script altogether is changed; a word with letters
that belong to two scripts for certain stays, and each letter is read by its own.
"""

_LATIN_CYRILLIC = dict(zip("abcehijkmopstxy", "авсеніјкморѕтху", strict=True))
_LATIN_GREEK = dict(zip("abehikmnoptvxyz", "αβεηικμνορτνχυζ", strict=True))
_TO_CYRILLIC = str.maketrans(_LATIN_CYRILLIC)
_FROM_CYRILLIC = str.maketrans({cyrillic: latin for latin, cyrillic in _LATIN_CYRILLIC.items()})
_TO_GREEK = str.maketrans(_LATIN_GREEK)
_FROM_GREEK = str.maketrans({greek: latin for latin, greek in _LATIN_GREEK.items()})


def one_script(word: str) -> str:
    """The lower-case word with its look-alikes in the script of its other letters."""
    if word.isascii():
        return word
    latin = sum("a" <= letter <= "z" for letter in word)
    if not latin:
        return word
    cyrillic = sum("Ѐ" <= letter <= "ӿ" for letter in word)
    greek = sum("Ͱ" <= letter <= "Ͽ" for letter in word)
    if cyrillic:
        return _settle(word, cyrillic >= latin, _TO_CYRILLIC, _FROM_CYRILLIC)
    if greek:
        return _settle(word, greek >= latin, _TO_GREEK, _FROM_GREEK)
    return word


def _settle(word: str, other_first: bool, to_other: dict[int, str], to_latin: dict[int, str]) -> str:
    other, latin = word.translate(to_other), word.translate(to_latin)
    tries = (other, latin) if other_first else (latin, other)
    for settled in tries:
        has_latin = any(letter < "ɐ" for letter in settled if letter.isalpha())
        has_other = any("Ͱ" <= letter <= "ӿ" for letter in settled)
        if has_latin != has_other:
            return settled
    return word
