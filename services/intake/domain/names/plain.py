"""A folded spelling with vowels: finer than a skeleton, for a comparison letter by letter."""

import re

from services.intake.domain.names.sounds import tokens

_OF_UNIT = {
    "g": "g", "gh": "g", "Y": "g", "h": "h", "X": "h", "H": "h", "kh": "h", "f": "f", "ph": "f", "y": "i",
    "j": "i", "U": "u", "a": "a", "o": "o", "u": "u", "e": "e", "i": "i",
}  # fmt: skip
_GLIDE = re.compile(r"(?:^|(?<=[aou]))ie")
_OU = re.compile(r"ou")
_TWICE = re.compile(r"(.)\1+")


def plain(folded: str) -> str:
    """Lower-case ASCII letters; one letter for all sibilants, i for y and j, no letter twice in a row.

    `szewczuk`, `shevchuk` and `chevtchouk` are all `sevsuk`.
    """
    letters = []
    for unit, readings in tokens(folded):
        usual = readings[0][0]
        letter = _OF_UNIT.get(unit)
        if letter is None:
            letter = "h" if unit == "ch" and usual == "K" else usual.lower()
        letters.append(letter)
    return _TWICE.sub(r"\1", _GLIDE.sub("e", _OU.sub("u", "".join(letters))))
