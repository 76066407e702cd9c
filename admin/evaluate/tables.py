"""A CSV file of a person: its headings, and its rows under the numbers that a spreadsheet shows."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from admin.errors import AdminError
from services.intake.domain import import_text
from services.intake.domain.errors import DomainError


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row that is not empty."""

    number: int
    """The first row of the file is 1."""
    cells: list[str]
    """Without white space around them."""


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A whole file."""

    headings: tuple[str, ...]
    """Small, without white space around them; a heading that is empty names no column."""
    rows: tuple[Row, ...]


def read(path: Path) -> Table:
    """Read a table. Raises AdminError, with file and row, where it cannot be one."""
    try:
        text = import_text.read(path.read_bytes())
    except DomainError as problem:
        raise AdminError(f"{path.name}: {problem}") from None
    rows = _rows(path, text)
    first = next(rows, None)
    if first is None:
        raise AdminError(f"{path.name} has no rows; its first one must name the columns.")
    headings = tuple(cell.casefold() for cell in first.cells)
    for heading in headings:
        if heading and headings.count(heading) > 1:
            raise AdminError(
                f"{path.name}: row {first.number} names the column '{heading}' twice; rename one of them."
            )
    return Table(headings, tuple(rows))


def place(path: Path, table: Table, column: str, wanted: Sequence[str]) -> int:
    """Where a column that must be there is. Raises AdminError, which says what is there instead."""
    if column in table.headings:
        return table.headings.index(column)
    found = ", ".join(heading[:40] for heading in table.headings[:20] if heading)
    raise AdminError(
        f"{path.name} has no column '{column}': its first row names {found or 'nothing'}. "
        f"Name the columns there: {', '.join(wanted)}."
    )


def _rows(path: Path, table: import_text.TableText) -> Iterator[Row]:
    csv.field_size_limit(import_text.MAX_BYTES)  # a value that is too long is told of by row and column
    lines = list(io.StringIO(table.text, newline=""))
    reader, before, number = csv.reader(lines, delimiter=table.delimiter), 0, 0
    for number, cells in enumerate(reader, start=1):
        if reader.line_num == len(lines):
            _check_quotes(path, number, lines[before:], table.delimiter)
        before = reader.line_num
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield Row(number, stripped)


def _check_quotes(path: Path, number: int, lines: list[str], delimiter: str) -> None:
    """The last row: a quotation mark that nothing closes takes in all rows after it."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            raise AdminError(
                f'{path.name}: in row {number} a quotation mark " opens a cell and is never closed, so all '
                "that follows would be one cell. Close it or take it out."
            ) from None
