"""What one shift leaves to the next about a case."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import IntakeBase, Moment, Ref, RefKey


class HandoverRow(IntakeBase):
    """One note for the next shift, encrypted under the key of its case; open until somebody takes it over."""

    __tablename__ = "handover"
    __table_args__ = (Index(None, "taken_at"),)

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    written_by: Mapped[Ref]
    written_at: Mapped[Moment]
    taken_by: Mapped[Ref | None]
    taken_at: Mapped[Moment | None]
