"""The form of the columns of a table, and the file of what has to be mended."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.intake.desk.formats import colon
from services.intake.desk.i18n import gettext
from services.intake.desk.import_words import ENCODINGS
from services.intake.desk.sentences import said
from services.intake.desk.wording import label
from services.intake.domain.codes import CaseKind
from services.intake.domain.import_columns import COLUMNS, headings, samples
from services.intake.domain.import_table import DAY_ORDERS, MAX_COLUMNS, Layout
from services.intake.domain.imports import DryRun
from services.intake.handlers.import_drafts import Draft
from services.intake.handlers.workbook_writer import Sheet

_CELL = re.compile(r"(\d{1,7}):([a-z_]{1,40})", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Column:
    """One line of the form."""

    place: int
    heading: str
    samples: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True, repr=False)
class ColumnsForm:
    """The form as it is shown; whatever was chosen stands in it again."""

    layout: Layout
    columns: tuple[Column, ...]
    sheet: str
    encoding: str
    template: str = ""

    def file_changes(self, draft: Draft) -> dict[str, Any]:
        """What is to be read anew: the sheet, the letters or the row of the headings."""
        settings = draft.settings
        changes: dict[str, Any] = {"heading_row": self.layout.heading_row}
        if self.sheet != settings.sheet and self.sheet in settings.sheets:
            return {"sheet": self.sheet}
        if self.encoding != settings.encoding and settings.encoding and self.encoding in ENCODINGS:
            return {"encoding": self.encoding}
        return changes


def of_draft(draft: Draft) -> ColumnsForm:
    """The form as the draft has it."""
    settings = draft.settings
    layout = settings.layout
    return ColumnsForm(layout, _columns(draft, layout), settings.sheet, settings.encoding)


def read(form: Mapping[str, str], draft: Draft) -> ColumnsForm:
    """What somebody chose; a value that no list has counts as nothing chosen."""
    old = draft.settings.layout
    count = min(max(len(headings(draft.table, old.heading_row)), len(old.columns)), MAX_COLUMNS)
    chosen = [form.get(f"column_{place}", "") for place in range(count)]
    row = form.get("heading_row", "")
    kind = form.get("kind", "")
    layout = replace(
        old,
        columns=tuple(one if one in COLUMNS else None for one in chosen),
        heading_row=int(row)
        if row.isdecimal() and 0 < int(row[:7]) <= len(draft.table.rows)
        else old.heading_row,
        day_order=form.get("day_order", "") if form.get("day_order") in DAY_ORDERS else "",
        kind=CaseKind(kind) if kind in CaseKind.__members__.values() else None,
    )
    template = form.get("template", "").strip()
    shown = replace(layout, heading_row=old.heading_row)
    return ColumnsForm(
        layout, _columns(draft, shown), form.get("sheet", ""), form.get("encoding", ""), template
    )


def is_arranged(draft: Draft) -> bool:
    """Whether it is known what kind of case a row is; without it nothing can be tried out."""
    layout = draft.settings.layout
    return "kind" in layout.columns or layout.kind is not None


def cell_of(text: str) -> tuple[int, str] | None:
    """Row and column of a ticked cell."""
    found = _CELL.fullmatch(text)
    return (int(found[1]), found[2]) if found and found[2] in COLUMNS else None


def sheet_of_problems(draft: Draft, found: DryRun) -> Sheet:
    """Headings and only the rows with a problem; each cell to mend has a note."""
    layout = draft.settings.layout
    rows = sorted({one.row for one in found.problems})
    lines = {row: number for number, row in enumerate(rows, start=1)}
    places = {column: place for place, column in enumerate(layout.columns, start=1) if column}
    notes: dict[tuple[int, int], list[str]] = {}
    for one in found.problems:
        note = said(one.message)
        if one.proposal:
            note += f" {gettext('Proposed')}{colon()} {one.proposal}"
        notes.setdefault((lines[one.row], places.get(one.column, 1)), []).append(note)
    named = headings(draft.table, layout.heading_row)
    return Sheet(
        title=gettext("To be mended"),
        headings=named,
        rows=[_wide(draft.table.rows[row - 1], len(named)) for row in rows if row <= len(draft.table.rows)],
        notes={where: "\n".join(dict.fromkeys(texts)) for where, texts in notes.items()},
    )


def _row(text: str, last: int) -> int:
    """The number of a row that the table has; 0 for anything else."""
    number = int(text) if re.fullmatch(r"[0-9]{1,7}", text) else 0
    return number if number <= last else 0


def _wide(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _columns(draft: Draft, layout: Layout) -> tuple[Column, ...]:
    named = headings(draft.table, layout.heading_row)
    return tuple(
        Column(place, heading, samples(draft.table, layout, place), _chosen(layout, place))
        for place, heading in enumerate(named)
    )


def _chosen(layout: Layout, place: int) -> str:
    return (layout.columns[place] if place < len(layout.columns) else None) or ""


def column_choices() -> list[tuple[str, str]]:
    """Every column that a table can have, in words."""
    return [(column, label("field", column)) for column in COLUMNS]
