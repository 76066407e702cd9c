"""Import of cases from CSV: a dry run that names row, column and value of every problem.

Nothing is saved here. A row with a problem is not accepted; the other rows are.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.intake.domain import import_text, import_values
from services.intake.domain.case import Case, NameMissing, usual_category
from services.intake.domain.errors import DomainError
from services.intake.domain.import_values import BadCell
from services.intake.domain.person import BadPerson, LastSeen, Person, check_together

MAX_ROWS = 20_000
SHOWN = 60
"""Characters of a wrong value that a problem repeats, so that a person finds the cell."""


class NoHeadings(DomainError):
    """The first line must name the columns, at least id, kind and family_name or given_name."""


class TooManyRows(DomainError):
    """The file has more than 20,000 rows; split it into several files."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. Row 1 is the line with the headings, as a spreadsheet counts."""

    row: int
    column: str
    """Empty when the whole row is meant."""
    value: str = field(repr=False)
    """What stands there, shortened. For the screen of the importer only: never for a log."""
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """One row that can be saved as a case."""

    row: int
    id: str
    """The id in the table that was imported."""
    case: Case


@dataclass(frozen=True, slots=True, repr=False)
class DryRun:
    """What an import would do."""

    accepted: tuple[Accepted, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    """Accepted, but somebody should look: 1900-01-01 as a date of birth."""
    ignored_columns: tuple[str, ...]
    encoding: str
    delimiter: str
    known: tuple[Accepted, ...] = ()
    """Rows whose id is that of a case here already; they are not in `accepted`."""


COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("case_id", "nr", "numero"),
    "kind": ("rusis", "type"),
    "given_name": ("given name", "first name", "vardas", "prenom", "prénom"),
    "family_name": ("family name", "last name", "surname", "pavarde", "pavardė", "nom"),
    "alternate_names": ("alternate names", "other names", "kiti vardai", "autres noms"),
    "sex": ("gender", "lytis", "sexe"),
    "date_of_birth": ("date of birth", "birth date", "gimimo data", "date de naissance"),
    "age": ("amzius", "amžius", "âge"),
    "nationality": ("pilietybe", "pilietybė", "nationalité"),
    "languages": ("kalbos", "langues"),
    "last_seen_date": ("last seen date", "paskutini karta matytas", "vu le"),
    "last_seen_place": ("last seen place", "vieta", "lieu"),
    "height_cm": ("height", "ugis", "ūgis", "taille"),
    "eye_colour": ("eye color", "eye colour", "eye_color", "akys", "yeux"),
    "hair_colour": ("hair color", "hair colour", "hair_color", "plaukai", "cheveux"),
    "marks": ("zymes", "žymės", "signes"),
    "category": ("kategorija", "catégorie"),
    "protect_location": ("protect location", "saugoti vieta", "protéger le lieu"),
}
"""The columns of the import, with headings in use in Lithuanian, English and French."""

_READERS: dict[str, Callable[[str], Any]] = {
    "kind": import_values.kind,
    "given_name": import_values.name,
    "family_name": import_values.name,
    "alternate_names": import_values.names,
    "sex": import_values.sex,
    "age": import_values.age,
    "nationality": import_values.nationality,
    "languages": import_values.languages,
    "last_seen_place": import_values.name,
    "height_cm": import_values.height_cm,
    "eye_colour": import_values.eye_colour,
    "hair_colour": import_values.hair_colour,
    "marks": import_values.marks,
    "category": import_values.category,
    "protect_location": import_values.yes_no,
}
_NOT_OF_PERSON = frozenset({"id", "kind", "category", "last_seen_date", "last_seen_place"})
_PERSON_FIELDS = tuple(column for column in COLUMNS if column not in _NOT_OF_PERSON)


