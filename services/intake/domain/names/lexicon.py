"""Nicknames, and the forms that one given name has in several languages: equivalents.txt.

A name is looked up by its spelling, then by its spelling without the ending of its case, then by its
sound; the later two only where they lead to one row.
"""

import re
from functools import cache
from importlib.resources import files

from services.intake.domain.names import joining
from services.intake.domain.names.endings import stem
from services.intake.domain.names.plain import plain
from services.intake.domain.names.sounds import sounds
from services.intake.domain.names.spelling import fold

_CASE = re.compile(r"(?<=..)(?:[aeiou]s|[aeiou])$")
_DIMINUTIVE = re.compile(r"(?<=...)(?:i?uk|el|ut|it|us|in|usk|usenk|osk|esk)(?:[aeiou]s?|s)$")
"""Karoliukas, Jurgelis, Annuška, Jānītis: looked up without the ending, if the rest is listed."""
_SHORTEST_SOUND = 4
"""Letters of a voiced form that may be looked up by sound."""


def skeletons(folded: str) -> tuple[str, ...]:
    """Skeletons of the full forms that a folded given name stands for, the likeliest first."""
    by_spelling, by_stem = _tables()
    spelled = plain(folded)
    found = by_spelling.get(spelled) or by_stem.get(spelled) or by_stem.get(_CASE.sub("", spelled))
    if found is None and (small := _DIMINUTIVE.search(spelled)) is not None:
        rest = spelled[: small.start()]
        found = by_spelling.get(rest) or by_stem.get(rest)
    return found or _by_sound().get(_sound(folded), ())


def rows() -> list[list[str]]:
    """One list of names a row, the full form first."""
    text = (files("services.intake.domain.names") / "equivalents.txt").read_text("utf-8")
    return [line.replace(":", " ").split() for line in text.splitlines() if line and not line.startswith("#")]


def of_full_form(word: str) -> str:
    """The skeleton that a row has: that of its full form, from which no ending is cut."""
    return joining.skeleton("".join(unit[0][0] for unit in sounds(fold(word))))


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Spellings, and spellings without an ending that lead to one row only."""
    by_spelling: dict[str, dict[str, None]] = {}
    by_stem: dict[str, dict[str, None]] = {}
    named = [(of_full_form(row[0]), row) for row in rows()]
    for skeleton, row in named:  # a full form is first of all itself
        by_spelling[plain(fold(row[0]))] = {skeleton: None}
    for skeleton, row in named:
        for word in row:
            spelled = plain(fold(word))
            by_spelling.setdefault(spelled, {}).setdefault(skeleton)
            by_stem.setdefault(_CASE.sub("", spelled), {}).setdefault(skeleton)
    return (
        {spelled: tuple(found) for spelled, found in by_spelling.items()},
        {spelled: tuple(found) for spelled, found in by_stem.items() if len(found) == 1},
    )


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    table: dict[str, dict[str, None]] = {}
    for row in rows():
        skeleton = of_full_form(row[0])
        for word in row:
            sound = _sound(fold(word))
            if len(sound) >= _SHORTEST_SOUND:
                table.setdefault(sound, {}).setdefault(skeleton)
    return {sound: tuple(found) for sound, found in table.items() if len(found) == 1}


def _sound(folded: str) -> str:
    return joining.voiced("".join(unit[0][0] for unit in sounds(stem(folded))))
