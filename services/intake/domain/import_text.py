"""From the bytes of a CSV file to a table: encoding, byte order mark, delimiter, cells."""

import codecs
import csv
import io
import re
from dataclasses import dataclass

from services.intake.domain.errors import DomainError
from services.intake.domain.import_columns import LOOKED_AT, column_of
from services.intake.domain.import_table import MAX_ROWS, Table, TooManyRows

MAX_BYTES = 10_000_000
csv.field_size_limit(MAX_BYTES)
"""The limit is the whole process's. With the library's own, a quote that is never closed is another error."""
CODE_PAGES = ("cp1257", "cp1252", "cp1251")
"""Baltic, western and Cyrillic Windows: tables saved without a mark of their encoding."""
ENCODINGS = ("utf-8", "utf-16", *CODE_PAGES)
_LETTERS = {
    "cp1257": frozenset("ąčęėįšųūžĄČĘĖĮŠŲŪŽāēīģķļņĀĒĪĢĶĻŅ"),
    "cp1252": frozenset("éèêëàâîïôûùçœÉÈÊÀÂÎÔÇßñ"),
}
"""Letters that a table in this code page is likely to have."""
_WHOLLY_ACCENTED = re.compile(r"[^\W\d_\x00-\x7f]{4,}")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")


class EmptyFile(DomainError):
    """The file is empty; choose the file with your table and try again."""


class UnreadableFile(DomainError):
    """The letters in this file cannot be read; save it from Excel as "CSV UTF-8" and try again."""


class FileTooLarge(DomainError):
    """The file is larger than 10 MB; split it into several files."""


@dataclass(frozen=True, slots=True, repr=False)
class TableText:
    """The decoded text of a file, with how it was read."""

    text: str
    encoding: str
    delimiter: str


def read(data: bytes, encoding: str = "") -> TableText:
    """Decode UTF-8, UTF-16 or a Windows code page; `encoding` if a person named one.

    Raises EmptyFile, UnreadableFile or FileTooLarge.
    """
    if len(data) > MAX_BYTES:
        raise FileTooLarge()
    text, encoding = (_strict(data, encoding), encoding) if encoding in ENCODINGS else _decode(data)
    if not text.strip():
        raise EmptyFile()
    if "\x00" in text or "\ufffd" in text:
        raise UnreadableFile()
    return TableText(text, encoding, _delimiter(text))


def table(read_text: TableText) -> Table:
    """The cells. Raises TooManyRows, TooManyColumns."""
    reader = csv.reader(io.StringIO(read_text.text, newline=""), delimiter=read_text.delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    filled = 0
    broken_at = None
    while True:
        try:
            cells = tuple(next(reader))
        except StopIteration:
            break
        except csv.Error:
            broken_at = len(rows) + 1
            break
        rows.append(cells)
        filled += any(cells)
        if filled > MAX_ROWS + LOOKED_AT:
            raise TooManyRows()
    return Table(tuple(rows), broken_at=broken_at)


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, encoding), encoding.removesuffix("-sig")
    if data[1:40:2].count(0) > len(data[1:40:2]) // 2:  # ASCII headings in UTF-16 without a mark
        return _strict(data, "utf-16-le"), "utf-16-le"
    if data[0:40:2].count(0) > len(data[0:40:2]) // 2:
        return _strict(data, "utf-16-be"), "utf-16-be"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _windows(data)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise UnreadableFile() from None


def _windows(data: bytes) -> tuple[str, str]:
    """The code page whose reading looks most like words; the person can name another one.

    Nearly every byte means something in each of them, so decoding alone proves nothing: no Baltic or western
    table has a word of four letters or more that are all accented, and a Cyrillic one has little else.
    """
    read = {}
    for encoding in CODE_PAGES:
        try:
            read[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if not read:
        raise UnreadableFile()
    latin = read.get("cp1257") or read.get("cp1252") or ""
    words = _WORD.findall(latin)
    if any(_WHOLLY_ACCENTED.fullmatch(word) for word in words):
        cyrillic = [word for word in _WORD.findall(read.get("cp1251", "")) if not word.isascii()]
        if not cyrillic or not all(_CYRILLIC.fullmatch(word) for word in cyrillic):
            raise UnreadableFile()
        return read["cp1251"], "cp1251"
    best = max((one for one in read if one in _LETTERS), key=lambda one: _likely(read[one], one), default="")
    if not best:
        raise UnreadableFile()
    return read[best], best


def _likely(text: str, encoding: str) -> int:
    """How many letters speak for this code page, less those that no table of it would have."""
    strange = [one for one in text if not one.isascii() and one.isalpha()]
    return sum(1 if one in _LETTERS[encoding] else -1 for one in strange)


def _delimiter(text: str) -> str:
    """`;`, `,` or a tab: the one with which a line names most columns, or else parts into most cells."""
    lines = [line for line in text.lstrip().splitlines()[:LOOKED_AT] if line.strip()]

    def worth(mark: str) -> tuple[int, int]:
        parted = [_cells(line, mark) for line in lines]
        named = max(len({column_of(cell) for cell in cells} - {None}) for cells in parted)
        return named, len(parted[0])

    return max(";,\t", key=worth)


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return [line]
