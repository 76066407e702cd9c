"""Cases: registered, changed, ended, erased; `case_reading` has the looks at them."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.intake.domain.case import Case, CaseClosed
from services.intake.domain.codes import TracingStatus
from services.intake.domain.matchkeys import case_keys
from services.intake.handlers.actor import WRITES_CASES, Actor
from services.intake.handlers.alarms import Alarms
from services.intake.handlers.alerts.shares import Shares
from services.intake.handlers.asking import Asking, asker_terms
from services.intake.handlers.case_reading import CaseReading
from services.intake.handlers.case_views import CaseView
from services.intake.handlers.errors import BadField, CaseErased, EditConflict
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.pseudonyms import tasks
from services.intake.handlers.search_terms import SOURCE_ID, terms_of
from services.intake.handlers.vault import CaseVault
from services.intake.store import papers
from services.intake.store.cases import BlindIndexRow, CaseRow, ConsentRow
from services.intake.store.handovers import HandoverRow
from services.intake.store.permissions import SharePermissionRow
from shared.runtime import ids
from shared.wire.local import CaseClosed as CaseClosedBody


class Cases(CaseReading):
    """The use cases around one case."""

    def __init__(
        self, context: Context, vault: CaseVault, people: People, shares: Shares, asking: Asking
    ) -> None:
        super().__init__(context, people)
        self._asking = asking
        self._vault = vault
        self._shares = shares

    def register(self, case: Case, by: Actor, *, source_id: str = "") -> CaseView:
        """Save a new case in the person's own team. Raises NotAllowed."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self.add(session, case, by, source_id=source_id)
            return self.view_of(session, row)

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
        case = self._asking.checked(session, row, None, case, by)
        self._fill(row, case)
        session.add(row)
        session.flush()
        self._people.save(session, row, case, self._vault.create(session, row.id))
        self._index(session, row.id, case, source_id)
        tasks.case_changed(session, self._context, row)
        if self._asking.is_flagged(session, row, case):
            Alarms(self._context).raise_one(session, "many_asked_for", row.id)
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
            old = self._people.load_case(session, row)
            self._store(session, row, self._asking.checked(session, row, old, case, by))
            self._context.audit.append(session, by.id, "case.updated", case_id, {"version": row.version})
            return self.view_of(session, row)

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
            return self.view_of(session, row)

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
            return self.view_of(session, row)

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
        for table in (BlindIndexRow, ConsentRow, HandoverRow, SharePermissionRow, *papers.OF_A_CASE):
            session.execute(delete(table).where(table.case_id == row.id))
        row.state, row.erased_at = "erased", self._context.clock.now()
        row.changed_at, row.has_keys = row.erased_at, False
        self._context.audit.append(session, by.id, "case.erased", row.id, {"recalled": recalled})
        return recalled

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
        for field, text in (*terms_of(case.person, source_id), *asker_terms(case.enquirer)):
            value = self._terms.value(field, text)
            if value is not None:
                session.add(BlindIndexRow(case_id=case_id, field=field, value=value))
        session.flush()

    def _check_version(self, row: CaseRow, version: int) -> None:
        if row.state == "erased":
            raise CaseErased()
        if row.version != version:
            raise EditConflict(row.version)
