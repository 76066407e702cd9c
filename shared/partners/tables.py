"""What a service remembers of its partners and of its own opening keys, in its own database."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import CheckConstraint, Connection, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.store.columns import BigId, UtcDateTime
from shared.store.tables import NAMING


class PartnersBase(DeclarativeBase):
    """Base of the tables of partners."""

    metadata = MetaData(naming_convention=NAMING)


class PartnerRow(PartnersBase):
    """An organisation, where it stands, and which two people said so."""

    __tablename__ = "partner"
    organisation: Mapped[str] = mapped_column(String(40), primary_key=True)
    status: Mapped[str] = mapped_column(String(12))
    card_id: Mapped[int] = mapped_column(BigId)
    """The current card in partner_card."""
    added: Mapped[datetime] = mapped_column(UtcDateTime)
    changed: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[int] = mapped_column(BigId, default=0)
    """In matching: the number of intake's message that this row follows."""
    positions: Mapped[str | None] = mapped_column(String(16))
    """Which words the running comparison asks for; they change with every try."""
    asked_person: Mapped[str | None] = mapped_column(String(64))
    wrong_tries: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    compared_root: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    compared_by: Mapped[str | None] = mapped_column(String(64))
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resume_status: Mapped[str | None] = mapped_column(String(12))
    """Where a suspended or suspect partner stood before."""
    restart_by: Mapped[str | None] = mapped_column(String(64))
    """The first of the two people that a restart needs."""
    restart_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint(
            "status IN ('self', 'unverified', 'compared', 'verified', 'suspended', 'suspect', 'left')",
            name="status",
        ),
    )


class PartnerCardRow(PartnersBase):
    """Every card that was accepted, and those refused ones that are evidence. standing: accepted, refused."""

    __tablename__ = "partner_card"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    organisation: Mapped[str] = mapped_column(String(40), index=True)
    standing: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(40))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[datetime] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("organisation", "digest", "standing"),
        CheckConstraint("standing IN ('accepted', 'refused')", name="standing"),
        {"sqlite_autoincrement": True},
    )


class PartnerPrekeysRow(PartnersBase):
    """The newest set of sealing keys of one role of one organisation."""

    __tablename__ = "partner_prekeys"
    organisation: Mapped[str] = mapped_column(String(40), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PartnerRevokedRow(PartnersBase):
    """One revoked key id (of a signing or a sealing key) with the statement that says so."""

    __tablename__ = "partner_revoked"
    organisation: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PartnerAlarmRow(PartnersBase):
    """Something about a partner that a person has to look at."""

    __tablename__ = "partner_alarm"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    organisation: Mapped[str] = mapped_column(String(40), index=True)
    code: Mapped[str] = mapped_column(String(40))
    raised: Mapped[datetime] = mapped_column(UtcDateTime)
    times: Mapped[int] = mapped_column(default=1)
    settled_by: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = ({"sqlite_autoincrement": True},)


class PartnerStampRow(PartnersBase):
    """One row with a random stamp: another one after every change, so that a copy in memory knows its age."""

    __tablename__ = "partner_stamp"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str] = mapped_column(String(40))


class OpeningKeyRow(PartnersBase):
    """The private half of one of our sealing keys, encrypted under a key of the key file."""

    __tablename__ = "opening_key"
    party: Mapped[str] = mapped_column(String(64), primary_key=True)
    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId)
    made: Mapped[datetime] = mapped_column(UtcDateTime)
    destroy: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    private: Mapped[bytes] = mapped_column(LargeBinary)


class Operations(Protocol):
    """The part of Alembic's `op` that is needed here."""

    def get_bind(self) -> Connection:
        """The connection of the running migration."""


def create_partner_tables(op: Operations) -> None:
    """Create these tables, version 1. Called in the first migration of intake and of matching."""
    PartnersBase.metadata.create_all(op.get_bind())