def dry_run(data: bytes, today: date) -> DryRun:
    """Read a whole file and change nothing.

    An age counts as of `today`. Raises EmptyFile, UnreadableFile, FileTooLarge, NoHeadings or
    TooManyRows when the file as a whole cannot be read; everything smaller is a problem.
    """
    table = import_text.read(data)
    rows = _rows(table.text, table.delimiter)
    headings, unknown = _headings(next(rows, []))
    accepted: list[Accepted] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    first_row_of: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        if number > MAX_ROWS + 1:
            raise TooManyRows()
        if isinstance(cells, BadCell):
            problems.append(Problem(number, "", "", cells.message))
            break
        if not any(cell.strip() for cell in cells):
            continue
        row = _Row(number, today)
        found = row.read(headings, cells)
        if found is not None and found.id in first_row_of:
            row.wrong("id", found.id, f"Row {first_row_of[found.id]} has the same id; give each row its own.")
        elif found is not None:
            first_row_of[found.id] = number
            accepted.append(found)
        problems += row.problems
        warnings += row.warnings
    return DryRun(
        tuple(accepted), tuple(problems), tuple(warnings), tuple(unknown), table.encoding, table.delimiter
    )


def _rows(text: str, delimiter: str) -> Iterator[Any]:
    """Lists of cells; a BadCell as the last item where the quotes of the file do not close."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield BadCell("From here on quotation marks do not close; check this row.")
            return


def _headings(cells: object) -> tuple[list[str | None], list[str]]:
    """The column of each cell, None for a column that is ignored, and the names of the ignored."""
    if not isinstance(cells, list):
        raise NoHeadings()
    known = {variant: column for column, variants in COLUMNS.items() for variant in (column, *variants)}
    headings: list[str | None] = []
    unknown: list[str] = []
    for cell in cells:
        column = known.get(" ".join(cell.strip().casefold().split()))
        if column is not None and column in headings:
            raise NoHeadings("Two columns have the same heading; keep one of them.")
        if column is None and cell.strip():
            unknown.append(cell.strip()[:SHOWN])
        headings.append(column)
    if "id" not in headings or "kind" not in headings:
        raise NoHeadings()
    return headings, unknown


class _Row:
    """Reads one row and collects what is wrong with it."""

    def __init__(self, number: int, today: date) -> None:
        self._number = number
        self._today = today
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def wrong(self, column: str, value: str, message: str) -> None:
        """Note a problem; the value is shortened."""
        self.problems.append(Problem(self._number, column, value[:SHOWN], message))

    def read(self, headings: list[str | None], cells: list[str]) -> Accepted | None:
        """The row as a case, or None after noting at least one problem."""
        if any(cell.strip() for cell in cells[len(headings) :]):
            self.wrong("", "", "The row has more cells than there are headings; check for a stray separator.")
            return None
        values: dict[str, Any] = {}
        for column, cell in zip(headings, cells, strict=False):
            if column is not None and cell.strip():
                self._cell(values, column, cell.strip())
        for column in ("id", "kind"):
            if column not in values and not self._is_wrong(column):
                self.wrong(column, "", "This cell must not be empty.")
        return None if self.problems else self._case(values)

    def _cell(self, values: dict[str, Any], column: str, text: str) -> None:
        try:
            import_values.check_cell(text)
            if column in ("date_of_birth", "last_seen_date"):
                values[column] = import_values.a_date(text, self._today)
            else:
                values[column] = _READERS.get(column, str)(text)
        except BadCell as error:
            self.wrong(column, text, error.message)

    def _is_wrong(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)

    def _case(self, values: dict[str, Any]) -> Accepted | None:
        try:
            person = Person(
                **{name: values[name] for name in _PERSON_FIELDS if name in values},
                age_as_of=self._today if "age" in values else None,
                last_seen=LastSeen.at(values.get("last_seen_place", ""), values.get("last_seen_date")),
            )
            check_together(person)
            category = values.get("category") or usual_category(person, self._today)
            case = Case(kind=values["kind"], person=person, category=category)
        except BadPerson as error:
            self.wrong(error.field, "", str(error))
            return None
        except NameMissing as error:
            self.wrong("family_name", "", str(error))
            return None
        if "birth_date_is_filler" in person.warnings:
            message = "1900-01-01 is what forms fill in; it counts as unknown. Clear the cell or correct it."
            self.warnings.append(Problem(self._number, "date_of_birth", str(person.date_of_birth), message))
        return Accepted(self._number, values["id"], case)
