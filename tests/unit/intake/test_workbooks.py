"""Excel files: read with their traps, refused in a sentence, written so that no cell is a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl import Workbook

from services.intake.domain.errors import DomainError
from services.intake.domain.import_columns import propose
from services.intake.domain.import_table import TooManyColumns, TooManyRows
from services.intake.domain.import_text import FileTooLarge
from services.intake.domain.imports import examine
from services.intake.handlers import import_files, workbook_writer, workbooks
from services.intake.handlers.workbooks import (
    DamagedWorkbook,
    LockedWorkbook,
    NoSuchSheet,
    OldWorkbook,
    SwollenWorkbook,
)
from tests.web.tables import saved, workbook

TODAY = date(2026, 11, 21)
AT = datetime(2024, 5, 1, 13, 30)  # noqa: DTZ001  (a cell has no time zone)
GOOD = workbook(["id", "kind", "family_name"], ["1", "missing", "Testauskas"])


def with_part(data: bytes, name: str, change: object) -> bytes:
    """The workbook with one part changed by a function, or added as bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            kept = old.read(part)
            new.writestr(part, change(kept) if part == name and callable(change) else kept)
        if isinstance(change, bytes):
            new.writestr(name, change)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_dates_numbers_and_truth_are_read_as_somebody_would_type_them() -> None:
    data = workbook(
        ["id", "kind", "family_name", "date_of_birth", "height_cm", "protect_location", "last_seen_date"],
        [1, "missing", "Testauskas", date(1990, 5, 15), 170.0, True, AT],
        ["2", "missing", "Testaitė", 32642, "168", False, None],
    )
    table = import_files.read(data).table
    assert table.rows[1] == ("1", "missing", "Testauskas", "1990-05-15", "170", "yes", "2024-05-01 13:30:00")
    found = examine(table, propose(table), TODAY)
    assert str(found.accepted[0].case.person.last_seen.date) == "2024-05-01"
    [problem] = found.problems
    assert (problem.column, problem.repair, problem.proposal) == ("date_of_birth", "day_number", "1989-05-14")


def test_a_formula_gives_its_value_and_without_one_it_is_named() -> None:
    data = workbook(["id", "kind", "family_name"], ["1", "missing", '="Test"&"as"'], ["2", "found", "Testas"])
    table = import_files.read(data).table
    assert table.lacking == {(2, 3)}
    found = examine(table, propose(table), TODAY)
    assert [(one.row, one.column) for one in found.problems] == [(2, "family_name")]
    assert "formula whose value" in found.problems[0].message

    def with_value(xml: bytes) -> bytes:
        return xml.replace(b'r="C2"', b'r="C2" t="str"').replace(b"<v />", b"<v>Testas</v>")

    kept = with_part(data, SHEET, with_value)
    cached = import_files.read(kept).table
    assert cached.lacking == frozenset()
    assert cached.rows[1][2] == "Testas"


def test_merged_cells_are_proposed_and_a_title_above_the_headings_is_passed_over() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["Šeimų paramos centras, 2019"],
        [],
        ["Nr.", "Rūšis", "Vardas", "Pavardė"],
        ["1", "missing", "Ona", "Testaitė"],
        ["2", None, "Jonas", None],
    ):
        sheet.append(row)
    for area in ("A1:D1", "B4:B5", "D4:D5"):
        sheet.merge_cells(area)
    table = import_files.read(saved(book)).table
    layout = propose(table)
    assert (layout.heading_row, layout.columns) == (3, ("id", "kind", "given_name", "family_name"))
    found = examine(table, layout, TODAY)
    assert [one.row for one in found.accepted] == [4]
    proposed = {(one.row, one.column, one.proposal) for one in found.problems if one.repair == "merged"}
    assert proposed == {(5, "kind", "missing"), (5, "family_name", "Testaitė")}


