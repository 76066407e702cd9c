"""Two cases that a person holds to be of the same person. Neither is changed by that (rule 6)."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import IntakeBase, Moment, Ref, RefKey


class SamePersonRow(IntakeBase):
    """One link; undoing it deletes the row, and the audit log still knows of both."""

    __tablename__ = "same_person"
    __table_args__ = (UniqueConstraint("first", "second"),)

    id: Mapped[RefKey]
    first: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    """The smaller of the two ids, so that a pair has one row."""
    second: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    linked_by: Mapped[Ref]
    linked_at: Mapped[Moment]
