"""Who looked at or did what: the audit log of one case as its caseworker reads it (rule 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import READS_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.ports import Context
from services.intake.store.users import UserRow
from shared.store.tables import AuditRow

SHOWN = 100
BESIDE = ("photo.glimpsed",)
"""Small photos come with each look at the case: in the log they stand, in its history they would be all."""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One row of the log: a code for what was done, and the name of the colleague (empty for the system)."""

    at: datetime
    action: str
    who: str


class History:
    """Reads the audit log; writes nothing to it."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases

    def of_case(self, case_id: str, by: Actor) -> list[HistoryStep]:
        """The newest 100 steps of a case that exists for this person; NotFound otherwise (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            self._cases.find(session, case_id, by)
            rows = session.scalars(
                select(AuditRow)
                .where(AuditRow.subject == case_id, AuditRow.action.not_in(BESIDE))
                .order_by(AuditRow.index.desc())
                .limit(SHOWN)
            ).all()
            names = _names(session, {row.actor for row in rows})
            return [HistoryStep(row.at, row.action, names.get(row.actor, "")) for row in rows]

    def names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """The names of these colleagues; whoever is not known is left out."""
        with self._context.database.read() as session:
            return _names(session, set(user_ids))


def _names(session: Session, user_ids: set[str]) -> dict[str, str]:
    found = session.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(user_ids)))
    return {row.id: row.name for row in found}
