"""Saving the rows of a table as cases, whichever way the table came."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.imports import Accepted, DryRun
from services.intake.handlers.actor import Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import BatchUndone, NothingToImport
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SOURCE_ID, SearchTerms
from services.intake.handlers.visible import visible
from services.intake.store.cases import BlindIndexRow, CaseRow, ImportBatchRow
from shared.runtime import ids

AT_ONCE = 500
"""Ids in one query."""
SAVED_AT_ONCE = 250
"""Rows in one transaction: a second or two, so that nobody else waits for long."""
T = TypeVar("T")


class Saving:
    """Batches of cases."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases
        self._terms = SearchTerms(context.keys.blind_index)

    def begin(self, session: Session, found: DryRun, by: Actor) -> str:
        """A new batch for what was found; returns its id. Raises NothingToImport."""
        if not found.accepted:
            raise NothingToImport()
        batch = ImportBatchRow(
            id=ids.new_id("batch"), rows=0, imported_by=by.id, imported_at=self._context.clock.now()
        )
        session.add(batch)
        session.flush()
        details = {"rows": len(found.accepted), "problems": len(found.problems)}
        self._context.audit.append(session, by.id, "import.committed", batch.id, details)
        return batch.id

    def save(self, session: Session, batch: ImportBatchRow, rows: Sequence[Accepted], by: Actor) -> None:
        """Add these rows to a batch. Raises BatchUndone."""
        if batch.undone_at is not None:
            raise BatchUndone()
        for row in rows:
            self._cases.add(session, row.case, by, source_id=row.id, batch_id=batch.id)
        batch.rows += len(rows)

    def without_known(self, session: Session, found: DryRun, by: Actor) -> DryRun:
        """Rows whose id is that of a case that this person may see are set apart: `known`, not accepted."""
        values = {row.id: self._terms.value(SOURCE_ID, row.id) for row in found.accepted}
        wanted = sorted(value for value in values.values() if value is not None)
        here: set[bytes] = set()
        for part in parts(wanted, AT_ONCE):
            here |= set(
                session.scalars(
                    select(BlindIndexRow.value)
                    .join(CaseRow, CaseRow.id == BlindIndexRow.case_id)
                    .where(
                        visible(by),
                        BlindIndexRow.field == SOURCE_ID,
                        BlindIndexRow.value.in_(part),
                    )
                )
            )
        fresh = tuple(row for row in found.accepted if values[row.id] not in here)
        known = tuple(row for row in found.accepted if values[row.id] in here)
        return replace(found, accepted=fresh, known=known)


def parts(values: Sequence[T], size: int) -> list[Sequence[T]]:
    """The values, so many at a time."""
    return [values[start : start + size] for start in range(0, len(values), size)]
