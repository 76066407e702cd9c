"""Photos of a person: written anew, encrypted under the key of the case, each look audited (cases 51, 52)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.intake.domain.case import CaseClosed
from services.intake.handlers.actor import READS_CASES, WRITES_CASES, Actor
from services.intake.handlers.cases import Cases
from services.intake.handlers.errors import (
    CaseErased,
    NotFound,
    PhotoBroken,
    PhotoNotTaken,
    PhotoTooLarge,
    PhotoTooMany,
    PhotoUnknown,
    TooBusy,
)
from services.intake.handlers.people import People
from services.intake.handlers.ports import Context
from services.intake.pictures.workshop import Copies, PictureRefused, Workshop
from services.intake.store.cases import CaseRow
from services.intake.store.fields import PHOTO_PICTURE, PHOTO_SMALL
from services.intake.store.papers import PhotoRow
from shared.runtime import ids

MOST = 5
_REFUSALS = {
    "heic": PhotoNotTaken,
    "unknown": PhotoUnknown,
    "pixels": PhotoTooLarge,
    "large": PhotoTooLarge,
    "broken": PhotoBroken,
    "busy": TooBusy,
}


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo in a list; the picture itself is another look."""

    id: str
    case_id: str
    added_by: str
    added_at: datetime
    looks: int


class Photos:
    """The photos of a case."""

    def __init__(self, context: Context, people: People, cases: Cases, workshop: Workshop | None = None):
        self._context = context
        self._people = people
        self._cases = cases
        self._workshop = workshop or Workshop()

    def add(self, case_id: str, data: bytes, by: Actor) -> PhotoView:
        """Keep a copy of this picture, without anything but its pixels. What was sent is not kept.

        Raises NotFound, CaseClosed, CaseErased, PhotoTooMany, and for the picture itself PhotoNotTaken,
        PhotoUnknown, PhotoTooLarge, PhotoBroken, TooBusy.
        """
        by.must_be(WRITES_CASES)
        with self._context.database.read() as session:
            self._room(session, case_id, by)
        copies = self._decoded(data)  # takes seconds: in no transaction
        with self._context.database.begin() as session:
            self._room(session, case_id, by, lock=True)
            cipher = self._people.cipher(session, case_id)
            reference = ids.new_id("photo")
            row = PhotoRow(
                id=reference,
                case_id=case_id,
                picture=PHOTO_PICTURE.seal(cipher, reference, copies.picture),
                small=PHOTO_SMALL.seal(cipher, reference, copies.small),
                added_by=by.id,
                added_at=self._context.clock.now(),
                looks=0,
            )
            session.add(row)
            self._context.audit.append(session, by.id, "photo.added", case_id, {"photo": row.id})
            return PhotoView(row.id, case_id, row.added_by, row.added_at, row.looks)

    def overview(self, case_id: str, by: Actor) -> list[PhotoView]:
        """The photos of a case in the order in which they came, without the pictures."""
        by.must_be(READS_CASES)
        with self._context.database.read() as session:
            self._cases.find(session, case_id, by)
            found = session.execute(
                select(PhotoRow.id, PhotoRow.added_by, PhotoRow.added_at, PhotoRow.looks)
                .where(PhotoRow.case_id == case_id)
                .order_by(PhotoRow.added_at, PhotoRow.id)
            )
            return [PhotoView(one.id, case_id, one.added_by, one.added_at, one.looks) for one in found]

    def look(self, case_id: str, photo_id: str, by: Actor, *, small: bool = False) -> bytes:
        """The JPEG; the look is audited, and one at the large picture counted."""
        by.must_be(READS_CASES)
        with self._context.database.begin() as session:
            row = self._find(session, case_id, photo_id, by)
            action = "photo.glimpsed" if small else "photo.viewed"
            self._context.audit.append(session, by.id, action, case_id, {"photo": photo_id})
            cipher = self._people.cipher(session, case_id)
            if small:
                return PHOTO_SMALL.open(cipher, photo_id, row.small)
            row.looks += 1
            return PHOTO_PICTURE.open(cipher, photo_id, row.picture)

    def remove(self, case_id: str, photo_id: str, by: Actor) -> None:
        """Delete one photo for ever."""
        by.must_be(WRITES_CASES)
        with self._context.database.begin() as session:
            session.delete(self._find(session, case_id, photo_id, by))
            self._context.audit.append(session, by.id, "photo.removed", case_id, {"photo": photo_id})

    def _decoded(self, data: bytes) -> Copies:
        try:
            return self._workshop.copies(data)
        except PictureRefused as refused:
            raise _REFUSALS.get(refused.code, PhotoBroken)() from None

    def _room(self, session: Session, case_id: str, by: Actor, *, lock: bool = False) -> CaseRow:
        case = self._cases.find(session, case_id, by, lock=lock)
        if case.state == "erased":
            raise CaseErased()
        if case.state == "closed":
            raise CaseClosed()
        kept = select(func.count()).select_from(PhotoRow).where(PhotoRow.case_id == case_id)
        if (session.scalar(kept) or 0) >= MOST:
            raise PhotoTooMany()
        return case

    def _find(self, session: Session, case_id: str, photo_id: str, by: Actor) -> PhotoRow:
        self._cases.find(session, case_id, by)
        row = session.get(PhotoRow, photo_id)
        if row is None or row.case_id != case_id:
            raise NotFound()
        return row
