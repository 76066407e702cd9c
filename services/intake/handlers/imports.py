"""Cases from a file at once, for the API and the command line; and batches, which can be taken back."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from services.intake.domain import imports
from services.intake.domain.alert import AlertState
from services.intake.domain.codes import CaseKind
from services.intake.domain.import_columns import headings, propose
from services.intake.domain.import_table import Layout
from services.intake.domain.imports import DryRun
from services.intake.handlers import import_files
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import BatchInUse, BatchUndone, NotFound
from services.intake.handlers.import_files import FileTable
from services.intake.handlers.import_saving import AT_ONCE, SAVED_AT_ONCE, Saving, parts
from services.intake.handlers.import_templates import Templates
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.store import papers
from services.intake.store.alerts import AlertRow
from services.intake.store.cases import CaseRow, ConsentRow, ImportBatchRow
from services.intake.store.imports import ImportDraftRow


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import."""

    id: str
    rows: int
    imported_by: str
    imported_at: datetime
    undone_at: datetime | None
    to_complete: int = 0
    """Cases of it that nobody has changed, shared or asked a consent for: purpose and consent are missing."""


@dataclass(frozen=True, slots=True)
class UndoView:
    """What taking an import back would do. `erased` are names for the list; an unnamed person is empty."""

    batch: BatchView
    erased: tuple[str, ...]
    kept: int
    """Cases that somebody worked on since; they stay."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person who imports a file at once says about it. Empty: what the file itself says."""

    sheet: str = ""
    template: str = ""
    day_order: str = ""
    kind: CaseKind | None = None
    repairs: frozenset[str] = frozenset()


NO_CHOICE = Choice()


