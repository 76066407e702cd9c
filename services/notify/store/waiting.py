"""What waits, by reference. Whoever changes one holds its lock until the end of the transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.again import QUIET, next_time
from services.notify.domain.states import UNTOLD, WaitingState
from services.notify.domain.urgency import is_more_serious
from services.notify.store.tables import WaitingRow
from shared.store.engine import lock


def locked(session: Session, reference: str) -> WaitingRow | None:
    """The row of this reference, or None; nobody else changes it before this transaction ends."""
    lock(session, f"waiting|{reference}")
    return session.get(WaitingRow, reference, populate_existing=True)


def add(
    session: Session, reference: str, urgency: str, status: str, at: datetime, now: datetime
) -> WaitingRow:
    """A reference that was not known."""
    row = WaitingRow(
        reference=reference,
        urgency=urgency,
        status=status,
        at=at,
        state=WaitingState.PLANNED,
        rings=now,
        peak_urgency=urgency,
        peak_status=status,
        changed=now,
    )
    session.add(row)
    session.flush()
    return row


def open_again(row: WaitingRow, urgency: str, status: str, at: datetime, now: datetime) -> None:
    """People have to be told once more, whoever was told before: at once, or after a pause (domain.again)."""
    if row.rung is None or now - row.rung > QUIET:
        row.rung_times, row.peak_urgency, row.peak_status, row.rings = 0, urgency, status, now
    elif is_more_serious(urgency, status, than_urgency=row.peak_urgency, than_status=row.peak_status):
        # Only so many steps lead to the most serious, so this cannot go on for ever.
        row.peak_urgency, row.peak_status, row.rings = urgency, status, now
    elif row.rung_times:
        row.rings = next_time(row.rung, row.rung_times, now)
    row.urgency, row.status, row.at, row.changed = urgency, status, at, now
    row.state, row.told, row.reason = WaitingState.PLANNED, 0, None
    row.round += 1


def rang(row: WaitingRow, round_: int, now: datetime) -> None:
    """Somebody was told; counted once a round."""
    if row.rung_round < round_:
        row.rung_round, row.rung_times = round_, row.rung_times + 1
    row.rung = now


def untold(session: Session) -> Sequence[str]:
    """References of which nobody was told yet, the oldest first."""
    chosen = select(WaitingRow.reference).where(WaitingRow.state.in_(UNTOLD)).order_by(WaitingRow.at)
    return session.scalars(chosen).all()


def unsettled(session: Session) -> Sequence[WaitingRow]:
    """Everything that waits, the oldest first."""
    chosen = select(WaitingRow).where(WaitingRow.state != WaitingState.SETTLED).order_by(WaitingRow.at)
    return session.scalars(chosen).all()
