"""The read model of possible matches, and everything that was decided about them."""

from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Number, OrganisationId, Ref, RefKey


class MatchRow(IntakeBase):
    """An alert and an own case that may be one person, as matching proposed it."""

    __tablename__ = "possible_match"
    __table_args__ = (Index(None, "state", "received_at"),)

    id: Mapped[RefKey]
    case_id: Mapped[Ref] = mapped_column(index=True)
    duty: Mapped[Ref] = mapped_column(index=True)
    """The reference under which the people on duty are told of it; several matches may share one."""
    partner: Mapped[OrganisationId]
    alert: Mapped[Ref]
    alert_version: Mapped[int]
    version: Mapped[int]
    state: Mapped[Code]
    score: Mapped[int]
    strength: Mapped[Code]
    facts: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Code]
    category: Mapped[Code]
    urgency: Mapped[Code]
    msg_status: Mapped[Code]
    tlp: Mapped[Code]
    permitted_use: Mapped[Code]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    description: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Coded values that the partner released; emptied when the alert is recalled (rule 7)."""
    expires_at: Mapped[Moment]
    received_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    retracted_at: Mapped[Moment | None]
    retracted_why: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[Ref | None]
    decided_at: Mapped[Moment | None]
    decision_reason: Mapped[str | None] = mapped_column(String(40))


class MatchEventRow(IntakeBase):
    """One step in a possible match's life; only ever added."""

    __tablename__ = "match_event"

    id: Mapped[Number]
    match_id: Mapped[Ref] = mapped_column(index=True)
    at: Mapped[Moment]
    actor: Mapped[Code]
    state: Mapped[Code]
    reason: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[str] = mapped_column(String(64))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A caseworker's words, under the key of the own case."""
    changed: Mapped[list[str] | None] = mapped_column(JSON)
    """Why an excluded match came back: `alert` or `case`, then the fields; never a value."""


class ComparisonRow(IntakeBase):
    """That our matching asked about an own case on a day; counted, so that nobody can ask without end."""

    __tablename__ = "comparison"

    case_id: Mapped[RefKey]
    day: Mapped[int] = mapped_column(primary_key=True, index=True, autoincrement=False)
    """Counted from 1970."""
    question: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    """SHA-256 of what was asked: the same question again is no further one."""
    partner: Mapped[OrganisationId]
    """Whose alert it was about."""


class NoticeSentRow(IntakeBase):
    """That a partner was told something about its alert, and under which consent."""

    __tablename__ = "notice_sent"

    id: Mapped[RefKey]
    match_id: Mapped[Ref] = mapped_column(index=True)
    consent_id: Mapped[Ref]
    partner: Mapped[OrganisationId]
    wish: Mapped[Code]
    message_id: Mapped[Ref]
    sent_by: Mapped[Ref]
    sent_at: Mapped[Moment]
