"""What the desk shows beside cases: who was told of what waits, and what needs an administrator."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Ref, RefKey


class DutyStateRow(IntakeBase):
    """What notify last said about one thing that waits."""

    __tablename__ = "duty_state"

    reference: Mapped[RefKey]
    state: Mapped[Code]
    channel: Mapped[Code]
    told: Mapped[int]
    reason: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[Moment]
    step: Mapped[int]
    """Tells apart what was said within one second."""


class LookRow(IntakeBase):
    """That a member of staff looked at a case on a day; kept for a week, to notice who looks at too many."""

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("user_id", "day", "case_id"), Index(None, "day"))

    id: Mapped[RefKey]
    user_id: Mapped[Ref]
    day: Mapped[str] = mapped_column(String(10))
    """`2026-11-21`, in UTC."""
    case_id: Mapped[Ref] = mapped_column(index=True)


class DecoyRow(IntakeBase):
    """A case about nobody, which nobody has a reason to open (case 95)."""

    __tablename__ = "decoy"

    case_id: Mapped[RefKey]
    marked_by: Mapped[Ref]
    marked_at: Mapped[Moment]


class AlarmRow(IntakeBase):
    """Something that an administrator has to look at; stays until a person has seen it."""

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index(None, "seen_at"))

    id: Mapped[RefKey]
    kind: Mapped[Code]
    subject: Mapped[Code]
    """A partner or a reference; never a person."""
    count: Mapped[int]
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    seen_by: Mapped[Ref | None]
    seen_at: Mapped[Moment | None]
