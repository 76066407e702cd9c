"""Import of cases from a table: a dry run that names row, column and value of every problem.

Nothing is saved here. A row with a problem is not accepted; the other rows are. Where the right value is
plain to see it is proposed, and taken only when somebody said yes to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.intake.domain import import_text, import_values
from services.intake.domain.case import Case, NameMissing, usual_category
from services.intake.domain.errors import DomainError
from services.intake.domain.import_columns import COLUMNS, headings, propose
from services.intake.domain.import_table import MAX_ROWS, Layout, Table, TooManyRows
from services.intake.domain.import_values import BadCell, Reading
from services.intake.domain.person import BadPerson, LastSeen, Person, check_together

__all__ = ["COLUMNS", "Accepted", "DryRun", "NoHeadings", "Problem", "TooManyRows", "dry_run", "examine"]

SHOWN = 60
"""Characters of a wrong value that a problem repeats, so that a person finds the cell."""
REPAIRS = (
    *("short_year", "day_number", "word", "letter", "code", "metres", "apostrophe", "invisible"),
    *("empty", "merged"),
)
"""Kinds of repair that somebody can accept for a whole table."""
DATES = ("date_of_birth", "last_seen_date")


class NoHeadings(DomainError):
    """The first line must name the columns, at least id, kind and family_name or given_name."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. Row 1 is the first line of the file, as a spreadsheet counts."""

    row: int
    column: str
    """Empty when the whole row is meant."""
    value: str = field(repr=False)
    """What stands there, shortened. For the screen of the importer only: never for a log."""
    message: str
    repair: str = ""
    """The kind of repair; empty when a person has to look."""
    proposal: str | None = field(default=None, repr=False)
    """What would be taken instead if somebody says yes; an empty text is an empty cell."""


@dataclass(frozen=True, slots=True, repr=False)
class Accepted:
    """One row that can be saved as a case."""

    row: int
    id: str
    """The id in the table that was imported; empty where the table has none."""
    case: Case