def test_the_first_sheet_with_cells_is_read_and_another_one_can_be_chosen() -> None:
    book = Workbook()
    book.worksheets[0].title = "Tuščias"
    for title, name in (("2019", "Testauskas"), ("2020", "Testienė")):
        sheet = book.create_sheet(title)
        sheet.append(["id", "kind", "family_name"])
        sheet.append(["1", "missing", name])
    data = saved(book)
    found = import_files.read(data)
    assert (found.sheets, found.sheet) == (("2019", "2020"), "2019")
    assert import_files.read(data, sheet="2020").table.rows[1][2] == "Testienė"
    with pytest.raises(NoSuchSheet):
        import_files.read(data, sheet="2021")


def test_empty_rows_and_formats_to_the_end_of_the_sheet_cost_nothing() -> None:
    far = with_part(
        GOOD, SHEET, lambda xml: xml.replace(b"</sheetData>", b'<row r="90000" ht="15"/></sheetData>')
    )
    assert len(import_files.read(far).table.rows) == 2


def encrypted(data: bytes) -> bytes:
    """The central directory says that a part is encrypted."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + bytes([data[at + 8] | 1]) + data[at + 9 :]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (DamagedWorkbook, GOOD[:200]),
        (DamagedWorkbook, GOOD[: len(GOOD) // 2]),
        (DamagedWorkbook, b"PK\x03\x04" + bytes(300)),
        (DamagedWorkbook, with_part(GOOD, SHEET, lambda xml: xml[: len(xml) // 2])),
        (DamagedWorkbook, with_part(GOOD, "xl/workbook.xml", lambda _: b"<x/>")),
        (DamagedWorkbook, with_part(GOOD, "xl/workbook.xml", lambda xml: BOMB + xml)),
        (DamagedWorkbook, with_part(GOOD, SHEET, lambda xml: BOMB + xml.replace(b"missing", b"&b;"))),
        (OldWorkbook, OLE),
        (LockedWorkbook, OLE + "EncryptedPackage".encode("utf-16-le")),
        (LockedWorkbook, encrypted(GOOD)),
        (SwollenWorkbook, with_part(GOOD, "xl/media/big", bytes(workbooks.MAX_UNPACKED))),
        (FileTooLarge, GOOD + bytes(10_000_001)),
        (TooManyColumns, workbook([f"c{number}" for number in range(201)])),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_workbook_that_cannot_be_read_says_what_to_do(error: type[DomainError], data: bytes) -> None:
    """Case 51: a bomb, a cut, a locked and an old file."""
    with pytest.raises(error) as raised:
        import_files.read(data)
    assert str(raised.value).endswith(".")


def test_a_row_that_no_spreadsheet_has_is_not_counted_up_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 1_000)
    data = with_part(GOOD, SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'))
    with pytest.raises(DamagedWorkbook):
        import_files.read(data)


def test_more_rows_than_the_limit_are_refused() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("x")
    for number in range(20_030):
        sheet.append([number])
    with pytest.raises(TooManyRows):
        import_files.read(saved(book))


def test_links_to_other_files_are_not_followed_and_macros_not_kept() -> None:
    """An external reference is a formula like any other: its kept value, or nothing."""
    data = workbook(["id", "kind", "family_name"], ["1", "missing", "=[http://127.0.0.1:9/x.xlsx]Sheet1!A1"])
    assert import_files.read(with_part(data, "xl/vbaProject.bin", b"\x00" * 64)).table.lacking == {(2, 3)}


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_what_is_written_is_never_a_formula(text: str) -> None:
    """Case 50."""
    data = workbook_writer.write([workbook_writer.Sheet("x", ["a"], [[text], [7]])])
    cell, number = (
        row[0] for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2)
    )
    assert (cell.data_type, number.data_type) == ("s", "n")
    assert str(cell.value).startswith("'")


def test_a_cell_to_mend_is_marked_and_has_a_note() -> None:
    sheet = workbook_writer.Sheet("x", ["a", "b"], [["1", "2"]], {(1, 2): "Mend this."})
    read = openpyxl.load_workbook(io.BytesIO(workbook_writer.write([sheet]))).worksheets[0]
    assert read["B2"].comment is not None
    assert read["B2"].comment.text == "Mend this."
    assert read["B2"].fill.fgColor.rgb == "FFF2C94C"
    assert read["A2"].comment is None
