"""Papers of a case: kept as they came, encrypted under its key, given out as a download and never opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.domain.case import CaseClosed
from services.intake.domain.files import clean_name, danger
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import (
    AttachmentEmpty,
    AttachmentTooLarge,
    AttachmentTooMany,
    CaseErased,
    NotFound,
    PaperInUse,
)
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.store.cases import ConsentRow
from services.intake.store.fields import ATTACHMENT_CONTENT, ATTACHMENT_NAME
from services.intake.store.papers import AttachmentRow
from shared.crypto.rest import RestCipher
from shared.runtime import ids

MOST = 20
LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class AttachmentView:
    """One paper in a list. `danger` is empty, or why opening it may do harm."""

    id: str
    case_id: str
    name: str
    size: int
    danger: str
    added_by: str
    added_at: datetime

    def __repr__(self) -> str:
        return f"<AttachmentView {self.id}>"


class Attachments:
    """The papers of a case."""

    def __init__(self, context: Context, people: People, cases: Cases) -> None:
        self._context = context
        self._people = people
        self._cases = cases

    def add(self, case_id: str, name: str, content: bytes, by: Actor) -> AttachmentView:
        """Keep a file under a clean name.

        Raises NotFound, CaseClosed, CaseErased, AttachmentEmpty, AttachmentTooLarge, AttachmentTooMany.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            case = self._cases.find(session, case_id, by, lock=True)
            if case.state == "erased":
                raise CaseErased()
            if case.state == "closed":
                raise CaseClosed()
            if not content:
                raise AttachmentEmpty()
            if len(content) > LARGEST:
                raise AttachmentTooLarge()
            kept = select(func.count()).select_from(AttachmentRow).where(AttachmentRow.case_id == case_id)
            if (session.scalar(kept) or 0) >= MOST:
                raise AttachmentTooMany()
            cipher, named = self._people.cipher(session, case_id), clean_name(name)
            reference = ids.new_id("paper")
            row = AttachmentRow(
                id=reference,
                case_id=case_id,
                name=ATTACHMENT_NAME.seal(cipher, reference, named),
                content=ATTACHMENT_CONTENT.seal(cipher, reference, content),
                size=len(content),
                danger=danger(named, content),
                added_by=by.id,
                added_at=self._context.clock.now(),
            )
            session.add(row)
            self._context.audit.append(session, by.id, "attachment.added", case_id, {"paper": row.id})
            return AttachmentView(row.id, case_id, named, row.size, row.danger, row.added_by, row.added_at)

    def overview(self, case_id: str, by: Actor) -> list[AttachmentView]:
        """The papers of a case in the order in which they came, without their contents."""
        by.must_be(READS_CASES)
        table = AttachmentRow
        columns = (table.id, table.name, table.size, table.danger, table.added_by, table.added_at)
        with self._context.database.read() as session:
            case = self._cases.find(session, case_id, by)
            chosen = select(*columns).where(table.case_id == case_id).order_by(table.added_at, table.id)
            found = session.execute(chosen).all()
            if not found or case.state == "erased":
                return []
            cipher = self._people.cipher(session, case_id)
            return [
                AttachmentView(
                    one.id,
                    case_id,
                    ATTACHMENT_NAME.open(cipher, one.id, one.name),
                    one.size,
                    one.danger,
                    one.added_by,
                    one.added_at,
                )
                for one in found
            ]

    def get(self, case_id: str, attachment_id: str, by: Actor) -> AttachmentView:
        """One paper, without its content."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            row, cipher = self._find(session, case_id, attachment_id, by)
            return _view(row, cipher)

    def take_out(self, case_id: str, attachment_id: str, by: Actor) -> tuple[AttachmentView, bytes]:
        """One paper and its content; audited."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            row, cipher = self._find(session, case_id, attachment_id, by)
            self._context.audit.append(session, by.id, "attachment.taken", case_id, {"paper": row.id})
            return _view(row, cipher), ATTACHMENT_CONTENT.open(cipher, row.id, row.content)

    def remove(self, case_id: str, attachment_id: str, by: Actor) -> None:
        """Delete one paper for ever. Raises PaperInUse for one that a consent names."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            row, _ = self._find(session, case_id, attachment_id, by)
            if session.scalar(select(ConsentRow.id).where(ConsentRow.paper_id == row.id).limit(1)):
                raise PaperInUse()
            session.delete(row)
            self._context.audit.append(session, by.id, "attachment.removed", case_id, {"paper": row.id})

    def _find(
        self, session: Session, case_id: str, attachment_id: str, by: Actor
    ) -> tuple[AttachmentRow, RestCipher]:
        self._cases.find(session, case_id, by)
        row = session.get(AttachmentRow, attachment_id)
        if row is None or row.case_id != case_id:
            raise NotFound()
        return row, self._people.cipher(session, case_id)


def _view(row: AttachmentRow, cipher: RestCipher) -> AttachmentView:
    name = ATTACHMENT_NAME.open(cipher, row.id, row.name)
    return AttachmentView(row.id, row.case_id, name, row.size, row.danger, row.added_by, row.added_at)
