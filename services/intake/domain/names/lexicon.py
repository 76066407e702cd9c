"""Nicknames, and the forms that one given name has in several languages.

A name is looked up by its spelling, then by its spelling without the ending of its case, then by its
sound; the later two only where they lead to one row. The three tables are read from `equivalents.csv`, which
`lexicon_table` makes from `equivalents.txt`.
"""

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from services.intake.domain.names import joining
from services.intake.domain.names.endings import stem
from services.intake.domain.names.plain import plain
from services.intake.domain.names.sounds import sounds

TABLES_FILE = "equivalents.csv"
SHORTEST_SOUND = 4
"""Letters of a voiced form that may be looked up by sound."""

_CASE = re.compile(r"(?<=..)(?:[aeiou]s|[aeiou])$")
_DATIVE = re.compile(r"(?<=...)ui$")
"""Jonui: looked up without the ending, if the rest is listed."""
_DIMINUTIVE = re.compile(r"(?<=...)(?:i?uk|el|ut|it|us|in|usk|usenk|osk|esk)(?:[aeiou]s?|s)$")
"""Karoliukas, Jurgelis, Annuška, Jānītis: looked up without the ending, if the rest is listed."""


class Tables(NamedTuple):
    """From a form to the skeletons of the full names that it stands for, the likeliest first."""

    spelling: dict[str, tuple[str, ...]]
    stem: dict[str, tuple[str, ...]]
    """Spellings without an ending, that lead to one row only."""
    sound: dict[str, tuple[str, ...]]
    """Voiced forms that lead to one row only."""


def skeletons(folded: str) -> tuple[str, ...]:
    """Skeletons of the full forms that a folded given name stands for, the likeliest first."""
    table, spelled = _tables(), plain(folded)
    found = table.spelling.get(spelled) or table.stem.get(spelled) or table.stem.get(without_case(spelled))
    for ending in (_DIMINUTIVE, _DATIVE):
        if found is None and (cut := ending.search(spelled)) is not None:
            rest = spelled[: cut.start()]
            found = table.spelling.get(rest) or table.stem.get(rest)
    return found or table.sound.get(sound(folded), ())


def without_case(spelled: str) -> str:
    """A plain spelling without the ending of a grammatical case."""
    return _CASE.sub("", spelled)


def sound(folded: str) -> str:
    """The voiced form by which a folded name is looked up."""
    return joining.voiced("".join(unit[0][0] for unit in sounds(stem(folded))))


@cache
def _tables() -> Tables:
    found = Tables({}, {}, {})
    for line in files(__package__).joinpath(TABLES_FILE).read_text("utf-8").splitlines()[1:]:
        which, form, named = line.split(",")
        getattr(found, which)[form] = tuple(named.split(" "))
    return found
