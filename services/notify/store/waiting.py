"""What waits, by reference. Whoever changes one holds its lock until the end of the transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify.domain.states import UNTOLD, WaitingState
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
        reference=reference, urgency=urgency, status=status, at=at, state=WaitingState.PLANNED, changed=now
    )
    session.add(row)
    session.flush()
    return row


def open_again(row: WaitingRow, urgency: str, status: str, at: datetime, now: datetime) -> None:
    """People have to be told once more, whoever was told before."""
    row.urgency, row.status, row.at, row.changed = urgency, status, at, now
    row.state, row.told, row.reason = WaitingState.PLANNED, 0, None
    row.round += 1


def untold(session: Session) -> Sequence[str]:
    """References of which nobody was told yet, the oldest first."""
    chosen = select(WaitingRow.reference).where(WaitingRow.state.in_(UNTOLD)).order_by(WaitingRow.at)
    return session.scalars(chosen).all()


def unsettled(session: Session) -> Sequence[WaitingRow]:
    """Everything that waits, the oldest first."""
    chosen = select(WaitingRow).where(WaitingRow.state != WaitingState.SETTLED).order_by(WaitingRow.at)
    return session.scalars(chosen).all()
