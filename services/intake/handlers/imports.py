"""Cases from a table: a dry run, then one batch that can be taken back whole (journey 10)."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.domain import imports
from services.intake.domain.alert import AlertState
from services.intake.domain.imports import DryRun
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import BatchInUse, BatchUndone, NotFound, NothingToImport
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SOURCE_ID, SearchTerms
from services.intake.handlers.visible import visible
from services.intake.store.alerts import AlertRow
from services.intake.store.cases import BlindIndexRow, CaseRow, ImportBatchRow
from shared.runtime import ids

AT_ONCE = 500
"""Ids in one query."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import."""

    id: str
    rows: int
    imported_by: str
    imported_at: datetime
    undone_at: datetime | None


class Imports:
    """Import of cases."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases
        self._terms = SearchTerms(context.keys.blind_index)

    def dry_run(self, data: bytes, by: Actor) -> DryRun:
        """What an import would do; changes nothing. Problems name row, column and value.

        A row whose id is that of a case here is `known`, not accepted: the same table twice is not
        everybody twice.
        """
        by.must_be(WRITES_CASES)
        found = imports.dry_run(data, self._context.clock.now().date())
        with self._context.database.read() as session:
            return self._without_known(session, found, by)

    def commit(self, data: bytes, by: Actor, *, known_too: bool = False) -> tuple[BatchView, DryRun]:
        """Save every row without a problem, all in one transaction; nothing is shared by that.

        Rows that are known already are left out unless `known_too`. Raises NothingToImport when no row can be
        saved.
        """
        by.must_be(WRITES_CASES)
        found = imports.dry_run(data, self._context.clock.now().date())
        with self._context.database.begin() as session:
            found = found if known_too else self._without_known(session, found, by)
            if not found.accepted:
                raise NothingToImport()
            batch = ImportBatchRow(
                id=ids.new_id("batch"),
                rows=len(found.accepted),
                imported_by=by.id,
                imported_at=self._context.clock.now(),
            )
            session.add(batch)
            session.flush()
            for row in found.accepted:
                self._cases.add(session, row.case, by, source_id=row.id, batch_id=batch.id)
            details = {"rows": batch.rows, "problems": len(found.problems)}
            self._context.audit.append(session, by.id, "import.committed", batch.id, details)
        return _view(batch), found

    def undo(self, batch_id: str, by: Actor) -> int:
        """Erase every case of a batch; returns how many. Raises BatchUndone, BatchInUse."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            batch = session.get(ImportBatchRow, batch_id, with_for_update=True)
            if batch is None:
                raise NotFound()
            every = session.scalars(select(CaseRow).where(CaseRow.batch_id == batch_id)).all()
            if not all(by.sees_team(case.team) for case in every):
                raise NotFound()
            if batch.undone_at is not None:
                raise BatchUndone()
            cases = [case for case in every if case.state != "erased"]
            shared = (
                select(func.count())
                .select_from(AlertRow)
                .join(CaseRow, CaseRow.id == AlertRow.case_id)
                .where(CaseRow.batch_id == batch_id, AlertRow.state == AlertState.PUBLISHED)
            )
            if session.scalar(shared):
                raise BatchInUse()
            for case in cases:
                self._cases.erase_row(session, case, by)
            batch.undone_at = self._context.clock.now()
            self._context.audit.append(session, by.id, "import.undone", batch_id, {"cases": len(cases)})
            return len(cases)

    def _without_known(self, session: Session, found: DryRun, by: Actor) -> DryRun:
        values = {row.id: self._terms.value(SOURCE_ID, row.id) for row in found.accepted}
        wanted = sorted(value for value in values.values() if value is not None)
        here: set[bytes] = set()
        for start in range(0, len(wanted), AT_ONCE):
            here |= set(
                session.scalars(
                    select(BlindIndexRow.value)
                    .join(CaseRow, CaseRow.id == BlindIndexRow.case_id)
                    .where(
                        visible(by),
                        BlindIndexRow.field == SOURCE_ID,
                        BlindIndexRow.value.in_(wanted[start : start + AT_ONCE]),
                    )
                )
            )
        fresh = tuple(row for row in found.accepted if values[row.id] not in here)
        known = tuple(row for row in found.accepted if values[row.id] in here)
        return replace(found, accepted=fresh, known=known)

    def overview(self, by: Actor) -> list[BatchView]:
        """Imports of this person's team, the newest first."""
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            rows = session.scalars(select(ImportBatchRow).order_by(ImportBatchRow.imported_at.desc())).all()
            teams = select(CaseRow.batch_id, CaseRow.team).distinct()
            foreign = {batch for batch, team in session.execute(teams) if not by.sees_team(team)}
            return [_view(row) for row in rows if row.id not in foreign]


def _view(row: ImportBatchRow) -> BatchView:
    return BatchView(row.id, row.rows, row.imported_by, row.imported_at, row.undone_at)
