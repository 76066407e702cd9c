"""A folded spelling with vowels: finer than a skeleton, for a comparison letter by letter."""

import re

from services.intake.domain.names.sounds import READINGS, depends, tokens, units

_SPELLED = {
    "g": "g", "gh": "g", "Y": "g", "h": "h", "X": "h", "H": "h", "kh": "h", "f": "f", "ph": "f", "y": "i",
    "j": "i", "U": "u", "a": "a", "o": "o", "u": "u", "e": "e", "i": "i",
}  # fmt: skip
_LETTER = {unit: readings[0][0].lower() for unit, readings in READINGS.items()} | _SPELLED
_GLIDE = re.compile(r"(?:^|(?<=[aou]))ie")
_TWICE = re.compile(r"(.)\1+")


def plain(folded: str) -> str:
    """Lower-case ASCII letters; one letter for all sibilants, i for y and j, no letter twice in a row.

    `szewczuk`, `shevchuk` and `chevtchouk` are all `sevsuk`.
    """
    if depends(folded):
        letters = "".join(_letter(unit, readings[0][0]) for unit, readings in tokens(folded))
    else:
        letters = "".join(map(_LETTER.__getitem__, units(folded)))
    return _TWICE.sub(r"\1", _GLIDE.sub("e", letters.replace("ou", "u")))


def _letter(unit: str, usual: str) -> str:
    """Of a unit; what it is called after where it stands: c is k or s, ch is h or s, a silent h nothing."""
    if unit in ("c", "ck", "rz", "A"):
        return usual.lower()
    if unit == "ch":
        return "h" if usual == "K" else "s"
    return _LETTER[unit]
