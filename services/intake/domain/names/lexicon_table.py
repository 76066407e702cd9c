"""Makes `equivalents.csv` from `equivalents.txt`, with the spellings and skeletons of this version.

    python -m services.intake.domain.names.lexicon_table

Run it after every change of the rows or of what names sound like, before `frequency_table`; a test compares.
Spellings of 4,000 names cost a tenth of a second, which no start of a process should pay: so they are kept.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from services.intake.domain.names import joining
from services.intake.domain.names.lexicon import SHORTEST_SOUND, TABLES_FILE, Tables, sound, without_case
from services.intake.domain.names.plain import plain
from services.intake.domain.names.sounds import sounds
from services.intake.domain.names.spelling import fold

ROWS_FILE = "equivalents.txt"
HEADER = "table,form,skeletons"

_Found = dict[str, dict[str, None]]


def rows() -> list[list[str]]:
    """One list of names a row, the full form first."""
    text = files(__package__).joinpath(ROWS_FILE).read_text("utf-8")
    return [line.replace(":", " ").split() for line in text.splitlines() if line and not line.startswith("#")]


def of_full_form(word: str) -> str:
    """The skeleton that a row has: that of its full form, from which no ending is cut."""
    return joining.skeleton("".join(unit[0][0] for unit in sounds(fold(word))))


def tables() -> Tables:
    """The three tables, in the order of the rows."""
    spellings: _Found = {}
    stems: _Found = {}
    voiced: _Found = {}
    named = [(of_full_form(row[0]), row) for row in rows()]
    for skeleton, row in named:  # a full form is first of all itself
        spellings[plain(fold(row[0]))] = {skeleton: None}
    for skeleton, row in named:
        for folded in map(fold, row):
            spelled = plain(folded)
            spellings.setdefault(spelled, {}).setdefault(skeleton)
            stems.setdefault(without_case(spelled), {}).setdefault(skeleton)
            if len(sounded := sound(folded)) >= SHORTEST_SOUND:
                voiced.setdefault(sounded, {}).setdefault(skeleton)
    return Tables(
        {spelled: tuple(found) for spelled, found in spellings.items()}, _of_one(stems), _of_one(voiced)
    )


def render() -> str:
    """The text of `equivalents.csv`."""
    made = tables()
    lines = [HEADER]
    for name, table in zip(Tables._fields, made, strict=True):
        lines += [f"{name},{form},{' '.join(found)}" for form, found in sorted(table.items())]
    return "\n".join(lines) + "\n"


def _of_one(found: Mapping[str, dict[str, None]]) -> dict[str, tuple[str, ...]]:
    """Those that lead to one skeleton only."""
    return {form: tuple(skeletons) for form, skeletons in found.items() if len(skeletons) == 1}


if __name__ == "__main__":
    Path(__file__).with_name(TABLES_FILE).write_text(render(), "utf-8")
