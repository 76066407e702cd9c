"""Why somebody is looked for: who asked, or what obliges us. Without it a case waits to be completed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.codes import CaseKind, SearchReason
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import BadField, CaseErased, NotFound
from services.intake.handlers.ports import Context
from services.intake.store.cases import CaseRow, ImportBatchRow


class Reasons:
    """The reason to search of a case: a code, and no person's data."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases

    def give(self, case_id: str, reason: SearchReason, by: Actor) -> None:
        """Say why this person is looked for. Raises BadField for somebody who is with us."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._cases.find(session, case_id, by, lock=True)
            if row.state == "erased":
                raise CaseErased()
            if row.kind != CaseKind.MISSING:
                raise BadField("reason", "Only a person who is looked for has a reason to search.")
            self._store(session, row, reason, by)

    def give_batch(self, batch_id: str, reason: SearchReason, by: Actor) -> int:
        """The same for every case of an import that has none yet; returns how many."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            if session.get(ImportBatchRow, batch_id) is None:
                raise NotFound()
            rows = session.scalars(select(CaseRow).where(CaseRow.batch_id == batch_id)).all()
            if not all(by.sees_team(row.team) for row in rows):
                raise NotFound()
            empty = [
                row
                for row in rows
                if row.kind == CaseKind.MISSING and row.state != "erased" and not row.search_reason
            ]
            for row in empty:
                self._store(session, row, reason, by)
            return len(empty)

    def _store(self, session: Session, row: CaseRow, reason: SearchReason, by: Actor) -> None:
        row.search_reason = reason.value
        self._context.audit.append(session, by.id, "case.reason", row.id, {"reason": reason.value})
