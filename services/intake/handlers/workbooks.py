"""Excel workbooks, read: bounded, without macros, links or entities. Every sheet is a table of text."""

import io
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import defusedxml.ElementTree
import openpyxl
from openpyxl.utils.cell import range_boundaries

from services.intake.domain.errors import DomainError
from services.intake.domain.import_columns import LOOKED_AT
from services.intake.domain.import_table import MAX_COLUMNS, MAX_ROWS, Table, TooManyColumns, TooManyRows
from services.intake.domain.import_text import MAX_BYTES, FileTooLarge

if not openpyxl.DEFUSEDXML:  # pragma: no cover
    raise ImportError("workbooks of strangers are read with defusedxml only")

ZIP = b"PK\x03\x04"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_UNPACKED = 100_000_000
MAX_PARTS = 2_000
MOST_ROWS = 1_048_576
"""Of a spreadsheet, empty ones included. A row number beyond it is not one."""
MAX_MERGED = 50_000
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class DamagedWorkbook(DomainError):
    """This Excel file is damaged or not complete; open it in Excel, save it again and choose that file."""


class OldWorkbook(DomainError):
    """This is an Excel file of before 2007; open it, save it as an Excel workbook (.xlsx) and try again."""


class LockedWorkbook(DomainError):
    """This Excel file has a password; take the password away in Excel, save it, and try again."""


class SwollenWorkbook(DomainError):
    """This Excel file unpacks to far more than a table has; copy the cells into a new workbook."""


class NoSuchSheet(DomainError):
    """The file has no such sheet; choose one of those that it has."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """The names of the sheets, in their order, and those of them that have anything in their first rows."""

    names: tuple[str, ...]
    filled: tuple[str, ...]


def is_workbook(data: bytes) -> bool:
    """Whether this is an Excel file, by what it begins with and not by its name."""
    return data.startswith((ZIP, OLD))


def sheets(data: bytes) -> Sheets:
    """The sheets of a workbook. Raises what `read` raises."""
    with _opened(data) as book:
        names = tuple(sheet.title for sheet in book.worksheets)
        filled = tuple(sheet.title for sheet in book.worksheets if _has_cells(sheet))
    if not names:
        raise DamagedWorkbook()
    return Sheets(names, filled)


def read(data: bytes, name: str) -> Table:
    """One sheet. A formula gives the value that was kept with it; where none was, the cell is `lacking`.

    Raises DamagedWorkbook, OldWorkbook, LockedWorkbook, SwollenWorkbook, NoSuchSheet, TooManyRows,
    TooManyColumns, FileTooLarge.
    """
    with _opened(data) as book:
        table = _padded(_rows(_sheet(book, name)))
    source = _source(data, name)
    if source and _FORMULA.search(source):
        with _opened(data, formulas=True) as book:
            table = replace(table, lacking=_lacking(_sheet(book, name), table))
    return replace(table, merged=_merged(source, table))


class _opened:  # noqa: N801  (used like a function)
    """A workbook, closed again; whatever the library stumbles over becomes one of our sentences."""

    def __init__(self, data: bytes, *, formulas: bool = False) -> None:
        self._data, self._formulas = data, formulas
        self._book: Any = None

    def __enter__(self) -> Any:
        _check(self._data)
        try:
            self._book = openpyxl.load_workbook(
                io.BytesIO(self._data), read_only=True, data_only=not self._formulas, keep_links=False
            )
        except Exception as error:  # a damaged file makes the library fail in dozens of ways
            raise DamagedWorkbook() from error
        return self._book

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._book.close()
        if kind is not None and issubclass(kind, Exception) and not issubclass(kind, DomainError):
            raise DamagedWorkbook() from error


def _check(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FileTooLarge()
    if data.startswith(OLD):
        raise LockedWorkbook() if "EncryptedPackage".encode("utf-16-le") in data else OldWorkbook()
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise DamagedWorkbook() from None
    if any(part.flag_bits & 1 for part in parts):
        raise LockedWorkbook()
    # No part gives more than it declares: reading stops there.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise SwollenWorkbook()


def _sheet(book: Any, name: str) -> Any:
    found = next((sheet for sheet in book.worksheets if sheet.title == name), None)
    if found is None:
        raise NoSuchSheet()
    found.reset_dimensions()  # what a file says of its own size is not to be trusted
    return found


def _has_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(any(cell not in (None, "") for cell in row) for row in islice(_values(sheet), LOOKED_AT))


def _values(sheet: Any) -> Any:
    return sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)


def _rows(sheet: Any) -> list[tuple[str, ...]]:
    """The rows to the last filled one. Whole rows of nothing are usual: formats to the end of the sheet."""
    rows: list[tuple[str, ...]] = []
    empty = filled = 0
    for number, values in enumerate(_values(sheet), start=1):
        if number > MOST_ROWS:
            raise DamagedWorkbook()
        cells = _cells(values)
        if len(cells) > MAX_COLUMNS:
            raise TooManyColumns()
        if not cells:
            empty += 1
            continue
        filled += 1
        if filled + empty > 3 * MAX_ROWS or filled > MAX_ROWS + LOOKED_AT:
            raise TooManyRows()
        rows += [()] * empty + [cells]
        empty = 0
    return rows


def _cells(values: tuple[object, ...]) -> tuple[str, ...]:
    """A row as text up to its last filled cell. Most rows of a large sheet are empty and have to be cheap."""
    width = len(values)
    if values.count(None) == width:
        return ()
    while width and values[width - 1] is None:
        width -= 1
    cells = tuple(_text(value) for value in values[:width])
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _padded(rows: list[tuple[str, ...]]) -> Table:
    """Columns without a heading can be chosen as well, so the first rows are as wide as the table."""
    width = max(map(len, rows), default=0)
    wide = [row + ("",) * (width - len(row)) for row in rows[:LOOKED_AT]]
    return Table((*wide, *rows[LOOKED_AT:]))


def _text(value: object) -> str:
    """A cell as somebody would type it: dates as 1990-05-15, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value).strip()


