"""Statistics of the whole organisation, protected by the domain: the same for whoever may look."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.intake.domain import person_record, statistics
from services.intake.domain.codes import CaseKind, Category, Sex, TracingStatus
from services.intake.domain.person import Person
from services.intake.domain.statistics import Fact, Key, Period, Shown, Times
from services.intake.handlers.actor import READS_CASES, Actor, UserRole
from services.intake.handlers.errors import IntakeError, NotFound
from services.intake.handlers.ports import Context
from services.intake.store import fields
from services.intake.store.alerts import AlertRow, NoticeRow, ShareRow
from services.intake.store.cases import CaseKeyRow, CaseRow, EpisodeRow, PersonRow
from services.intake.store.matches import MatchRow
from shared.crypto.errors import CannotDecrypt
from shared.crypto.rest import RestCipher

READS_STATISTICS = READS_CASES | {UserRole.AUDITOR}
AGES = ((0, 11), (12, 15), (16, 17), (18, 24), (25, 64), (65, 120))
UNKNOWN = "unknown"
ERASED = "erased"
ROWS: dict[str, tuple[str, ...]] = {
    "kind": tuple(CaseKind),
    "category": tuple(Category),
    "age": (*(f"{low}-{high}" for low, high in AGES), UNKNOWN),
    "sex": (*Sex, UNKNOWN),
    "border": ("across", "within", "not_shared"),
    "outcome": (*TracingStatus, ERASED),
}
REAL = "Actual"
_DAY = 86_400


class PeriodNotOver(IntakeError):
    """This period is not over; its figures still change, so they are not given away yet."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One period."""

    period: str
    is_over: bool
    """Only then may its figures leave the desk: two versions of one period tell who came between."""
    shown: dict[Key, Shown]
    first_word: Times | None
    """From an alert to a partner's first word about it."""
    judged: Times | None
    """From a possible match to our decision."""

    def of(self, breakdown: str, row: str) -> Shown:
        """One figure."""
        return self.shown[self.period, breakdown, row]


