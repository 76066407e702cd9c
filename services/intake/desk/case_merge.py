"""Two people changed one case: what each of them touched, put together (case 59).

A field that the reader did not touch takes the value that is stored now. So saving the page again replaces
only what this person really changed, and never wipes what a colleague wrote meanwhile.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.intake.desk.case_form import FIELDS, CaseForm


@dataclass(frozen=True, slots=True, repr=False)
class Merged:
    """A form to look at and to send again."""

    form: CaseForm
    taken: list[tuple[str, str]]
    """Fields that a colleague changed and this person did not: they stand in the form as stored."""
    both: list[tuple[str, str]]
    """Fields that both changed: the form has this person's text, the pair what is stored now."""


def merge(mine: CaseForm, stored: CaseForm, fields: Sequence[str] = FIELDS) -> Merged:
    """`mine` as it was typed, over what is stored now. Its base says what it looked like when it was opened.

    Without a base, as a page of an older version sends it, everything that differs counts as typed.
    """
    base = _unpacked(mine.base)
    values, languages, marks = dict(stored.values), stored.languages, stored.marks
    taken, both = [], []
    for name in fields:
        was, typed, now = base.get(name), mine.part(name), stored.part(name)
        if typed == now:
            continue
        if was is not None and typed == was:
            taken.append((name, now))
            continue
        if was is None or now != was:
            both.append((name, now))
        if name == "languages":
            languages = mine.languages
        elif name == "marks":
            marks = mine.marks
        else:
            values[name] = mine.of(name)
    form = replace(stored, values=values, languages=languages, marks=marks, errors=mine.errors)
    return Merged(form, taken, both)


def _unpacked(text: str) -> dict[str, str]:
    """What `CaseForm.packed` wrote; nothing for anything else."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}