class Imports:
    """Imports that were made, and files that are imported at once."""

    def __init__(
        self, context: Context, cases: Cases, people: People, saving: Saving, templates: Templates
    ) -> None:
        self._context = context
        self._cases = cases
        self._people = people
        self._saving = saving
        self.templates = templates

    def dry_run(self, data: bytes, by: Actor, choice: Choice = NO_CHOICE) -> DryRun:
        """What an import would do; changes nothing. Problems name row, column and value.

        A row whose id is that of a case here is `known`, not accepted: the same table twice is not
        everybody twice.
        """
        by.must_be(WRITES_CASES)
        file = import_files.read(data, sheet=choice.sheet)
        layout = self._layout_for(file, by, choice)
        found = imports.examine(file.table, layout, self._context.clock.now().date())
        found = replace(found, encoding=file.encoding or "xlsx", delimiter=file.delimiter)
        with self._context.database.read() as session:
            return self._saving.without_known(session, found, by)

    def commit(
        self, data: bytes, by: Actor, choice: Choice = NO_CHOICE, *, known_too: bool = False
    ) -> tuple[BatchView, DryRun]:
        """Save every row without a problem as one batch; nothing is shared by that.

        Rows that are known already are left out unless `known_too`. Raises NothingToImport when no row can be
        saved.
        """
        found = self.dry_run(data, by, choice)
        if known_too:
            found = replace(found, accepted=(*found.accepted, *found.known), known=())
        with self._context.database.begin() as session:
            batch_id = self._saving.begin(session, found, by)
        for rows in parts(found.accepted, SAVED_AT_ONCE):
            with self._context.database.begin() as session:
                batch = session.get_one(ImportBatchRow, batch_id, with_for_update=True)
                self._saving.save(session, batch, rows, by)
                view = _view(batch)
        return view, found

    def undo_view(self, batch_id: str, by: Actor) -> UndoView:
        """What taking a batch back would erase; the look is audited. Raises what `undo` raises."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            batch, erased, kept = self._undoable(session, batch_id, by)
            labels = tuple(self._people.label(session, case.id) for case in erased[:AT_ONCE])
            details = {"cases": len(erased)}
            self._context.audit.append(session, by.id, "import.undo_previewed", batch_id, details)
            return UndoView(replace(_view(batch), rows=len(erased)), labels, kept)

    def undo(self, batch_id: str, by: Actor) -> int:
        """Erase the cases of a batch; returns how many. Raises BatchUndone, BatchInUse.

        Cases that somebody changed since, or recorded a consent for, stay.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            batch, cases, kept = self._undoable(session, batch_id, by)
            session.execute(delete(ImportDraftRow).where(ImportDraftRow.batch_id == batch_id))
            for case in cases:
                self._cases.erase_row(session, case, by)
            batch.undone_at = self._context.clock.now()
            details = {"cases": len(cases), "kept": kept}
            self._context.audit.append(session, by.id, "import.undone", batch_id, details)
            return len(cases)

    def overview(self, by: Actor) -> list[BatchView]:
        """Imports of this person's team, the newest first."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            rows = session.scalars(select(ImportBatchRow).order_by(ImportBatchRow.imported_at.desc())).all()
            teams = select(CaseRow.batch_id, CaseRow.team).distinct()
            foreign = {batch for batch, team in session.execute(teams) if not by.sees_team(team)}
            shared = select(AlertRow.case_id).where(AlertRow.case_id == CaseRow.id).exists()
            counted = (
                select(CaseRow.batch_id, func.count())
                .where(CaseRow.batch_id.is_not(None), CaseRow.state == "open", CaseRow.version == 1, ~shared)
                .where(~_agreed())
                .group_by(CaseRow.batch_id)
            )
            open_: dict[str | None, int] = {row[0]: row[1] for row in session.execute(counted)}
            return [
                replace(_view(row), to_complete=open_.get(row.id, 0)) for row in rows if row.id not in foreign
            ]

    def _undoable(
        self, session: Session, batch_id: str, by: Actor
    ) -> tuple[ImportBatchRow, list[CaseRow], int]:
        batch = session.get(ImportBatchRow, batch_id, with_for_update=True)
        if batch is None:
            raise NotFound()
        every = session.scalars(
            select(CaseRow).where(CaseRow.batch_id == batch_id).order_by(CaseRow.id)
        ).all()
        if not all(by.sees_team(case.team) for case in every) or (not every and batch.imported_by != by.id):
            raise NotFound()
        if batch.undone_at is not None:
            raise BatchUndone()
        in_batch = CaseRow.batch_id == batch_id
        of_case = AlertRow.case_id == CaseRow.id
        live = select(func.count()).select_from(AlertRow).join(CaseRow, of_case)
        if session.scalar(live.where(in_batch, AlertRow.state == AlertState.PUBLISHED)):
            raise BatchInUse()
        changed = set(
            session.scalars(select(CaseRow.id).where(in_batch, or_(CaseRow.version > 1, _agreed())))
        )
        here = [case for case in every if case.state != "erased"]
        erased = [case for case in here if case.id not in changed]
        return batch, erased, len(here) - len(erased)

    def _layout_for(self, file: FileTable, by: Actor, choice: Choice) -> Layout:
        """The layout of a file that is imported at once: of the named template, or of its headings."""
        if choice.template:
            named = [one for one in self.templates.overview(by) if one.name == choice.template]
            if not named:
                raise NotFound()
            row = propose(file.table).heading_row
            layout = replace(named[0].layout, heading_row=row)
            if len(layout.columns) != len(headings(file.table, row)):
                raise imports.NoHeadings("The headings of this file are not those of the template.")
        elif choice.kind is not None:
            layout = replace(propose(file.table), kind=choice.kind)
        else:
            layout = imports.stated(file.table)
        order = choice.day_order or layout.day_order
        return replace(layout, day_order=order, repairs=choice.repairs)


def _agreed() -> ColumnElement[bool]:
    """Whether somebody recorded a consent for a case, or put papers to it."""
    tables = (ConsentRow, *papers.OF_A_CASE)
    return or_(*(select(table.id).where(table.case_id == CaseRow.id).exists() for table in tables))


def _view(row: ImportBatchRow) -> BatchView:
    return BatchView(row.id, row.rows, row.imported_by, row.imported_at, row.undone_at)
