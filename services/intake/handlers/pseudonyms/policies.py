"""The answering side's book about each partner: epochs, first load, and what an administrator may change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.intake.domain.matchkey_places import whole_blocks
from services.intake.handlers.actor import ADMINISTERS, SEES_PARTNERS, Actor
from services.intake.handlers.errors import BadField, EpochStillOpen, PartnerNotVerified
from services.intake.handlers.ports import Context
from services.intake.store.pseudonyms import AskingRow, PolicyRow

CATCH_UP = timedelta(days=30)
"""How long the previous epoch is still answered and still carried by alerts."""
MAX_FIRST_LOAD = 1_000_000

Republish = Callable[[Session, str], int]
"""Sends every live alert to a partner anew, as a newer version; returns how many."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How pseudonyms stand with one partner, in both directions, for the desk."""

    partner: str
    current_epoch: int
    previous_epoch: int | None
    previous_until: datetime | None
    first_load_left: int
    first_load_by: str | None
    refused: int
    offences: int
    unanswered: int
    """Refusals that got no answer."""
    full_days: int
    asking_epoch: int | None
    asking_first_load: str | None
    """`under_way`, `waiting` (they have not approved it yet), `done`; None if nothing was asked."""
    asking_refusals: int
    asking_last_outcome: str | None
    asking_last_answer_at: datetime | None


class Policies:
    """Reads and changes the book."""

    def __init__(self, context: Context, republish: Republish) -> None:
        self._context = context
        self._republish = republish

    def approve_first_load(self, partner: str, cases: int, by: Actor) -> int:
        """Let a partner ask once for so many cases beyond its budget; returns the points. Administrators."""
        by.must_be(ADMINISTERS)
        if not 1 <= cases <= MAX_FIRST_LOAD:
            raise BadField("cases", f"A first load is for 1 to {MAX_FIRST_LOAD} cases.")
        context = self._context
        with context.database.begin() as session:
            own = context.policy(session, context.organisation)
            if own is None or not context.is_verified(session, partner):
                raise PartnerNotVerified(partner)
            row = policy_of(session, partner)
            # Whole batches only: a batch holds whole cases, and the last one is filled up with random. A case
            # that takes several blocks counts as so many cases.
            cases_a_batch = max(whole_blocks(own.first_load_batch), 1)
            row.first_load_left = -(-cases // cases_a_batch) * own.first_load_batch
            row.first_load_by, row.first_load_at = by.id, context.clock.now()
            context.audit.append(
                session, by.id, "first_load.approved", partner, {"points": row.first_load_left}
            )
            return row.first_load_left

    def rotate_epoch(self, partner: str, by: Actor) -> int:
        """Begin a new pseudonym key for one partner; returns the epoch.

        Both epochs are answered, and alerts carry tags of both, until the partner had time to catch up (41).
        """
        by.must_be(ADMINISTERS)
        context = self._context
        now = context.clock.now()
        with context.database.begin() as session:
            if not context.is_verified(session, partner):
                raise PartnerNotVerified(partner)
            row = policy_of(session, partner)
            if open_epochs(row, now) != [row.current_epoch]:
                raise EpochStillOpen()
            row.previous_epoch, row.previous_until = row.current_epoch, now + CATCH_UP
            row.current_epoch += 1
            session.flush()
            alerts = self._republish(session, partner)
            details = {"epoch": row.current_epoch, "alerts": alerts}
            context.audit.append(session, by.id, "epoch.rotated", partner, details)
            return row.current_epoch

    def standings(self, by: Actor) -> list[Standing]:
        """Where pseudonyms stand with every partner."""
        by.must_be(SEES_PARTNERS)
        with self._context.database.read() as session:
            partners = self._context.partner_ids(session)
            return [self._standing(session, partner) for partner in partners]

    def _standing(self, session: Session, partner: str) -> Standing:
        row = session.get(PolicyRow, partner) or _fresh(partner)
        asking = session.get(AskingRow, partner)
        return Standing(
            partner=partner,
            current_epoch=row.current_epoch,
            previous_epoch=row.previous_epoch,
            previous_until=row.previous_until,
            first_load_left=row.first_load_left,
            first_load_by=row.first_load_by,
            refused=row.refused_not_approved
            + row.refused_over_budget
            + row.refused_malformed
            + row.refused_epoch,
            offences=row.offences,
            unanswered=row.unanswered,
            full_days=row.full_days,
            asking_epoch=asking.epoch if asking else None,
            asking_first_load=asking.first_load if asking else None,
            asking_refusals=asking.refusals if asking else 0,
            asking_last_outcome=asking.last_outcome or None if asking else None,
            asking_last_answer_at=asking.last_answer_at if asking else None,
        )


def policy_of(session: Session, partner: str) -> PolicyRow:
    """The row of a partner, locked until the transaction ends; made when it is first needed."""
    row = session.scalar(select(PolicyRow).where(PolicyRow.partner == partner).with_for_update())
    if row is None:
        row = _fresh(partner)
        session.add(row)
        session.flush()
    return row


def open_epochs(row: PolicyRow, now: datetime) -> list[int]:
    """The epochs that are answered and carried by alerts now, the newest first."""
    epochs = [row.current_epoch]
    if row.previous_epoch is not None and row.previous_until is not None and now < row.previous_until:
        epochs.append(row.previous_epoch)
    return epochs


def _fresh(partner: str) -> PolicyRow:
    return PolicyRow(
        partner=partner,
        current_epoch=1,
        last_regular_start=-1,
        last_first_load_start=-1,
        first_load_left=0,
        refused_not_approved=0,
        refused_over_budget=0,
        refused_malformed=0,
        refused_epoch=0,
        offences=0,
        refusal_regular_start=-1,
        refusal_first_load_start=-1,
        unanswered=0,
        unanswered_start=-1,
        alarm_start=-1,
        day=-1,
        day_slots=0,
        full_days=0,
    )
