"""Notes from one shift to the next, about a case. They stay in the house and go with the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.case import MAX_TEXT, Case, TextTooLong
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.case_views import CaseView
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import NotFound
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.handlers.visible import visible
from services.intake.store.cases import CaseRow
from services.intake.store.fields import HANDOVER_TEXT
from services.intake.store.handovers import HandoverRow
from shared.runtime import ids

LIST_LIMIT = 50


@dataclass(frozen=True, slots=True, repr=False)
class HandoverView:
    """One note. `taken_by` is None while it waits for somebody."""

    id: str
    case_id: str
    label: str
    """The name of the person in the case."""
    text: str
    written_by: str
    written_at: datetime
    taken_by: str | None
    taken_at: datetime | None


class Handovers:
    """The use cases around notes for the next shift."""

    def __init__(self, context: Context, cases: Cases, people: People) -> None:
        self._context = context
        self._cases = cases
        self._people = people

    def register(self, case: Case, text: str, by: Actor) -> CaseView:
        """Register a case with its note at once: either both are kept or neither. Raises TextTooLong."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._cases.add(session, case, by)
            self._add(session, row, text, by)
            return self._cases.view_of(session, row)

    def write(self, case_id: str, text: str, by: Actor) -> None:
        """A new note for a case; earlier ones stay. An empty one is not written."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row = self._cases.find(session, case_id, by)
            if text.strip():
                self._add(session, row, text, by)

    def take_over(self, handover_id: str, by: Actor) -> str:
        """Somebody has it now; a second time changes nothing. Returns the id of the case."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            note = session.get(HandoverRow, handover_id, with_for_update=True)
            if note is None:
                raise NotFound()
            row = self._cases.find(session, note.case_id, by)
            if note.taken_at is None:
                note.taken_by, note.taken_at = by.id, self._context.clock.now()
                self._context.audit.append(session, by.id, "handover.taken", row.id, {"note": note.id})
            return row.id

    def of_case(self, case_id: str, by: Actor) -> list[HandoverView]:
        """The notes of a case, the newest first."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            row = self._cases.find(session, case_id, by)
            notes = select(HandoverRow).where(HandoverRow.case_id == row.id)
            newest = notes.order_by(HandoverRow.written_at.desc(), HandoverRow.id).limit(LIST_LIMIT)
            return [self._view(session, note) for note in session.scalars(newest)]

    def waiting(self, by: Actor) -> list[HandoverView]:
        """Notes that nobody has taken over, the oldest first, at most 50; the look is audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            chosen = (
                select(HandoverRow)
                .join(CaseRow, CaseRow.id == HandoverRow.case_id)
                .where(visible(by), HandoverRow.taken_at.is_(None))
                .order_by(HandoverRow.written_at, HandoverRow.id)
                .limit(LIST_LIMIT)
            )
            found = [self._view(session, note) for note in session.scalars(chosen)]
            if found:
                details = {"count": len(found)}
                self._context.audit.append(session, by.id, "handover.listed", "handovers", details)
            return found

    def _add(self, session: Session, row: CaseRow, text: str, by: Actor) -> None:
        if len(text) > MAX_TEXT:
            raise TextTooLong()
        note = HandoverRow(
            id=ids.new_id("handover"),
            case_id=row.id,
            written_by=by.id,
            written_at=self._context.clock.now(),
        )
        note.text = HANDOVER_TEXT.seal(self._people.cipher(session, row.id), note.id, text.strip())
        session.add(note)
        session.flush()
        self._context.audit.append(session, by.id, "handover.written", row.id, {"note": note.id})

    def _view(self, session: Session, note: HandoverRow) -> HandoverView:
        cipher = self._people.cipher(session, note.case_id)
        return HandoverView(
            id=note.id,
            case_id=note.case_id,
            label=self._people.label(session, note.case_id),
            text=HANDOVER_TEXT.open(cipher, note.id, note.text),
            written_by=note.written_by,
            written_at=note.written_at,
            taken_by=note.taken_by,
            taken_at=note.taken_at,
        )
