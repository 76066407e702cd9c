"""Cases: registered, edited, looked at, searched for, ended, erased. Every look is audited (rule 10)."""

from dataclasses import replace

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from services.intake.domain.case import Case, CaseClosed
from services.intake.domain.codes import TracingStatus
from services.intake.domain.matchkeys import case_keys
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.alerts.shares import Shares
from services.intake.handlers.case_lists import PER_PAGE, CaseFilter, CasePage, chosen_cases
from services.intake.handlers.case_views import CaseSummary, CaseView
from services.intake.handlers.errors import BadField, CaseErased, EditConflict, NotFound
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import tasks
from services.intake.handlers.search_terms import SOURCE_ID, SearchTerms, terms_of
from services.intake.handlers.vault import CaseVault
from services.intake.store import papers
from services.intake.store.cases import BlindIndexRow, CaseRow, ConsentRow
from shared.runtime import ids
from shared.wire.local import CaseClosed as CaseClosedBody

LIST_LIMIT = 200


class Cases:
    """The use cases around one case."""

    def __init__(self, context: Context, vault: CaseVault, people: People, shares: Shares) -> None:
        self._context = context
        self._vault = vault
        self._people = people
        self._shares = shares
        self._terms = SearchTerms(context.keys.blind_index)

    def register(self, case: Case, by: Actor, *, source_id: str = "") -> CaseView:
        """Save a new case in the person's own team. Raises NotAllowed."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.add(session, case, by, source_id=source_id)
            return self._view(session, row)

    def add(
        self, session: Session, case: Case, by: Actor, *, source_id: str = "", batch_id: str | None = None
    ) -> CaseRow:
        """`register` within the caller's transaction; an import adds many."""
        now = self._context.clock.now()
        row = CaseRow(
            id=ids.new_id("case"),
            version=1,
            state="closed" if case.is_closed else "open",
            team=by.team,
            created_by=by.id,
            created_at=now,
            batch_id=batch_id,
            closed_at=now if case.is_closed else None,
        )
        self._fill(row, case)
        session.add(row)
        session.flush()
        self._people.save(session, row, case, self._vault.create(session, row.id))
        self._index(session, row.id, case, source_id)
        tasks.case_changed(session, self._context, row)
        self._context.audit.append(session, by.id, "case.registered", row.id, {"kind": row.kind})
        return row

    def update(self, case_id: str, case: Case, version: int, by: Actor) -> CaseView:
        """Replace what is known. `version` is the one on the page: EditConflict (case 59), CaseClosed."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by, lock=True)
            self._check_version(row, version)
            if row.state == "closed":
                raise CaseClosed()
            if case.kind != row.kind:
                raise BadField(
                    "kind", "The kind of a case cannot be changed; close it and register a new one."
                )
            if case.tracing_status != row.tracing_status:
                raise BadField("tracing_status", "The status has its own step; it is not changed by an edit.")
            self._store(session, row, case)
            self._context.audit.append(session, by.id, "case.updated", case_id, {"version": row.version})
            return self._view(session, row)

    def move(self, case_id: str, status: TracingStatus, version: int, by: Actor) -> CaseView:
        """The next step of the search. Closing withdraws every alert (`end_search` says the same)."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by, lock=True)
            self._check_version(row, version)
            case = self._people.load_case(session, row).move_to(status)
            self._store(session, row, case)
            if case.is_closed:
                self._end(session, row)
            details = {"status": status.value, "version": row.version}
            self._context.audit.append(session, by.id, "case.moved", case_id, details)
            return self._view(session, row)

    def end_search(self, case_id: str, version: int, by: Actor) -> CaseView:
        """Close the case, withdraw its alerts, let matching forget it. The reason stays in people's heads."""
        return self.move(case_id, TracingStatus.CLOSED, version, by)

    def reopen(self, case_id: str, version: int, by: Actor) -> CaseView:
        """Open a closed case again; withdrawn alerts stay withdrawn."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by, lock=True)
            self._check_version(row, version)
            case = self._people.load_case(session, row).reopened()
            row.state, row.closed_at = "open", None
            self._store(session, row, case)
            self._context.audit.append(session, by.id, "case.reopened", case_id, {"version": row.version})
            return self._view(session, row)

    def get(self, case_id: str, by: Actor) -> CaseView:
        """One whole case; the look is audited. NotFound also for another team's (case 46)."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by)
            self._context.audit.append(session, by.id, "case.viewed", case_id, {"version": row.version})
            return self._view(session, row)

    def overview(
        self, by: Actor, *, kind: str | None = None, state: str | None = "open"
    ) -> list[CaseSummary]:
        """The cases this person may see, newest change first, at most 200; opens the name column only."""
        return self.page_of(CaseFilter(kind=kind, state=state), by, per_page=LIST_LIMIT).cases

    def search(self, text: str, by: Actor) -> list[CaseSummary]:
        """Own cases whose name, or id in the imported table, is exactly this, accents and case aside.

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
            cases = [self._summary(session, row) for row in rows]
            return CasePage(cases=cases, total=total, number=number, pages=pages, elsewhere=elsewhere)

    def erase(self, case_id: str, by: Actor) -> int:
        """Destroy the case's key; partners get a tombstone for every share. Returns how many (case 91)."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.find(session, case_id, by, lock=True)
            if row.state == "erased":
                raise CaseErased()
            return self.erase_row(session, row, by)

    def erase_row(self, session: Session, row: CaseRow, by: Actor) -> int:
        """`erase` within the caller's transaction; undoing an import erases many."""
        recalled = self._shares.erase_case(session, row.id)
        tasks.case_ended(session, row.id)
        self._context.post.tell(session, CaseClosedBody(case=row.id), priority=0)
        self._people.forget(session, row)
        for table in (BlindIndexRow, ConsentRow, *papers.OF_A_CASE):
            session.execute(delete(table).where(table.case_id == row.id))
        row.state, row.erased_at = "erased", self._context.clock.now()
        row.changed_at, row.has_keys = row.erased_at, False
        self._context.audit.append(session, by.id, "case.erased", row.id, {"recalled": recalled})
        return recalled

    def find(self, session: Session, case_id: str, by: Actor, *, lock: bool = False) -> CaseRow:
        """The row of a case that exists for this person; NotFound otherwise."""
        row = session.get(CaseRow, case_id, with_for_update=lock or None)
        if row is None or not by.sees_team(row.team):
            raise NotFound()
        return row

    def _store(self, session: Session, row: CaseRow, case: Case) -> None:
        row.version += 1
        self._fill(row, case)
        self._people.save(session, row, case, self._vault.of(session, row.id))
        kept = BlindIndexRow.field == SOURCE_ID
        session.execute(delete(BlindIndexRow).where(BlindIndexRow.case_id == row.id, ~kept))
        self._index(session, row.id, case, "")
        if not case.is_closed:
            tasks.case_changed(session, self._context, row)

    def _end(self, session: Session, row: CaseRow) -> None:
        row.state, row.closed_at = "closed", self._context.clock.now()
        self._shares.withdraw_case(session, row.id)
        tasks.case_ended(session, row.id)
        self._context.post.tell(session, CaseClosedBody(case=row.id))

    def _fill(self, row: CaseRow, case: Case) -> None:
        row.kind, row.category, row.risk = case.kind, case.category, case.risk
        row.tracing_status, row.protect_location = case.tracing_status, case.person.protect_location
        row.has_keys, row.changed_at = bool(case_keys(case.person)), self._context.clock.now()

    def _index(self, session: Session, case_id: str, case: Case, source_id: str) -> None:
        for field, text in terms_of(case.person, source_id):
            value = self._terms.value(field, text)
            if value is not None:
                session.add(BlindIndexRow(case_id=case_id, field=field, value=value))
        session.flush()

    def _check_version(self, row: CaseRow, version: int) -> None:
        if row.state == "erased":
            raise CaseErased()
        if row.version != version:
            raise EditConflict(row.version)

    def _view(self, session: Session, row: CaseRow) -> CaseView:
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
        )


def _count(session: Session, chosen: Select[CaseRow]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
