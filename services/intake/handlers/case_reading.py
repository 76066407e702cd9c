"""Looking at cases: one, a list, a search. Every look is audited (rule 10)."""

from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.intake.handlers.actor import READS_CASES, Actor
from services.intake.handlers.case_lists import PER_PAGE, CaseFilter, CasePage, chosen_cases, found_by
from services.intake.handlers.case_views import CaseSummary, CaseView
from services.intake.handlers.errors import NotFound
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.search_terms import SearchTerms
from services.intake.store.cases import CaseRow
from shared.runtime import ids

LIST_LIMIT = 200


class CaseReading:
    """The use cases that change nothing but the audit log."""

    def __init__(self, context: Context, people: People) -> None:
        self._context = context
        self._people = people
        self._terms = SearchTerms(context.keys.blind_index)

    def get(self, case_id: str, by: Actor) -> CaseView:
        """One whole case; the look is audited. NotFound also for another team's (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by)
            self._context.audit.append(session, by.id, "case.viewed", case_id, {"version": row.version})
            return self.view_of(session, row)

    def overview(
        self, by: Actor, *, kind: str | None = None, state: str | None = "open"
    ) -> list[CaseSummary]:
        """The cases this person may see, newest change first, at most 200; opens the name column only."""
        return self.page_of(CaseFilter(kind=kind, state=state), by, per_page=LIST_LIMIT).cases

    def search(self, text: str, by: Actor) -> list[CaseSummary]:
        """Own cases whose name, or id in the imported table, is this, then those spelled or sounding like it.

        Four characters are also looked for as the short code of a case.
        """
        return self.page_of(CaseFilter(text=text), by, per_page=LIST_LIMIT).cases if text else []

    def page_of(
        self, wanted: CaseFilter, by: Actor, number: int = 1, *, per_page: int = PER_PAGE
    ) -> CasePage:
        """One page of the cases that fit; a number beyond the last page is the last page."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            chosen = chosen_cases(session, wanted, self._terms, by)
            total = _count(session, chosen)
            everywhere = chosen_cases(session, replace(wanted, state=None), self._terms, by)
            elsewhere = 0 if wanted.state is None else _count(session, everywhere) - total
            pages = max(1, -(-total // per_page))
            number = min(max(number, 1), pages)
            rows = session.scalars(chosen.limit(per_page).offset((number - 1) * per_page)).all()
            action = "case.searched" if wanted.text else "case.listed"
            self._context.audit.append(session, by.id, action, "cases", {"count": len(rows)})
            self._people.read_ahead(session, [row.id for row in rows])
            cases = [self._summary(session, row) for row in rows]
            alike = self._alike(session, wanted.text, [row.id for row in rows], by)
            return CasePage(cases, total, number, pages, alike, elsewhere)

    def _alike(self, session: Session, text: str, shown: list[str], by: Actor) -> frozenset[str]:
        """Those of the cases that are not written exactly so."""
        if not text:
            return frozenset()
        exact, _, _ = found_by(session, text, self._terms, by)
        same = session.scalars(select(CaseRow.id).where(CaseRow.id.in_(shown), exact))
        return frozenset(shown) - frozenset(same)

    def must_see(self, case_id: str, by: Actor) -> None:
        """NotFound unless this case exists for this person; opens nothing of it."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            self.find(session, case_id, by)

    def find(self, session: Session, case_id: str, by: Actor, *, lock: bool = False) -> CaseRow:
        """The row of a case that exists for this person; NotFound otherwise."""
        row = session.get(CaseRow, case_id, with_for_update=lock or None)
        if row is None or not by.sees_team(row.team):
            raise NotFound()
        return row

    def view_of(self, session: Session, row: CaseRow) -> CaseView:
        """One whole case, within the caller's transaction."""
        return CaseView(
            summary=self._summary(session, row),
            case=self._people.load_case(session, row),
            created_by=row.created_by,
            created_at=row.created_at,
            closed_at=row.closed_at,
            batch_id=row.batch_id,
        )

    def _summary(self, session: Session, row: CaseRow) -> CaseSummary:
        return CaseSummary(
            id=row.id,
            short=ids.short(row.id),
            label=self._people.label(session, row.id),
            version=row.version,
            kind=row.kind,
            category=row.category,
            risk=row.risk,
            state=row.state,
            tracing_status=row.tracing_status,
            team=row.team,
            has_keys=row.has_keys,
            changed_at=row.changed_at,
            search_reason=row.search_reason or "",
        )


def _count(session: Session, chosen: Select[CaseRow]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
