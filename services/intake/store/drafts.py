"""Cases that are being written and are not cases yet."""

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Ref, RefKey


class DraftRow(IntakeBase):
    """One draft. Nothing of it is compared or shared, and it goes by itself if nobody takes it up again."""

    __tablename__ = "case_draft"
    __table_args__ = (Index(None, "team", "changed_at"), Index(None, "changed_at"))

    id: Mapped[RefKey]
    version: Mapped[int]
    team: Mapped[Code]
    step: Mapped[Code]
    """Where the writer was."""
    created_by: Mapped[Ref]
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    """The key of this draft, wrapped by the organisation's key; it goes with the row."""
    label: Mapped[bytes] = mapped_column(LargeBinary)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    """What was typed, as it was typed."""
