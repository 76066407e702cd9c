"""A table as it was read from a file, and how somebody says that it is to be understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.intake.domain.codes import CaseKind
from services.intake.domain.errors import DomainError

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 600_000
"""Filled cells of one sheet: 20,000 rows of 30 columns."""


class TooManyRows(DomainError):
    """The file has more than 20,000 rows; split it into several files."""


class TooManyColumns(DomainError):
    """The table has more than 200 columns or too many cells; leave out the columns that are not needed."""


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """The cells of one sheet as text. Row 1 is the first line of the file, as a spreadsheet counts."""

    rows: tuple[tuple[str, ...], ...]
    lacking: frozenset[tuple[int, int]] = frozenset()
    """Row and place of formulas whose value was not kept in the file."""
    merged: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Row and place of cells that are one with another cell, and what stands in that one."""
    broken_at: int | None = None
    """The row from which quotation marks do not close; nothing after it was read."""

    def __post_init__(self) -> None:
        if max(map(len, self.rows), default=0) > MAX_COLUMNS:
            raise TooManyColumns()
        if sum(1 for row in self.rows for cell in row if cell) > MAX_CELLS:
            raise TooManyColumns()


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns mean, and what the person answered about the rest."""

    heading_row: int
    columns: tuple[str | None, ...]
    """The column of each cell from the left; None for one that is not used."""
    day_order: str = ""
    """How 04/05/90 is meant: `dmy`, `mdy` or `ymd`; empty while nobody said so."""
    kind: CaseKind | None = None
    """What every row is, where the table has no column for it."""
    repairs: frozenset[str] = frozenset()
    """Kinds of repair that were accepted for the whole table."""
    cells: frozenset[tuple[int, str]] = frozenset()
    """Row and column of repairs that were accepted one by one."""

    def accepts(self, row: int, column: str, repair: str) -> bool:
        """Whether somebody said yes to this repair."""
        return repair in self.repairs or (row, column) in self.cells


DAY_ORDERS = ("dmy", "ymd", "mdy")
