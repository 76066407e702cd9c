"""Notify's tables: references, codes and the work addresses of staff, and no content of any case."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.notify.domain.states import DeliveryState, WaitingState
from shared.store.columns import UtcDateTime
from shared.store.tables import NAMING

_ID = String(64)


def _one_of(column: str, values: type[DeliveryState] | type[WaitingState]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Base(DeclarativeBase):
    """Base of notify's own tables."""

    metadata = MetaData(naming_convention=NAMING)


class DutyPersonRow(Base):
    """One member of staff on the rota (domain.rota.DutyPerson)."""

    __tablename__ = "duty_person"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(3))
    zone: Mapped[str] = mapped_column(String(64))
    hours: Mapped[str] = mapped_column(String(400))
    begins: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool]


class WaitingRow(Base):
    """Something that waits, by reference. `told` and `reason` are what the desk was last told.

    `round` counts up when people have to be told once more: it was settled and waits again, or became more
    serious. A settled row stays, so that a late `duty.waiting` does not open it again.
    """

    __tablename__ = "waiting"
    reference: Mapped[str] = mapped_column(_ID, primary_key=True)
    urgency: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), index=True)
    told: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(40))
    round: Mapped[int] = mapped_column(default=1)
    settled: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rings: Mapped[datetime] = mapped_column(UtcDateTime)
    """When people are told of the present round: not before this (domain.again)."""
    rung: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rung_round: Mapped[int] = mapped_column(default=0)
    rung_times: Mapped[int] = mapped_column(default=0)
    """When somebody was told last, in which round, and in how many rounds lately."""
    peak_urgency: Mapped[str] = mapped_column(String(16))
    peak_status: Mapped[str] = mapped_column(String(16))
    """The most serious that they were told lately."""
    changed: Mapped[datetime] = mapped_column(UtcDateTime)
    said: Mapped[int] = mapped_column(default=0)
    """How often the desk was told of it: the `step` of the last `duty.state`."""
    __table_args__ = (_one_of("state", WaitingState),)


class DeliveryRow(Base):
    """One notice to one person on one channel; unique, so nobody is told the same thing twice.

    `person` is no foreign key: whoever leaves the rota is deleted there at once. `lost` counts the attempts
    whose outcome nobody knows.
    """

    __tablename__ = "delivery"
    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str] = mapped_column(_ID, ForeignKey("waiting.reference"))
    round: Mapped[int]
    person: Mapped[str] = mapped_column(_ID, index=True)
    channel: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    next_attempt: Mapped[datetime] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(_ID)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(40))
    changed: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("reference", "round", "person", "channel"),
        Index(None, "state", "priority", "next_attempt"),
        _one_of("state", DeliveryState),
    )