def _lacking(sheet: Any, table: Table) -> frozenset[tuple[int, int]]:
    """Places of formulas where the reading of values found nothing."""
    found = set()
    for number, values in enumerate(islice(_values(sheet), len(table.rows)), start=1):
        known = table.rows[number - 1]
        for place, value in enumerate(values, start=1):
            is_formula = (isinstance(value, str) and value.startswith("=")) or hasattr(value, "ref")
            if is_formula and (place > len(known) or not known[place - 1]):
                found.add((number, place))
    return frozenset(found)


def _source(data: bytes, name: str) -> bytes:
    """The XML of a sheet; empty where the workbook is built in an unusual way."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            book = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = defusedxml.ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            wanted = next(
                one.get(_RELATION)
                for one in book.iter()
                if _local(one) == "sheet" and one.get("name") == name
            )
            target = next(one.get("Target") or "" for one in links if one.get("Id") == wanted)
            path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            return archive.read(path)
        except (KeyError, StopIteration):
            return b""


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _merged(source: bytes, table: Table) -> dict[tuple[int, int], str]:
    """The cells that are one with another, and its value; areas without a value say nothing."""
    found: dict[tuple[int, int], str] = {}
    for match in _MERGED.finditer(source):
        left, top, right, bottom = range_boundaries(match[1].decode("ascii"))
        if not (left and top and right and bottom) or top > len(table.rows):
            continue
        row = table.rows[top - 1]
        value = row[left - 1] if left <= len(row) else ""
        if not value:
            continue
        for number in range(top, min(bottom, len(table.rows)) + 1):
            for place in range(left, min(right, MAX_COLUMNS) + 1):
                if (number, place) != (top, left):
                    found[number, place] = value
            if len(found) > MAX_MERGED:
                raise SwollenWorkbook()
    return found
