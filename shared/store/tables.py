"""The tables that every service has beside its own, in the same database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.store.columns import BigId, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, the same on both databases; a service gives them to its own Base too."""


class SharedBase(DeclarativeBase):
    """Base of the shared tables."""

    metadata = MetaData(naming_convention=NAMING)


class OutboxRow(SharedBase):
    """A message on its way out, sealed already. state: waiting, sent, parked."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    lane: Mapped[str] = mapped_column(String(16))
    routing_key: Mapped[str] = mapped_column(String(200))
    recipient: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int | None] = mapped_column(BigId)
    content_type: Mapped[str] = mapped_column(String(80))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    purge_after: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("lane", "recipient", "message_id"),
        # `not_before` last: what is not due yet is passed over without reading its row.
        Index(None, "lane", "state", "priority", "id", "not_before"),
        Index(None, "recipient", "sequence"),
        CheckConstraint("state IN ('waiting', 'sent', 'parked')", name="state"),
        {"sqlite_autoincrement": True},
    )


class InboxRow(SharedBase):
    """A message that arrived and was checked. state: waiting, early, done, parked.

    The row stays after the effect, without its payload: it is what makes a second arrival a replay.
    """

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    lane: Mapped[str] = mapped_column(String(16))
    sender: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(64))
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    received: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claims: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wait_key: Mapped[str | None] = mapped_column(String(128), index=True)
    done: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """The last column, because SQLite walks through all of it to reach one behind."""
    __table_args__ = (
        UniqueConstraint("sender", "message_id"),
        Index(None, "state", "priority", "id", "not_before"),  # see OutboxRow
        CheckConstraint("state IN ('waiting', 'early', 'done', 'parked')", name="state"),
        {"sqlite_autoincrement": True},
    )


class RejectedRow(SharedBase):
    """The quarantine list: what was refused, by code and fingerprint. `envelope` only for a few codes.

    What came again is the same row: `times` counts it and `received` is when it came last. `sender` is the
    organisation of the routing key, which the relay holds its members to; empty where there is none.
    """

    __tablename__ = "rejected"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    lane: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    received: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sender: Mapped[str] = mapped_column(String(64), default="")
    times: Mapped[int] = mapped_column(default=1)
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        Index(None, "sha256"),
        Index(None, "code", "sender"),
        {"sqlite_autoincrement": True},
    )


class SequenceRow(SharedBase):
    """The last number given out in a stream (direction 'out') or the highest that arrived ('in')."""

    __tablename__ = "sequence"
    stream: Mapped[str] = mapped_column(String(160), primary_key=True)
    direction: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int] = mapped_column(BigId)
    __table_args__ = (CheckConstraint("direction IN ('in', 'out')", name="direction"),)


class MissingRow(SharedBase):
    """A range of numbers, both ends included, that has not arrived although a later one has."""

    __tablename__ = "sequence_missing"
    stream: Mapped[str] = mapped_column(String(160), primary_key=True)
    first: Mapped[int] = mapped_column(BigId, primary_key=True)
    last: Mapped[int] = mapped_column(BigId)


class AuditRow(SharedBase):
    """One link of the audit chain; `index` counts from 1 without gaps.

    `nonce` is 16 random bytes for this node alone: partners see hashes, and all else can be guessed.
    """

    __tablename__ = "audit"
    index: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    details: Mapped[str] = mapped_column(Text)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHeadRow(SharedBase):
    """A signed head of the log called `log`: this one, or one of a partner that we keep as a witness.

    The hash is part of the key, so that two heads of one index, the proof of a forked log, can both be kept.
    """

    __tablename__ = "audit_head"
    log: Mapped[str] = mapped_column(String(64), primary_key=True)
    index: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class SettingRow(SharedBase):
    """A small fact that outlives a restart, such as the last time that the clock was seen."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
