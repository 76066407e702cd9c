"""Alerts of this organisation and what each partner has of them."""

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Number, OrganisationId, Ref, RefKey


class AlertRow(IntakeBase):
    """One alert as its caseworker sees it. Partners know it under other references (case 39)."""

    __tablename__ = "alert"
    __table_args__ = (Index(None, "state", "expires_at"),)

    id: Mapped[RefKey]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_file.id"), index=True)
    version: Mapped[int]
    state: Mapped[Code]
    """`published`, `withdrawn` or `erased`."""
    case_version: Mapped[int]
    msg_status: Mapped[Code]
    urgency: Mapped[Code]
    tlp: Mapped[Code]
    permitted_use: Mapped[Code]
    released: Mapped[list[str]] = mapped_column(JSON)
    """Names of the coded values that the caseworker ticked; never the values."""
    expires_at: Mapped[Moment]
    created_by: Mapped[Ref]
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class ShareRow(IntakeBase):
    """One alert at one partner; `id` is the reference that this partner alone knows."""

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("alert_id", "partner"),
        Index(None, "partner", "state"),
        Index(None, "state"),
    )

    id: Mapped[RefKey]
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"))
    partner: Mapped[OrganisationId]
    version: Mapped[int]
    epoch: Mapped[int]
    state: Mapped[Code]
    """pending, queued, sent, stored, compared, deleting, deleted, refused."""
    reason: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[Ref | None]
    """The newest message about it in the outbox."""
    queued_at: Mapped[Moment | None]
    sent_at: Mapped[Moment | None]
    stored_at: Mapped[Moment | None]
    compared_at: Mapped[Moment | None]
    deleting_at: Mapped[Moment | None]
    """When it was recalled; None with `deleted` means that the partner deleted it of itself."""
    deleted_at: Mapped[Moment | None]


class ReceiptEvidenceRow(IntakeBase):
    """A partner's signed receipt as it came, so that it can be shown to a third party."""

    __tablename__ = "receipt_evidence"

    id: Mapped[RefKey]
    partner: Mapped[OrganisationId] = mapped_column(index=True)
    message_id: Mapped[Ref] = mapped_column(unique=True)
    evidence: Mapped[bytes] = mapped_column(LargeBinary)
    items: Mapped[int]
    head_hash: Mapped[str | None] = mapped_column(String(64))
    """The tip of the partner's audit chain, witnessed here."""
    received_at: Mapped[Moment]


class ReceiptItemRow(IntakeBase):
    """Which receipt says what about which share."""

    __tablename__ = "receipt_item"

    id: Mapped[Number]
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("receipt_evidence.id"))
    version: Mapped[int]
    outcome: Mapped[Code]
    at: Mapped[Moment]


class NoticeRow(IntakeBase):
    """A partner's word about one of our alerts, given with the found person's consent."""

    __tablename__ = "notice_received"
    __table_args__ = (UniqueConstraint("share_id", "consent", "wish", "until"),)

    id: Mapped[RefKey]
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    partner: Mapped[OrganisationId]
    wish: Mapped[Code]
    consent: Mapped[Ref]
    until: Mapped[Moment]
    duty: Mapped[Ref] = mapped_column(index=True)
    """The reference under which people are told of it: its own, or that of one shortly before."""
    received_at: Mapped[Moment]
