"""Excel workbooks, written: text stays text, and no cell is ever a formula (case 50)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAULTY = PatternFill("solid", fgColor="FFF2C94C")
_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = {number: None for number in range(32) if number not in (9, 10, 13)}
MAX_CELL = 32_000


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One sheet to write."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Row and place, both from 1 below the headings -> what is wrong with the cell, which is marked."""


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    bare = text.translate(_NOT_IN_XML)[:MAX_CELL]
    return f"'{bare}" if bare.lstrip(" ").startswith(_DANGEROUS) or bare.startswith(_DANGEROUS) else bare


def write(sheets: Sequence[Sheet], author: str = "Myosotis") -> bytes:
    """A workbook with these sheets."""
    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(one.title[:31])
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(one.headings, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = min(max(len(heading) + 2, 12), 40)
        sheet.append([_cell(sheet, heading, bold=True) for heading in one.headings])
        for number, row in enumerate(one.rows, start=1):
            cells = [_cell(sheet, value) for value in row]
            for place, cell in enumerate(cells, start=1):
                note = one.notes.get((number, place))
                if note:
                    cell.fill = FAULTY
                    cell.comment = Comment(note, author, height=120, width=280)
            sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, value: str | int, *, bold: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value=safe(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = _WRAPPED
    if bold:
        cell.font = _BOLD
    return cell
