"""The tables to evaluate: CSV with the columns of the import, of which only `id` is required.

Old files are what they are: a value that cannot be read counts as unknown and is counted, by column.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from admin.errors import AdminError
from services.intake.domain import import_text, import_values
from services.intake.domain.codes import CaseKind
from services.intake.domain.dates import PartialDate
from services.intake.domain.errors import DomainError
from services.intake.domain.person import LastSeen, Person

_READERS: Mapping[str, Callable[[str], Any]] = {
    "kind": import_values.kind,
    "given_name": import_values.name,
    "family_name": import_values.name,
    "alternate_names": import_values.names,
    "sex": import_values.sex,
    "age": import_values.age,
    "nationality": import_values.nationality,
    "languages": import_values.languages,
    "last_seen_place": str,
    "height_cm": import_values.height_cm,
    "eye_colour": import_values.eye_colour,
    "hair_colour": import_values.hair_colour,
    "marks": import_values.marks,
}
_DATES = ("date_of_birth", "last_seen_date")
COLUMNS = frozenset({"id", *_READERS, *_DATES})


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One row: its id in the file, and who it describes."""

    id: str
    kind: CaseKind | None
    person: Person


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """A whole table."""

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    """Columns that mean nothing here."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """How many values of a column could not be read, and count as unknown."""


def read(path: Path, today: date) -> Sheet:
    """Read a table. Raises AdminError where it cannot be used at all, naming file and row."""
    rows = _rows(path)
    headings = [heading.strip().casefold() for heading in next(rows, [])]
    if "id" not in headings:
        raise AdminError(f"{path.name} has no column 'id'; its first line must name the columns.")
    unread: Counter[str] = Counter()
    entries: dict[str, Entry] = {}
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        values = dict(zip(headings, (cell.strip() for cell in cells), strict=False))
        name = values.get("id", "")
        if not name or name in entries:
            what = "has no id" if not name else "repeats an id"
            raise AdminError(f"{path.name}: row {number} {what}; every row needs one of its own.")
        entries[name] = _entry(name, values, today, unread)
    if not entries:
        raise AdminError(f"{path.name} has no rows.")
    ignored = tuple(heading for heading in headings if heading not in COLUMNS)
    return Sheet(tuple(entries.values()), ignored, dict(unread))


def read_truth(path: Path, left: Sheet, right: Sheet) -> frozenset[tuple[str, str]]:
    """The pairs that are one person, as (left id, right id). Raises AdminError for an id in no table."""
    rows = _rows(path)
    headings = [heading.strip().casefold() for heading in next(rows, [])]
    if not {"left_id", "right_id"} <= set(headings):
        raise AdminError(f"{path.name} needs the columns 'left_id' and 'right_id'.")
    places = headings.index("left_id"), headings.index("right_id")
    known = {entry.id for entry in left.entries}, {entry.id for entry in right.entries}
    pairs: set[tuple[str, str]] = set()
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= max(places):
            raise AdminError(f"{path.name}: row {number} has too few cells.")
        pair = cells[places[0]].strip(), cells[places[1]].strip()
        for side, one, ids in zip(("left", "right"), pair, known, strict=True):
            if one not in ids:
                raise AdminError(
                    f"{path.name}: row {number} names a {side} id that is in no row of that table."
                )
        pairs.add(pair)
    return frozenset(pairs)


def _rows(path: Path) -> Any:
    try:
        data = path.read_bytes()
        table = import_text.read(data)
    except DomainError as problem:
        raise AdminError(f"{path.name}: {problem}") from None
    return csv.reader(io.StringIO(table.text), delimiter=table.delimiter)


def _entry(name: str, values: Mapping[str, str], today: date, unread: Counter[str]) -> Entry:
    def value(column: str, read_one: Callable[[str], Any]) -> Any:
        text = values.get(column, "")
        if not text:
            return None
        try:
            return read_one(text)
        except (DomainError, import_values.BadCell):
            unread[column] += 1
            return None

    known = {column: value(column, reader) for column, reader in _READERS.items()}
    dates = {column: value(column, lambda text: import_values.a_date(text, today)) for column in _DATES}
    kind = known.pop("kind")
    place, seen = known.pop("last_seen_place") or "", dates["last_seen_date"]
    age = known.pop("age")
    return Entry(name, kind, _person(known, dates["date_of_birth"], age, today, place, seen, unread))


def _person(
    known: dict[str, Any],
    born: PartialDate | None,
    age: Any,
    today: date,
    place: str,
    seen: PartialDate | None,
    unread: Counter[str],
) -> Person:
    try:
        last_seen = LastSeen.at(place, seen)
    except DomainError:
        unread["last_seen_place"] += 1
        last_seen = LastSeen.at("", seen)
    filled = {column: one for column, one in known.items() if one is not None}
    return Person(
        **filled,
        date_of_birth=born,
        age=age,
        age_as_of=today if age is not None else None,
        last_seen=last_seen,
        protect_location=False,  # old files of one's own: what they say may be compared
    )
