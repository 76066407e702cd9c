"""Who looked at or did what: the audit log of one case as its caseworker reads it (rule 10)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import READS_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.ports import Context
from services.intake.store.users import UserRow
from shared.store.tables import AuditRow

SHOWN = 100
BESIDE = ("photo.glimpsed",)
"""Small photos come with each look at the case: in the log they stand, in its history they would be all."""


LOOKS = frozenset({"case.viewed", "alert.previewed", "consent.listed", "photo.viewed", "attachment.taken"})
"""What changes nothing. Of one person and one day it is one step with a number."""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """What somebody did: a code, the name of the colleague (empty for the system), and how often."""

    at: datetime
    """The last time."""
    action: str
    who: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A part of the log of one case, the newest first."""

    deeds: list[HistoryStep]
    looks: list[HistoryStep]
    number: int
    pages: int


class History:
    """Reads the audit log; writes nothing to it."""

    def __init__(self, context: Context, cases: Cases) -> None:
        self._context = context
        self._cases = cases

    def of_case(self, case_id: str, by: Actor, number: int = 1) -> HistoryPage:
        """100 rows of the log of a case that exists for this person; NotFound otherwise (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            self._cases.find(session, case_id, by)
            log = select(AuditRow).where(AuditRow.subject == case_id, AuditRow.action.not_in(BESIDE))
            total = session.scalar(select(func.count()).select_from(log.subquery())) or 0
            pages = max(1, -(-total // SHOWN))
            number = min(max(number, 1), pages)
            part = log.order_by(AuditRow.index.desc()).limit(SHOWN).offset((number - 1) * SHOWN)
            rows = session.scalars(part).all()
            names = _names(session, {row.actor for row in rows})
            steps = [HistoryStep(row.at, row.action, names.get(row.actor, "")) for row in rows]
        deeds = [step for step in steps if step.action not in LOOKS]
        return HistoryPage(deeds, folded(step for step in steps if step.action in LOOKS), number, pages)

    def names(self, user_ids: Iterable[str]) -> dict[str, str]:
        """The names of these colleagues; whoever is not known is left out."""
        with self._context.database.read() as session:
            return _names(session, set(user_ids))


def folded(looks: Iterable[HistoryStep]) -> list[HistoryStep]:
    """The same look of one person on one day as one step, with its last time and how often."""
    found: dict[tuple[date, str, str], HistoryStep] = {}
    for step in looks:
        same = (step.at.date(), step.who, step.action)
        known = found.get(same)
        found[same] = step if known is None else replace(known, times=known.times + 1)
    return list(found.values())


def _names(session: Session, user_ids: set[str]) -> dict[str, str]:
    found = session.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(user_ids)))
    return {row.id: row.name for row in found}
