"""Pseudonyms on both sides: what is still to be asked, and what was answered to whom.

Blinding factors are in no table: they live in memory for one slot (DESIGN 5).
"""

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.store.base import Code, IntakeBase, Moment, Number, OrganisationId, Ref, SlotStart


class PseudonymTaskRow(IntakeBase):
    """One own case whose match keys one partner shall evaluate for one epoch."""

    __tablename__ = "pseudonym_task"
    __table_args__ = (
        UniqueConstraint("case_id", "partner", "epoch"),
        Index(None, "partner", "epoch", "state", "id"),
    )

    id: Mapped[Number]
    case_id: Mapped[Ref]
    partner: Mapped[OrganisationId]
    epoch: Mapped[int]
    version: Mapped[int]
    """The case's version that is to be asked for."""
    state: Mapped[Code]
    """`waiting`, `done` or `unreadable`."""
    done_at: Mapped[Moment | None]


class AskingRow(IntakeBase):
    """Where this organisation stands in asking one partner."""

    __tablename__ = "pseudonym_asking"

    partner: Mapped[OrganisationId] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    """The partner's newest epoch that is known here."""
    last_start: Mapped[SlotStart]
    first_load: Mapped[Code]
    """`under_way`, `waiting` (the partner has not approved it yet) or `done`."""
    retry_start: Mapped[SlotStart]
    """When to ask again whether the first load is approved."""
    retry_pause: Mapped[int]
    refusals: Mapped[int]
    last_outcome: Mapped[Code]
    last_answer_at: Mapped[Moment | None]


class PinnedKeyRow(IntakeBase):
    """The public keys that a partner first used in an epoch; another one of either is refused."""

    __tablename__ = "pinned_key"

    partner: Mapped[OrganisationId] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    coarse_public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    pinned_at: Mapped[Moment]


class PolicyRow(IntakeBase):
    """The answering side: what one partner may still ask, and what it did."""

    __tablename__ = "pseudonym_policy"

    partner: Mapped[OrganisationId] = mapped_column(primary_key=True)
    current_epoch: Mapped[int]
    previous_epoch: Mapped[int | None]
    previous_until: Mapped[Moment | None]
    last_regular_start: Mapped[SlotStart]
    last_first_load_start: Mapped[SlotStart]
    first_load_left: Mapped[int]
    """Points of the approved first load that are not used yet."""
    first_load_by: Mapped[Ref | None]
    first_load_at: Mapped[Moment | None]
    refused_not_approved: Mapped[int]
    refused_over_budget: Mapped[int]
    refused_malformed: Mapped[int]
    refused_epoch: Mapped[int]
    offences: Mapped[int]
    """Refusals that an honest partner does not cause; at 3 an administrator is told (case 35)."""
    refusal_regular_start: Mapped[SlotStart]
    refusal_first_load_start: Mapped[SlotStart]
    """Our slots in which a refusal was answered last."""
    unanswered: Mapped[int]
    """Refusals that got no answer, because there was one in the same slot."""
    unanswered_start: Mapped[SlotStart]
    """The slot of the last of these."""
    alarm_start: Mapped[SlotStart]
    """The slot of the last alarm about offences."""
    day: Mapped[int]
    """The day, counted from 1970, that `day_slots` belongs to."""
    day_slots: Mapped[int]
    full_days: Mapped[int]
    """Days in a row on which every slot was used (case 36)."""
