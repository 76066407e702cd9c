"""From the bytes of a CSV file to text: encoding, byte order mark and delimiter."""

import codecs
import csv
import re
from dataclasses import dataclass

from services.intake.domain.errors import DomainError

MAX_BYTES = 20_000_000
_WHOLLY_ACCENTED = re.compile(r"[^\W\d_\x00-\x7f]{4,}")
_WORD = re.compile(r"[^\W\d_]+")


class EmptyFile(DomainError):
    """The file is empty; choose the file with your table and try again."""


class UnreadableFile(DomainError):
    """The letters in this file cannot be read; save it from Excel as "CSV UTF-8" and try again."""


class FileTooLarge(DomainError):
    """The file is larger than 20 MB; split it into several files."""


@dataclass(frozen=True, slots=True, repr=False)
class TableText:
    """The decoded text of a file, with how it was read."""

    text: str
    encoding: str
    delimiter: str


def read(data: bytes) -> TableText:
    """Decode UTF-8, UTF-16 or Windows-1257; raises EmptyFile, UnreadableFile or FileTooLarge."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge()
    text, encoding = _decode(data)
    if not text.strip():
        raise EmptyFile()
    if "\x00" in text or "\ufffd" in text:
        raise UnreadableFile()
    return TableText(text, encoding, _delimiter(text))


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
        return _baltic(data), "cp1257"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile() from None


def _baltic(data: bytes) -> str:
    """Windows-1257; refused when its words look like Cyrillic of Windows-1251 read wrongly.

    Nearly every byte means something in cp1257, so decoding alone proves nothing: a real Baltic
    table has no word of four letters or more that are all accented.
    """
    text = _strict(data, "cp1257")
    if any(_WHOLLY_ACCENTED.fullmatch(word) for word in _WORD.findall(text)):
        raise UnreadableFile()
    return text


def _delimiter(text: str) -> str:
    """`;`, `,` or a tab: the one that parts the heading line into most cells."""
    heading = text.lstrip().splitlines()[0]
    return max(";,\t", key=lambda mark: len(next(csv.reader([heading], delimiter=mark), [])))