class Statistics:
    """Counts; nobody is named in them, and the look is audited all the same."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._wrapping = RestCipher(context.keys.case_wrapping)

    def is_open_to(self, by: Actor) -> bool:
        """Whether this person may look at the figures."""
        return by.role in READS_STATISTICS

    def years(self, by: Actor) -> list[int]:
        """Years in which a case was registered, and this one; the newest first."""
        by.must_be(READS_STATISTICS)
        with self._context.database.read() as session:
            first = session.scalar(select(func.min(CaseRow.created_at)))
        now = self._context.clock.now().year
        return list(range(now, (first.year if first else now) - 1, -1))

    def figures(self, code: str, by: Actor, *, to_give_away: bool = False) -> Figures:
        """A year, quarter or month. Raises NotFound, and PeriodNotOver for a file of a running one."""
        by.must_be(READS_STATISTICS)
        try:
            period = Period(code)
        except ValueError:
            raise NotFound() from None
        is_over = period.last_day() < self._context.clock.now().date()
        if to_give_away and not is_over:
            raise PeriodNotOver()
        with self._context.database.begin() as session:
            facts = list(self._facts(session, period.year))
            made = Figures(
                period=code,
                is_over=is_over,
                shown=statistics.release(facts, ROWS, period.year),
                first_word=statistics.times(list(_first_words(session, period))),
                judged=statistics.times(list(_decisions(session, period))),
            )
            action = "statistics.taken" if to_give_away else "statistics.viewed"
            self._context.audit.append(session, by.id, action, code)
        return made

    def _facts(self, session: Session, year: int) -> Iterator[Fact]:
        across, shared = self._shared(session)
        episodes = dict(_pairs(session))
        chosen = (
            select(CaseRow, PersonRow.id, PersonRow.record, CaseKeyRow.wrapped)
            .outerjoin(PersonRow, PersonRow.case_id == CaseRow.id)
            .outerjoin(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
            .where(_in_year(CaseRow.created_at, year))
        )
        for row, person_id, record, wrapped in session.execute(chosen):
            person = self._person(row.id, person_id, record, wrapped)
            created = row.created_at.date()
            yield Fact(
                month=f"{created.year:04d}-{created.month:02d}",
                rows={
                    "kind": row.kind,
                    "category": row.category,
                    "age": _age(person, created),
                    "sex": person.sex.value if person is not None and person.sex else UNKNOWN,
                    "border": "across"
                    if row.id in across
                    else "within"
                    if row.id in shared
                    else "not_shared",
                    "outcome": ERASED if row.state == "erased" else row.tracing_status,
                },
                episodes=episodes.get(row.id, 1),
            )

    def _shared(self, session: Session) -> tuple[set[str], set[str]]:
        """Cases that were shared for real with a partner of another country, and with any partner."""
        home = self._context.organisation.partition("-")[0]
        chosen = (
            select(AlertRow.case_id, ShareRow.partner)
            .join(ShareRow, ShareRow.alert_id == AlertRow.id)
            .where(AlertRow.msg_status == REAL)
            .distinct()
        )
        pairs = [(case, partner) for case, partner in session.execute(chosen)]
        across = {case for case, partner in pairs if partner.partition("-")[0] != home}
        return across, {case for case, _ in pairs}

    def _person(
        self, case_id: str, person_id: str | None, record: bytes | None, wrapped: bytes | None
    ) -> Person | None:
        """The person; None for an erased case, and for a damaged row, which counts as unknown (case 82)."""
        if person_id is None or record is None or wrapped is None:
            return None
        try:
            cipher = RestCipher(fields.CASE_KEY.open(self._wrapping, case_id, wrapped))
            return person_record.from_plain(fields.PERSON_RECORD.open(cipher, person_id, record), date.max)
        except CannotDecrypt:
            return None


def _pairs(session: Session) -> Iterator[tuple[str, int]]:
    counted = select(EpisodeRow.case_id, func.count()).group_by(EpisodeRow.case_id)
    yield from ((row[0], row[1]) for row in session.execute(counted))


def _in_year(column: InstrumentedAttribute[datetime], year: int) -> ColumnElement[bool]:
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return (column >= begin) & (column < end)


def _age(person: Person | None, on: date) -> str:
    """The age group on the day of registration; unknown where the years that are known lie in two."""
    years = person.birth_years() if person is not None else None
    if person is None or years is None:
        return UNKNOWN
    born = person.known_birth_date
    first, last = (
        (born.first_day(), born.last_day()) if born else (date(years[0], 1, 1), date(years[1], 12, 31))
    )
    groups = {_group(_years(day, on)) for day in (first, last)}
    return groups.pop() if len(groups) == 1 else UNKNOWN


def _years(born: date, on: date) -> int:
    return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _group(age: int) -> str:
    return next((f"{low}-{high}" for low, high in AGES if low <= age <= high), UNKNOWN)


def _first_words(session: Session, period: Period) -> Iterator[float]:
    """Days from an alert to the first word of a partner, by the month of the alert."""
    chosen = (
        select(AlertRow.created_at, func.min(NoticeRow.received_at))
        .join(ShareRow, ShareRow.alert_id == AlertRow.id)
        .join(NoticeRow, NoticeRow.share_id == ShareRow.id)
        .where(AlertRow.msg_status == REAL, _in_year(AlertRow.created_at, period.year))
        .group_by(AlertRow.id, AlertRow.created_at)
    )
    yield from _days(session.execute(chosen).all(), period)


def _decisions(session: Session, period: Period) -> Iterator[float]:
    """Days from a possible match to our decision, by the month in which it came."""
    chosen = select(MatchRow.received_at, MatchRow.decided_at).where(
        MatchRow.decided_at.is_not(None),
        MatchRow.msg_status == REAL,
        _in_year(MatchRow.received_at, period.year),
    )
    yield from _days(session.execute(chosen).all(), period)


def _days(pairs: Iterable[Any], period: Period) -> Iterator[float]:
    months = statistics.months_of(period.code)
    for begin, end in pairs:
        if f"{begin.year:04d}-{begin.month:02d}" in months:
            yield max(0.0, (end - begin).total_seconds() / _DAY)
