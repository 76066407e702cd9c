"""The audit log for those who read it: who, what, when (rule 10). It holds ids and codes alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import AUDITS, Actor
from services.intake.handlers.ports import Context
from services.intake.store.users import UserRow
from shared.store import audit_check
from shared.store.audit import Head
from shared.store.audit_check import AuditReport
from shared.store.tables import AuditRow

PAGE = 50


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows are asked for: of one person, and of days, both included."""

    user_id: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row; `who` is the name of a colleague, empty for the system."""

    index: int
    at: datetime
    who: str
    action: str
    subject: str
    subject_name: str
    """The name of a colleague whom it is about; never of anybody who is sought."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of rows, the newest first."""

    rows: list[LogRow]
    number: int
    pages: int
    total: int


class AuditLog:
    """Shows and checks the log of this service."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def page(self, wanted: LogFilter, number: int, by: Actor) -> LogPage:
        """Reading the log is written into it."""
        by.must_be(AUDITS)
        fits = _fitting(wanted)
        with self._context.database.begin() as session:
            total = session.scalar(select(func.count()).select_from(AuditRow).where(*fits)) or 0
            pages = max(1, -(-total // PAGE))
            number = min(max(number, 1), pages)
            chosen = select(AuditRow).where(*fits).order_by(AuditRow.index.desc())
            found = session.scalars(chosen.limit(PAGE).offset((number - 1) * PAGE)).all()
            names = self._names(session)
            rows = [
                LogRow(
                    row.index, row.at, names.get(row.actor, ""), row.action, row.subject,
                    names.get(row.subject, ""),
                )
                for row in found
            ]  # fmt: skip
            self._context.audit.append(session, by.id, "audit.viewed", wanted.user_id or "log", {})
        return LogPage(rows, number, pages, total)

    def people(self, by: Actor) -> list[tuple[str, str]]:
        """Ids and names of everybody who ever had an account, by name."""
        by.must_be(AUDITS)
        with self._context.database.read() as session:
            return sorted(self._names(session).items(), key=lambda one: one[1].casefold())

    def check(self, by: Actor) -> AuditReport:
        """Whether every row still fits the ones before it and the signed states that are kept here.

        The signatures themselves are checked on the command line, where every key of the past is at hand.
        """
        by.must_be(AUDITS)
        with self._context.database.begin() as session:
            log = f"{self._context.organisation}/intake"
            report = audit_check.verify(session, log, _believed)
            code = "good" if report.problem is None else report.problem.value
            self._context.audit.append(session, by.id, "audit.checked", "log", {"result": code})
        return report

    def _names(self, session: Session) -> dict[str, str]:
        return {row.id: row.name for row in session.execute(select(UserRow.id, UserRow.name))}


def _fitting(wanted: LogFilter) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.user_id:
        fits.append(AuditRow.actor == wanted.user_id)
    if wanted.first is not None:
        fits.append(AuditRow.at >= _midnight(wanted.first))
    if wanted.last is not None:
        fits.append(AuditRow.at < _midnight(wanted.last) + timedelta(days=1))
    return fits


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _believed(_: Head) -> None:
    """Compared, not verified: a difference shows all the same."""
