"""The tables to evaluate: CSV with the columns of the import, of which only `id` is required.

Old files are what they are: a value that cannot be read counts as unknown, and is told of by row and column.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from admin.errors import AdminError
from admin.evaluate import tables
from services.intake.domain import import_values
from services.intake.domain.codes import CaseKind
from services.intake.domain.dates import PartialDate
from services.intake.domain.errors import DomainError
from services.intake.domain.person import BadPerson, LastSeen, Person

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
COLUMNS = ("id", *_READERS, *_DATES)
TRUTH_COLUMNS = ("left_id", "right_id")


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One row: its id in the file, and who it describes."""

    id: str
    kind: CaseKind | None
    person: Person


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that could not be read; `why` says what to do and never repeats it."""

    row: int
    column: str
    why: str


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """A whole table."""

    name: str
    """Of its file."""
    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    """Columns that mean nothing here."""
    problems: tuple[Problem, ...]
    """Values that count as unknown, and rows that are longer than the headings."""


def read(path: Path, today: date) -> Sheet:
    """Read a table. Raises AdminError where it cannot be used at all, naming file and row."""
    table = tables.read(path)
    tables.place(path, table, "id", ["id", f"and of {', '.join(COLUMNS[1:])} those that you have"])
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    rows: dict[str, int] = {}
    for row in table.rows:
        values = dict(zip(table.headings, row.cells, strict=False))
        name = values.get("id", "")
        if not name:
            raise AdminError(f"{path.name}: row {row.number} has no id; give each row its own.")
        if name in entries:
            raise AdminError(
                f"{path.name}: row {row.number} repeats the id of row {rows[name]}; give each its own."
            )
        if any(row.cells[len(table.headings) :]):
            problems.append(Problem(row.number, "", "More cells than the first row has; is it shifted?"))
        entries[name] = _Reading(row.number, values, today, problems).entry(name)
        rows[name] = row.number
    if not entries:
        raise AdminError(f"{path.name} has no rows below its headings.")
    ignored = tuple(heading for heading in table.headings if heading and heading not in COLUMNS)
    return Sheet(path.name, tuple(entries.values()), ignored, tuple(problems))


def cases(sheet: Sheet) -> tuple[Entry, ...]:
    """Those of the left side that are compared. Raises AdminError if none is."""
    found = tuple(entry for entry in sheet.entries if entry.kind is not CaseKind.MISSING)
    if not found:
        raise AdminError(
            f"{sheet.name} has missing people only. On the left are people who were found "
            "(kind found, unidentified, or none); are --left and --right swapped?"
        )
    return found


def alerts(sheet: Sheet) -> tuple[Entry, ...]:
    """Those of the right side that are compared. Raises AdminError if none is."""
    found = tuple(entry for entry in sheet.entries if entry.kind in (None, CaseKind.MISSING))
    if not found:
        raise AdminError(
            f"{sheet.name} has no missing people. On the right are people who are missed "
            "(kind missing, or none); are --left and --right swapped?"
        )
    return found


def read_truth(path: Path, left: Sheet, right: Sheet) -> frozenset[tuple[str, str]]:
    """The pairs that are one person, as (left id, right id). Raises AdminError for an id in no table."""
    table = tables.read(path)
    places = [tables.place(path, table, column, TRUTH_COLUMNS) for column in TRUTH_COLUMNS]
    known = [{entry.id for entry in sheet.entries} for sheet in (left, right)]
    pairs: set[tuple[str, str]] = set()
    for row in table.rows:
        cells = [*row.cells, *[""] * len(table.headings)]
        pair = cells[places[0]], cells[places[1]]
        for side, column in enumerate(TRUTH_COLUMNS):
            if pair[side] in known[side]:
                continue
            what = "is empty" if not pair[side] else f"names no row of {(left, right)[side].name}"
            swapped = " It is an id of the other table: are the columns swapped?"
            raise AdminError(
                f"{path.name}: row {row.number}, column {column} {what}; correct it, or take the row out."
                f"{swapped if pair[side] in known[1 - side] else ''}"
            )
        pairs.add(pair)
    if not pairs:
        raise AdminError(
            f"{path.name} has no rows below its headings; without known pairs, leave --truth out."
        )
    return frozenset(pairs)


class _Reading:
    """Reads one row, and notes what it cannot."""

    def __init__(self, row: int, values: Mapping[str, str], today: date, problems: list[Problem]) -> None:
        self._row = row
        self._values = values
        self._today = today
        self._problems = problems

    def entry(self, name: str) -> Entry:
        known = {column: self._value(column, reader) for column, reader in _READERS.items()}
        born, seen = (self._value(column, self._date) for column in _DATES)
        kind, age, place = known.pop("kind"), known.pop("age"), known.pop("last_seen_place") or ""
        filled: dict[str, Any] = {column: one for column, one in known.items() if one is not None}
        if age is not None:
            filled |= {"age": age, "age_as_of": self._today}
        # protect_location: old files of one's own, so what they say may be compared
        filled |= {"last_seen": self._last_seen(place, seen), "protect_location": False}
        return Entry(name, kind, self._person({**filled, "date_of_birth": born}))

    def _person(self, filled: dict[str, Any]) -> Person:
        while True:
            try:
                return Person(**filled)
            except BadPerson as problem:  # a rule about a whole field, such as how many names there may be
                if filled.pop(problem.field, None) is None:
                    raise
                self._note(problem.field, str(problem))

    def _value(self, column: str, read_one: Callable[[str], Any]) -> Any:
        text = self._values.get(column, "")
        if not text:
            return None
        try:
            return read_one(text)
        except import_values.BadCell as problem:
            self._note(column, problem.message)
        except DomainError as problem:
            self._note(column, str(problem))
        return None

    def _date(self, text: str) -> PartialDate:
        return import_values.a_date(text, import_values.Reading(self._today))

    def _last_seen(self, place: str, seen: PartialDate | None) -> LastSeen:
        try:
            return LastSeen.at(place, seen)
        except DomainError as problem:
            self._note("last_seen_place", str(problem))
            return LastSeen.at("", seen)

    def _note(self, column: str, why: str) -> None:
        self._problems.append(Problem(self._row, column, why))
