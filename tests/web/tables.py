"""Tables for the import: made here, cell by cell, and carried through the desk."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import Workbook

from tests.web.house import Browser


def uploaded(browser: Browser, data: bytes, name: str = "table.csv") -> str:
    """Upload a file; the address of its draft."""
    answer = browser.send("/import", table=(io.BytesIO(data), name))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).removesuffix("/columns")


def columns_form(page: str) -> dict[str, str]:
    """What stands in the form of the columns."""
    found = {}
    for name, inside in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return found | {"heading_row": str(re.search(r'name="heading_row"[^>]* value="(\d+)"', page)[1])}  # type: ignore[index]


def tried_out(browser: Browser, path: str, **changes: str) -> str:
    """Say yes to the proposed columns, with these changes; the page of the dry run."""
    form = columns_form(browser.get(f"{path}/columns").get_data(as_text=True)) | changes
    return browser.follow(f"{path}/columns", **form).get_data(as_text=True)


def workbook(*rows: list[Any], title: str = "Sheet1") -> bytes:
    """An Excel file with one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """A workbook as bytes."""
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
