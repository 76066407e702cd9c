"""From the bytes of a file to a table, whatever kind of file it is."""

from dataclasses import dataclass

from services.intake.domain import import_text
from services.intake.domain.import_table import Table
from services.intake.handlers import workbooks


@dataclass(frozen=True, slots=True, repr=False)
class FileTable:
    """One sheet of a file, and what can be chosen about the file."""

    table: Table
    sheets: tuple[str, ...] = ()
    """All sheets of a workbook; empty for CSV."""
    sheet: str = ""
    encoding: str = ""
    """Of a CSV file; empty for a workbook."""
    delimiter: str = ""


def read(data: bytes, *, sheet: str = "", encoding: str = "") -> FileTable:
    """Read a workbook or a CSV file; without `sheet` the first one that has anything in it.

    Raises the DomainErrors of import_text and workbooks.
    """
    if not workbooks.is_workbook(data):
        text = import_text.read(data, encoding)
        return FileTable(import_text.table(text), encoding=text.encoding, delimiter=text.delimiter)
    found = workbooks.sheets(data)
    chosen = sheet or (found.filled or found.names)[0]
    table = workbooks.read(data, chosen)
    if not table.rows:
        raise import_text.EmptyFile()
    return FileTable(table, sheets=found.filled or found.names, sheet=chosen)