@dataclass(frozen=True, slots=True, repr=False)
class DryRun:
    """What an import would do."""

    accepted: tuple[Accepted, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    """Accepted, but somebody should look: 1900-01-01 as a date of birth."""
    ignored_columns: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ""
    known: tuple[Accepted, ...] = ()
    """Rows whose id is that of a case here already; they are not in `accepted`."""
    repaired: int = 0
    """Cells that were read as somebody accepted."""

    @property
    def asks_day_order(self) -> bool:
        """Whether it has to be said once how days, months and years follow one another."""
        return any(
            one.repair == "day_order" or (one.repair == "short_year" and one.proposal is None)
            for one in self.problems
        )

    @property
    def faulty_rows(self) -> int:
        """Rows that are left out."""
        return len({one.row for one in self.problems})


_PLAIN = {
    "kind": import_values.kind,
    "given_name": import_values.name,
    "family_name": import_values.name,
    "alternate_names": import_values.names,
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
_SAY_UNKNOWN = frozenset({"given_name", "family_name", "alternate_names", *DATES})
_NOT_OF_PERSON = frozenset({"id", "kind", "category", *DATES[1:], "last_seen_place"})
_PERSON_FIELDS = tuple(column for column in COLUMNS if column not in _NOT_OF_PERSON)


def dry_run(data: bytes, today: date) -> DryRun:
    """Read a whole CSV file with the columns that its headings name, and change nothing.

    An age counts as of `today`. Raises EmptyFile, UnreadableFile, FileTooLarge, NoHeadings or
    TooManyRows when the file as a whole cannot be read; everything smaller is a problem.
    """
    text = import_text.read(data)
    table = import_text.table(text)
    found = examine(table, stated(table), today)
    return replace(found, encoding=text.encoding, delimiter=text.delimiter)


def stated(table: Table) -> Layout:
    """The layout that the headings alone give, for who cannot be asked. Raises NoHeadings."""
    layout = propose(table)
    named = [column for column in map(_known, headings(table, layout.heading_row)) if column]
    if len(named) != len(set(named)):
        raise NoHeadings("Two columns have the same heading; keep one of them.")
    if not {"id", "kind"} <= set(named):
        raise NoHeadings()
    return layout


def examine(table: Table, layout: Layout, today: date, only: Iterable[int] | None = None) -> DryRun:
    """What an import with this layout would do; with `only`, of these rows alone, as counted in the file."""
    reader = _Reader(table, layout, today)
    for number in only if only is not None else range(layout.heading_row + 1, len(table.rows) + 1):
        reader.row(number)
    if table.broken_at is not None and only is None:
        message = "From here on quotation marks do not close; check this row."
        reader.problems.append(Problem(table.broken_at, "", "", message))
    named = headings(table, layout.heading_row)
    ignored = [
        name[:SHOWN] for name, column in zip(named, layout.columns, strict=False) if name and not column
    ]
    return DryRun(
        tuple(reader.accepted),
        tuple(reader.problems),
        tuple(reader.warnings),
        tuple(ignored),
        repaired=reader.repaired,
    )


def _known(heading: str) -> str | None:
    return propose(Table(((heading,),)), 1).columns[0]


class _Reader:
    """Reads the rows of one table, one after the other."""

    def __init__(self, table: Table, layout: Layout, today: date) -> None:
        self._table, self._layout, self._today = table, layout, today
        self._reading = Reading(today, layout.day_order, _writes_v(table, layout))
        self._first_row_of: dict[str, int] = {}
        self._count = 0
        self.accepted: list[Accepted] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.repaired = 0

    def row(self, number: int) -> None:
        """Read one row; an empty one is passed over."""
        cells = self._table.rows[number - 1]
        if not any(cell.strip() for cell in cells):
            return
        self._count += 1
        if self._count > MAX_ROWS:
            raise TooManyRows()
        row = _Row(number, self._layout, self._table, self._reading)
        found = row.read(cells)
        if found is not None and found.id and found.id in self._first_row_of:
            first = self._first_row_of[found.id]
            row.wrong("id", found.id, f"Row {first} has the same id; give each row its own.")
        elif found is not None:
            self._first_row_of[found.id] = number
            self.accepted.append(found)
        self.problems += row.problems
        self.warnings += row.warnings
        self.repaired += row.repaired


class _Row:
    """Reads one row and collects what is wrong with it."""

    def __init__(self, number: int, layout: Layout, table: Table, reading: Reading) -> None:
        self._number, self._layout, self._table, self._reading = number, layout, table, reading
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.repaired = 0

    def wrong(
        self, column: str, value: str, message: str, repair: str = "", proposal: str | None = None
    ) -> None:
        """Note a problem; the value is shortened."""
        self.problems.append(Problem(self._number, column, value[:SHOWN], message, repair, proposal))

    def read(self, cells: tuple[str, ...]) -> Accepted | None:
        """The row as a case, or None after noting at least one problem."""
        if any(cell.strip() for cell in cells[len(self._layout.columns) :]):
            self.wrong("", "", "The row has more cells than there are headings; check for a stray separator.")
            return None
        values: dict[str, Any] = {}
        for place, column in enumerate(self._layout.columns):
            if column is not None:
                self._cell(values, column, cells[place].strip() if place < len(cells) else "", place)
        if "kind" not in self._layout.columns and self._layout.kind is not None:
            values["kind"] = self._layout.kind
        for column in ("id", "kind"):
            needed = column == "kind" or column in self._layout.columns
            if needed and column not in values and not self._is_wrong(column):
                self.wrong(column, "", "This cell must not be empty.")
        return None if self.problems else self._case(values)

    def _cell(self, values: dict[str, Any], column: str, text: str, place: int) -> None:
        try:
            self._check_whole(text, place)
            if text:
                values[column] = self._value(column, text)
        except BadCell as error:
            if error.proposal is None or not self._layout.accepts(self._number, column, error.repair):
                self.wrong(column, text, error.message, error.repair, error.proposal)
                return
            self._repaired(values, column, text, error.proposal)

    def _check_whole(self, text: str, place: int) -> None:
        where = (self._number, place + 1)
        if where in self._table.lacking:
            message = "The cell holds a formula whose value is not in the file; write the value itself."
            raise BadCell(message)
        if not text and where in self._table.merged:
            message = "The cell is one with another cell; say whether the same belongs here."
            raise BadCell(message, "merged", self._table.merged[where])

    def _repaired(self, values: dict[str, Any], column: str, text: str, proposal: str) -> None:
        try:
            if proposal:
                values[column] = self._value(column, proposal)
            self.repaired += 1
        except BadCell as error:
            self.wrong(column, text, error.message, error.repair, error.proposal)

    def _value(self, column: str, text: str) -> Any:
        if column == "protect_location" and text.casefold() in ("unknown", "?"):
            return None
        if column in ("id", *DATES):
            text = text.removeprefix("'")  # how spreadsheets keep a text a text
        import_values.check_cell(text, may_be_unknown=column in _SAY_UNKNOWN)
        if column in DATES:
            return import_values.a_date(text, self._reading, of_birth=column == "date_of_birth")
        if column == "sex":
            return import_values.sex(text, self._reading)
        return _PLAIN[column](text) if column in _PLAIN else text

    def _is_wrong(self, column: str) -> bool:
        return any(problem.column == column for problem in self.problems)

    def _case(self, values: Mapping[str, Any]) -> Accepted | None:
        try:
            person = Person(
                **{name: values[name] for name in _PERSON_FIELDS if name in values},
                age_as_of=self._reading.today if "age" in values else None,
                last_seen=LastSeen.at(values.get("last_seen_place", ""), values.get("last_seen_date")),
            )
            check_together(person)
            category = values.get("category") or usual_category(person, self._reading.today)
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
        return Accepted(self._number, values.get("id", ""), case)


def _writes_v(table: Table, layout: Layout) -> bool:
    """Whether the column of the sex has a V: Lithuanian tables write M for a woman and V for a man."""
    if "sex" not in layout.columns:
        return False
    place = layout.columns.index("sex")
    below = table.rows[layout.heading_row :]
    return any(place < len(row) and row[place].strip().casefold() == "v" for row in below)
