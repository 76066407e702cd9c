"""Deliveries: planned once, claimed before they are sent, and finished once.

A claim is committed before the channel speaks. Whoever is killed between the two leaves a row in state
`sending` whose lease runs out: nobody knows whether that notice left. It is sent once more, under the same
Message-ID, and if that attempt is lost as well it is parked for a person to look at. So a notice that was
taken is repeated at most once, and only after a crash or a line that broke while the answer was due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from services.notify.domain import reasons
from services.notify.domain.states import OPEN_DELIVERIES, DeliveryState
from services.notify.store.tables import DeliveryRow
from shared.runtime.ids import new_id

LEASE = timedelta(seconds=60)
"""Longer than any channel may take (channels.email.transport.WHOLE_SECONDS)."""

LOST_AT_MOST = 1
_UNSENT = (*OPEN_DELIVERIES, DeliveryState.PARKED)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that `owner` may send until the lease ends."""

    id: str
    reference: str
    person: str
    channel: str
    attempts: int
    owner: str


def plan(
    session: Session,
    reference: str,
    round_: int,
    person: str,
    channel: str,
    priority: int,
    now: datetime,
    *,
    at: datetime,
) -> None:
    """Plan one notice for `at`, unless this person has it on this channel. Hold the reference's lock.

    A row that was cancelled, because its person left and is back, is used again.
    """
    row = session.scalar(
        select(DeliveryRow).where(
            DeliveryRow.reference == reference,
            DeliveryRow.round == round_,
            DeliveryRow.person == person,
            DeliveryRow.channel == channel,
        )
    )
    if row is None:
        row = DeliveryRow(id=new_id("delivery"), reference=reference, round=round_, person=person)
        row.channel, row.priority = channel, priority
        session.add(row)
    elif row.state != DeliveryState.CANCELLED:
        return
    _renew(row, now)
    row.next_attempt = at
    session.flush()


def next_due(session: Session, now: datetime) -> DeliveryRow | None:
    """The most urgent delivery that is due: new, waiting for a retry, or lost in a crash. Not locked."""
    order = (DeliveryRow.priority, DeliveryRow.next_attempt, DeliveryRow.id)
    return session.scalar(select(DeliveryRow).where(_due(now)).order_by(*order).limit(1))


def still_due(session: Session, delivery_id: str, now: datetime) -> DeliveryRow | None:
    """The row, once its reference is locked, unless another worker was faster."""
    chosen = select(DeliveryRow).where(DeliveryRow.id == delivery_id, _due(now))
    return session.scalar(chosen.execution_options(populate_existing=True))


def take(row: DeliveryRow, owner: str, now: datetime) -> Claim | None:
    """Claim a row that `still_due` gave. None when it was lost too often and is parked instead."""
    if row.state == DeliveryState.SENDING:
        row.lost += 1
        if row.lost > LOST_AT_MOST:
            _finish(row, DeliveryState.PARKED, reasons.OUTCOME_UNKNOWN, now)
            return None
    row.state, row.owner, row.lease_until = DeliveryState.SENDING, owner, now + LEASE
    row.attempts, row.changed = row.attempts + 1, now
    return Claim(row.id, row.reference, row.person, row.channel, row.attempts, owner)


def sent(session: Session, claim: Claim, now: datetime) -> DeliveryRow:
    """The channel took it. True even when the lease ran out meanwhile: it must not be sent again."""
    row = session.get_one(DeliveryRow, claim.id, populate_existing=True)
    _finish(row, DeliveryState.SENT, None, now)
    return row


def ours(session: Session, claim: Claim) -> DeliveryRow | None:
    """The claimed row while the claim is still ours; None when the lease ran out and another took it."""
    row = session.get_one(DeliveryRow, claim.id, populate_existing=True)
    return row if row.state == DeliveryState.SENDING and row.owner == claim.owner else None


def retry(row: DeliveryRow, reason: str, at: datetime, now: datetime) -> None:
    """Try a row of ours again at `at`."""
    _finish(row, DeliveryState.RETRYING, reason, now)
    row.next_attempt = at


def park(row: DeliveryRow, reason: str, now: datetime) -> None:
    """Set a row of ours aside for a person to look at."""
    _finish(row, DeliveryState.PARKED, reason, now)


def cancel(session: Session, reference: str, now: datetime, *, person: str | None = None) -> None:
    """Cancel what is not sent of a reference, to everybody or to one person. Hold the reference's lock."""
    which = and_(DeliveryRow.reference == reference, DeliveryRow.state.in_(_UNSENT))
    if person is not None:
        which = and_(which, DeliveryRow.person == person)
    session.execute(update(DeliveryRow).where(which).values(state=DeliveryState.CANCELLED, changed=now))


def unsent_references(session: Session, person: str) -> Sequence[str]:
    """What this person has not been told of yet."""
    chosen = select(DeliveryRow.reference).where(DeliveryRow.person == person, DeliveryRow.state.in_(_UNSENT))
    return session.scalars(chosen.distinct().order_by(DeliveryRow.reference)).all()


def cancel_one(row: DeliveryRow, now: datetime) -> None:
    """Cancel a row: its person left the rota, or nothing waits any more."""
    _finish(row, DeliveryState.CANCELLED, None, now)


def outcomes(session: Session, reference: str, round_: int) -> list[tuple[DeliveryState, str, str | None]]:
    """State, person and reason of every delivery of a round, for domain.states.standing."""
    chosen = select(DeliveryRow.state, DeliveryRow.person, DeliveryRow.reason).where(
        DeliveryRow.reference == reference, DeliveryRow.round == round_
    )
    rows = session.execute(chosen.order_by(DeliveryRow.id))
    return [(DeliveryState(state), person, reason) for state, person, reason in rows]


def parked(session: Session) -> Sequence[DeliveryRow]:
    """What a person has to look at, the oldest first."""
    chosen = select(DeliveryRow).where(DeliveryRow.state == DeliveryState.PARKED)
    return session.scalars(chosen.order_by(DeliveryRow.changed, DeliveryRow.id)).all()


def retry_parked(session: Session, delivery_id: str, now: datetime) -> bool:
    """Try a parked delivery again from the first attempt. False when it is not parked any more."""
    row = session.get(DeliveryRow, delivery_id, populate_existing=True)
    if row is None or row.state != DeliveryState.PARKED:
        return False
    _renew(row, now)
    session.flush()
    return True


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(DeliveryRow.state.in_(OPEN_DELIVERIES), DeliveryRow.next_attempt <= now),
        and_(DeliveryRow.state == DeliveryState.SENDING, DeliveryRow.lease_until <= now),
    )


def _renew(row: DeliveryRow, now: datetime) -> None:
    row.attempts = row.lost = 0
    row.next_attempt = now
    _finish(row, DeliveryState.PENDING, None, now)


def _finish(row: DeliveryRow, state: DeliveryState, reason: str | None, now: datetime) -> None:
    row.state, row.reason, row.changed = state, reason, now
    row.owner = row.lease_until = None
